#include "connectors/kafka/keyed_format.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

#include "pipeline/codec/avro/datum_writer.hpp"
#include "pipeline/codec/avro/wire_format.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using codec::avro::OutputSchema;
using record::DataError;
using record::Value;

using Length = std::int64_t;
constexpr Length no_key = -1;

class KeyedEncoder final : public codec::Encoder {
 public:
  KeyedEncoder(std::unique_ptr<codec::Encoder> values, std::shared_ptr<const OutputSchema> schema,
               std::optional<expr::FieldPath> field)
      : values_(std::move(values)), schema_(std::move(schema)), field_(std::move(field)) {}

  bool encode(record::Draft& draft, record::Arena& into, std::string_view& encoded,
              DataError& error) override {
    const record::Arena::Mark before = into.mark();
    std::string_view key;
    const Value value = key_of(draft);
    if (!value.is_null() && !encode_key(value, into, key, error)) return false;
    std::string_view octets;
    if (!values_->encode(draft, into, octets, error)) {
      into.rewind(before);
      return false;
    }
    const Length length = value.is_null() ? no_key : static_cast<Length>(key.size());
    const std::span<char> both = into.array<char>(sizeof length + key.size() + octets.size());
    char* to = both.data();
    std::memcpy(to, &length, sizeof length);
    to += sizeof length;
    if (!key.empty()) std::memcpy(to, key.data(), key.size());
    if (!octets.empty()) std::memcpy(to + key.size(), octets.data(), octets.size());
    encoded = {both.data(), both.size()};
    return true;
  }

 private:
  Value key_of(record::Draft& draft) const {
    if (field_) return field_->get(draft).value_or(Value());
    const record::Envelope* const envelope = draft.record().envelope;
    return envelope != nullptr ? envelope->key : Value();
  }

  bool encode_key(const Value& value, record::Arena& into, std::string_view& key, DataError& error) {
    const std::shared_ptr<const OutputSchema::Known> known = schema_->get();
    // Of a sink that is not open, whose records are only tried.
    if (!known) return true;
    const record::Arena::Mark before = into.mark();
    const auto header = codec::avro::header_of(known->id);
    writer_.begin(into, {header.data(), header.size()});
    if (!writer_.write(known->schema->root(), value, error)) {
      into.rewind(before);
      error.message = "its key cannot be written: " + error.message;
      return false;
    }
    key = writer_.finish();
    return true;
  }

  std::unique_ptr<codec::Encoder> values_;
  std::shared_ptr<const OutputSchema> schema_;
  std::optional<expr::FieldPath> field_;
  codec::avro::DatumWriter writer_;
};

}  // namespace

codec::Format keyed_format(const codec::Format& values, std::shared_ptr<const OutputSchema> schema,
                           std::optional<expr::FieldPath> field) {
  codec::Format format = values;
  format.wire = "keyed";
  format.line_by_line = false;
  format.delimiter = {};
  format.encoder = [encoder = values.encoder, schema = std::move(schema), field = std::move(field)] {
    return std::make_unique<KeyedEncoder>(encoder(), schema, field);
  };
  return format;
}

KeyedRecord apart(std::string_view encoded) {
  Length length = no_key;
  std::memcpy(&length, encoded.data(), sizeof length);
  encoded.remove_prefix(sizeof length);
  if (length == no_key) return {std::nullopt, encoded};
  const auto size = static_cast<std::size_t>(length);
  return {encoded.substr(0, size), encoded.substr(size)};
}

}  // namespace hiveframe::connectors::kafka
