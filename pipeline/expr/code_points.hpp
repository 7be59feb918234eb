#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hiveframe::expr {

// Of valid UTF-8.

/// Its bytes that continue no other.
inline std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Bytes of the code point that begins with `first`.
constexpr std::size_t code_point_size(char first) noexcept {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// The byte at which the code point number `index` begins; `text` has as many, or one less.
inline std::size_t code_point_offset(std::string_view text, std::size_t index) noexcept {
  std::size_t at = 0;
  for (; index > 0; --index)
    at += code_point_size(text[at]);
  return at;
}

}  // namespace hiveframe::expr
