#pragma once

#include <string>
#include <string_view>

namespace hiveframe::net {

/// Field names, schemes and hosts compare without case (RFC 9110 section 5.1), in ASCII, in every locale.
bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

std::string to_lower_case(std::string_view text);

}  // namespace hiveframe::net
