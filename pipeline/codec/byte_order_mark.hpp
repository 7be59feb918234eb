#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace hiveframe::codec {

/// U+FEFF in UTF-8, which some programs write before a text and which is none of it.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Whether a text of which only `window` is there yet may still turn out to begin with the mark.
inline bool may_become_byte_order_mark(std::string_view window) noexcept {
  return window.size() < byte_order_mark.size() && byte_order_mark.starts_with(window);
}

/// Where a text begins, behind the mark if there is one; nothing: the window is too short to tell.
inline std::optional<std::size_t> text_begin(std::string_view window, bool at_end) noexcept {
  if (!at_end && may_become_byte_order_mark(window)) return std::nullopt;
  return window.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
}

}  // namespace hiveframe::codec
