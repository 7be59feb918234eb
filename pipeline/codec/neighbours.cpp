#include "pipeline/codec/neighbours.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

#include "pipeline/codec/utf8.hpp"

namespace hiveframe::codec {
namespace {

using record::Record;

bool stands_right_behind(const Record& record, const Record& earlier) noexcept {
  const char* const end = earlier.original.data() + earlier.original.size();
  const auto gap =
      reinterpret_cast<std::uintptr_t>(record.original.data()) - reinterpret_cast<std::uintptr_t>(end);
  return (gap == 1 && *end == '\n') || (gap == 2 && std::string_view(end, 2) == "\r\n");
}

}  // namespace

std::span<Record> neighbours_of(record::Draft& draft, std::size_t size) {
  const std::span<Record> records = draft.storage().records;
  const std::less<const Record*> before;
  if (before(&draft.record(), records.data()) || !before(&draft.record(), records.data() + records.size()))
    return {};
  const auto at = static_cast<std::size_t>(&draft.record() - records.data());
  if (at % size != 0) return {};
  const std::size_t most = std::min(size, records.size() - at);
  std::size_t count = 1;
  while (count < most && stands_right_behind(records[at + count], records[at + count - 1]))
    ++count;
  return records.subspan(at, count);
}

bool are_utf8_together(std::span<record::Record> records) {
  if (records.size() < 2) return false;
  const char* const begin = records.front().original.data();
  const char* const end = records.back().original.data() + records.back().original.size();
  if (!is_utf8({begin, static_cast<std::size_t>(end - begin)})) return false;
  for (record::Record& record : records)
    record.valid_utf8 = true;
  return true;
}

}  // namespace hiveframe::codec
