#include "connectors/kafka/key_reader.hpp"

#include "pipeline/codec/avro/decoder.hpp"
#include "pipeline/codec/utf8.hpp"

namespace hiveframe::connectors::kafka {

using record::DataError;
using record::Value;

std::optional<DataError> KeyReader::read(std::string_view octets, Value& value) {
  if (form_ == KeyForm::avro) return read_avro(octets, value);
  if (form_ == KeyForm::bytes) {
    value = Value::bytes(arena_.copy(octets));
    return std::nullopt;
  }
  std::optional<DataError> error = codec::utf8_error(octets);
  if (error) {
    error->message = "its key is no text (" + error->message + "); set key_deserializer to bytes";
  } else {
    value = Value::string(arena_.copy(octets));
  }
  return error;
}

std::optional<DataError> KeyReader::read_avro(std::string_view octets, Value& value) {
  DataError error;
  std::string_view datum;
  // What is read points into it.
  const std::string_view copy = arena_.copy(octets);
  const codec::avro::Plan* const plan = codec::avro::plan_for(schemas_, copy, datum, error);
  if (plan != nullptr && datum_.read(plan->root(), datum, arena_, value, error)) return std::nullopt;
  error.message = "its key: " + error.message;
  return error;
}

}  // namespace hiveframe::connectors::kafka
