#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hiveframe::net {

/// The methods a handler can be for (RFC 9110 section 9, RFC 5789). Every other is answered with 501.
enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };

std::string_view to_string(Method method) noexcept;
/// Methods are case-sensitive.
std::optional<Method> parse_method(std::string_view name) noexcept;

/// Whether it only reads (RFC 9110 section 9.2.1).
bool is_safe(Method method) noexcept;

}  // namespace hiveframe::net
