#include "pipeline/codec/avro/format.hpp"

#include "pipeline/codec/avro/decoder.hpp"
#include "pipeline/codec/avro/encoder.hpp"
#include "pipeline/codec/bytes/framer.hpp"

namespace hiveframe::codec::avro {
namespace {

Format format(std::shared_ptr<const OutputSchema> schema) {
  Format made;
  made.name = "avro";
  made.wire = "avro";
  made.help = "Apache Avro, each record with the id that a schema registry gave its schema";
  made.line_by_line = false;
  made.framer = [] { return std::make_unique<bytes::BytesFramer>(); };
  made.decoder = [] { return std::make_unique<AvroDecoder>(); };
  made.encoder = [schema] { return std::make_unique<AvroEncoder>(schema); };
  return made;
}

}  // namespace

Format input_format() { return format(std::make_shared<const OutputSchema>()); }

Format output_format(std::shared_ptr<const OutputSchema> schema) { return format(std::move(schema)); }

}  // namespace hiveframe::codec::avro
