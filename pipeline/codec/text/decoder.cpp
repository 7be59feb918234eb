#include "pipeline/codec/text/decoder.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec::text {
namespace {

using record::Record;

constexpr std::size_t validated_together = 64;  // lines

bool stands_right_behind(const Record& line, const Record& earlier) noexcept {
  const char* const end = earlier.original.data() + earlier.original.size();
  const auto gap =
      reinterpret_cast<std::uintptr_t>(line.original.data()) - reinterpret_cast<std::uintptr_t>(end);
  return gap == 1 && *end == '\n';
}

/// Validates the first of `lines` and those that stand in memory right behind it in one go, which takes a
/// fraction of the time. An end of line is no part of a character, so that each is sound if the whole is;
/// where it is not, each is looked at in its turn. False: nothing is known.
bool validate_together(std::span<Record> lines) {
  if (lines.empty()) return false;
  std::size_t count = 1;
  while (count < lines.size() && stands_right_behind(lines[count], lines[count - 1]))
    ++count;
  if (count == 1) return false;
  const char* const begin = lines[0].original.data();
  const char* const end = lines[count - 1].original.data() + lines[count - 1].original.size();
  if (!is_utf8({begin, static_cast<std::size_t>(end - begin)})) return false;
  for (Record& line : lines.first(count))
    line.valid_utf8 = true;
  return true;
}

/// The record and those behind it, if a group begins with it: were a group to begin with any record, one bad
/// line would have the good ones before it validated again and again.
std::span<Record> group_of(record::Draft& draft) {
  const std::span<Record> records = draft.storage().records;
  const std::less<const Record*> before;
  if (before(&draft.record(), records.data()) || !before(&draft.record(), records.data() + records.size()))
    return {};
  const auto at = static_cast<std::size_t>(&draft.record() - records.data());
  if (at % validated_together != 0) return {};
  return records.subspan(at, std::min(validated_together, records.size() - at));
}

}  // namespace

bool TextDecoder::decode(record::Draft& draft, record::DataError& error) {
  source_ = draft.record().original;
  if (!draft.record().valid_utf8 && !validate_together(group_of(draft))) {
    if (std::optional<record::DataError> malformed = utf8_error(source_)) {
      error = std::move(*malformed);
      return false;
    }
  }
  draft.decoded_by(this);
  return true;
}

bool TextDecoder::all_sound(const record::Storage& batch) const {
  return batch.all_in_lines() && is_utf8(batch.lines);
}

record::Value TextDecoder::build(record::Arena&) { return record::Value::string(source_); }

std::optional<record::Value> TextDecoder::find(std::span<const std::string_view> path, record::Arena& arena) {
  if (!path.empty()) return std::nullopt;
  return build(arena);
}

}  // namespace hiveframe::codec::text
