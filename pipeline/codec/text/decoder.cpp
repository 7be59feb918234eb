#include "pipeline/codec/text/decoder.hpp"

#include <span>

#include "pipeline/codec/neighbours.hpp"
#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec::text {
namespace {

using record::Record;

constexpr std::size_t validated_together = 64;  // lines

/// Validates lines that stand in memory one behind the other in one go, which takes a fraction of the time.
/// An end of line is no part of a character, so that each is sound if the whole is; where it is not, each is
/// looked at in its turn. False: nothing is known.
bool validate_together(std::span<Record> lines) {
  if (lines.size() < 2) return false;
  const char* const begin = lines.front().original.data();
  const char* const end = lines.back().original.data() + lines.back().original.size();
  if (!is_utf8({begin, static_cast<std::size_t>(end - begin)})) return false;
  for (Record& line : lines)
    line.valid_utf8 = true;
  return true;
}

}  // namespace

bool TextDecoder::decode(record::Draft& draft, record::DataError& error) {
  source_ = draft.record().original;
  if (!draft.record().valid_utf8 && !validate_together(neighbours_of(draft, validated_together))) {
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
