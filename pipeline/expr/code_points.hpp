#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hiveframe::expr {

/// Code points of valid UTF-8: its bytes that continue no other.
inline std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace hiveframe::expr
