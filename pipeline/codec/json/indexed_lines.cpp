#include "pipeline/codec/json/indexed_lines.hpp"

#include "pipeline/codec/neighbours.hpp"

namespace hiveframe::codec::json {
namespace {

constexpr std::size_t most_lines = 16;
constexpr std::size_t most_bytes = 32 * 1024;

bool stands_in_brackets(std::string_view line) noexcept {
  return line.size() >= 2 &&
         ((line.front() == '{' && line.back() == '}') || (line.front() == '[' && line.back() == ']'));
}

}  // namespace

bool IndexedLines::next_is(const record::Draft& draft) const noexcept {
  if (next_ == lines_.size() || &draft.storage() != storage_ || storage_->indexed_by != mark_) return false;
  const Line line = lines_[next_];
  const std::string_view text = draft.record().original;
  return text.data() == base_ + line.begin && text.size() == line.end - line.begin;
}

bool IndexedLines::take(record::Draft& draft) {
  forget();
  const std::span<const record::Record> group = neighbours_of(draft, most_lines);
  if (group.empty()) return false;
  base_ = group.front().original.data();
  for (const record::Record& record : group) {
    const auto begin = static_cast<std::size_t>(record.original.data() - base_);
    const std::size_t end = begin + record.original.size();
    if (end > most_bytes || !stands_in_brackets(record.original)) break;
    lines_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }
  if (lines_.size() < 2) {
    forget();
    return false;
  }
  storage_ = &draft.storage();
  if (storage_->indexed_by != mark_) draft.storage().indexed_by = mark_;
  return true;
}

bool IndexedLines::index(simdjson::dom::parser& parser) {
  if (parser.capacity() < size() || parser.doc.capacity() < size()) return false;
  simdjson::internal::dom_parser_implementation& stages = *parser.implementation;
  const auto* const text = reinterpret_cast<const std::uint8_t*>(base_);
  if (stages.stage1(text, size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
  stages.next_structural_index = 0;
  return true;
}

// A line that is not closed cannot go on in the next one: where a comma or a bracket that closes must stand,
// that has one that opens. Behind the last, simdjson's own guards stand.
bool IndexedLines::parse_next(simdjson::dom::parser& parser) {
  simdjson::internal::dom_parser_implementation& stages = *parser.implementation;
  const std::uint32_t* const marks = stages.structural_indexes.get();
  const std::uint32_t count = stages.n_structural_indexes;
  first_mark_ = stages.next_structural_index;
  const bool parsed = stages.stage2_next(parser.doc) == simdjson::SUCCESS;
  ++next_;
  const bool last = next_ == lines_.size();
  const std::uint32_t behind = stages.next_structural_index;
  if (parsed && (last ? behind == count : behind < count && marks[behind] == lines_[next_].begin))
    return true;
  // On to the next line.
  std::uint32_t mark = first_mark_;
  while (!last && mark < count && marks[mark] < lines_[next_].begin)
    ++mark;
  stages.next_structural_index = mark;
  return false;
}

}  // namespace hiveframe::codec::json
