#include "pipeline/codec/avro/encoder.hpp"

#include "pipeline/codec/avro/wire_format.hpp"

namespace hiveframe::codec::avro {

bool AvroEncoder::encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
                         record::DataError& error) {
  const std::shared_ptr<const OutputSchema::Known> known = schema_->get();
  if (!known) {
    // The sink is not open: the record is tried and not written, and there is nothing to hold it against.
    encoded = {};
    return true;
  }
  const record::Value& value = draft.value();
  if (tombstones_ && value.is_null()) {
    encoded = into.copy({});
    return true;
  }
  const record::Arena::Mark before = into.mark();
  const auto header = header_of(known->id);
  writer_.begin(into, {header.data(), header.size()});
  if (!writer_.write(known->schema->root(), value, error)) {
    into.rewind(before);
    return false;
  }
  encoded = writer_.finish();
  return true;
}

}  // namespace hiveframe::codec::avro
