#include "pipeline/expr/text_search.hpp"

#include <algorithm>
#include <cstring>

namespace hiveframe::expr {

std::size_t find_text(std::string_view text, std::string_view part, std::size_t from) noexcept {
  if (part.size() > text.size() - from) return std::string_view::npos;
  // memmem() does not begin anew, but takes its time to begin.
  constexpr std::size_t long_text = 256;
  if (text.size() - from < long_text) return text.find(part, from);
  const void* const found = memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// Knuth, Morris and Pratt's search, from the end: part[size - 1 - i] is what follows i matching bytes.
std::size_t find_last_text(std::string_view text, std::string_view part, std::size_t last,
                           std::span<std::uint32_t> table) noexcept {
  const std::size_t size = part.size();
  if (size > text.size()) return std::string_view::npos;
  if (size == 0) return std::min(last, text.size());
  const auto at = [&](std::size_t i) { return part[size - 1 - i]; };
  table[0] = 0;
  std::uint32_t matching = 0;
  for (std::size_t i = 1; i < size; ++i) {
    while (matching > 0 && at(i) != at(matching))
      matching = table[matching - 1];
    if (at(i) == at(matching)) ++matching;
    table[i] = matching;
  }
  matching = 0;
  for (std::size_t i = std::min(last, text.size() - size) + size; i > 0; --i) {
    const char c = text[i - 1];
    while (matching > 0 && c != at(matching))
      matching = table[matching - 1];
    if (c == at(matching)) ++matching;
    if (matching == size) return i - 1;
  }
  return std::string_view::npos;
}

}  // namespace hiveframe::expr
