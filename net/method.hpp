#pragma once

#include <cstdint>
#include <string_view>

namespace hiveframe::net {

/// The methods that a handler can be for (RFC 9110 section 9, RFC 5789), and all others, which nothing takes.
enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// Not of `other`, which is none by itself: "?".
std::string_view to_string(Method method) noexcept;
/// Methods are case-sensitive.
Method parse_method(std::string_view name) noexcept;

/// Whether it only reads (RFC 9110 section 9.2.1); of `other` nobody knows.
bool is_safe(Method method) noexcept;

}  // namespace hiveframe::net
