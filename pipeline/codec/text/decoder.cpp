#include "pipeline/codec/text/decoder.hpp"

#include "pipeline/codec/neighbours.hpp"
#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec::text {
bool TextDecoder::decode(record::Draft& draft, record::DataError& error) {
  source_ = draft.record().original;
  if (!draft.record().valid_utf8 && !are_utf8_together(neighbours_of(draft, validated_together))) {
    if (std::optional<record::DataError> malformed = utf8_error(source_)) {
      error = std::move(*malformed);
      return false;
    }
  }
  draft.decoded_by(this);
  return true;
}

bool TextDecoder::all_sound(record::Storage& batch) { return batch.all_in_lines() && is_utf8(batch.lines); }

record::Value TextDecoder::build(record::Arena&) { return record::Value::string(source_); }

std::optional<record::Value> TextDecoder::find(std::span<const std::string_view> path, record::Arena& arena) {
  if (!path.empty()) return std::nullopt;
  return build(arena);
}

}  // namespace hiveframe::codec::text
