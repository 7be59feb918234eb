#pragma once

#include <cstdint>
#include <memory>

#include "pipeline/codec/avro/batch_schemas.hpp"
#include "pipeline/codec/avro/datum.hpp"
#include "pipeline/codec/decoder.hpp"

namespace hiveframe::codec::avro {

/// A record is a datum in the wire format of schema registries, read as the schemas in Storage::schemas
/// (a BatchSchemas) say.
class AvroDecoder final : public Decoder {
 public:
  bool decode(record::Draft& draft, record::DataError& error) override;
  [[nodiscard]] std::size_t tree_bytes() const noexcept override { return datum_.tree_bytes(); }
  record::Value build(record::Arena& arena) override { return datum_.build(arena); }
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena& arena) override {
    return datum_.find(path, arena);
  }

 private:
  Datum datum_;
};

/// The plan for bytes in the wire format, and the datum in `octets`; nullptr: `error` says why there is none.
const Plan* plan_for(const BatchSchemas* schemas, std::string_view bytes, std::string_view& octets,
                     record::DataError& error);

}  // namespace hiveframe::codec::avro
