#include "pipeline/codec/avro/format.hpp"

#include "pipeline/codec/avro/decoder.hpp"
#include "pipeline/codec/avro/encoder.hpp"
#include "pipeline/codec/bytes/framer.hpp"

namespace hiveframe::codec::avro {
namespace {

Format format(std::shared_ptr<const OutputSchema> schema, bool tombstones) {
  Format made;
  made.name = "avro";
  made.wire = "avro";
  made.help = "Apache Avro, each record with the id that a schema registry gave its schema";
  made.line_by_line = false;
  made.framer = [] { return std::make_unique<bytes::BytesFramer>(); };
  made.decoder = [] { return std::make_unique<AvroDecoder>(); };
  made.encoder = [schema, tombstones] { return std::make_unique<AvroEncoder>(schema, tombstones); };
  return made;
}

}  // namespace

Format input_format() { return format(std::make_shared<const OutputSchema>(), false); }

Format output_format(std::shared_ptr<const OutputSchema> schema, bool tombstones) {
  return format(std::move(schema), tombstones);
}

}  // namespace hiveframe::codec::avro
