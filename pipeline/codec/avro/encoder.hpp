#pragma once

#include <memory>

#include "pipeline/codec/avro/datum_writer.hpp"
#include "pipeline/codec/avro/output_schema.hpp"
#include "pipeline/codec/encoder.hpp"

namespace hiveframe::codec::avro {

/// Encodes a record as a datum in the wire format of schema registries. Always anew: bytes that came in name
/// a schema of the source's registry.
class AvroEncoder final : public Encoder {
 public:
  AvroEncoder(std::shared_ptr<const OutputSchema> schema, bool tombstones)
      : schema_(std::move(schema)), tombstones_(tombstones) {}

  bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
              record::DataError& error) override;

 private:
  std::shared_ptr<const OutputSchema> schema_;
  bool tombstones_;
  DatumWriter writer_;
};

}  // namespace hiveframe::codec::avro
