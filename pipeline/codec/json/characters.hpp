#pragma once

namespace hiveframe::codec::json {

// The classes of bytes that RFC 8259 has, whatever the locale.

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace hiveframe::codec::json
