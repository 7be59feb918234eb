#include "pipeline/codec/text/decoder.hpp"

#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec::text {

bool TextDecoder::decode(record::Draft& draft, record::DataError& error) {
  const std::string_view line = draft.record().original;
  if (std::optional<record::DataError> malformed = utf8_error(line)) {
    error = std::move(*malformed);
    return false;
  }
  source_ = line;
  draft.decoded_by(this);
  return true;
}

record::Value TextDecoder::build(record::Arena&) { return record::Value::string(source_); }

std::optional<record::Value> TextDecoder::find(std::span<const std::string_view> path, record::Arena& arena) {
  if (!path.empty()) return std::nullopt;
  return build(arena);
}

}  // namespace hiveframe::codec::text
