#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::net {

/// What a + stands for: itself in a path, a space in a query (the form encoding of the WHATWG URL standard).
enum class Plus { plus, space };

/// Percent-decoding (RFC 3986 section 2.1), once. Nothing if a % is not followed by two hexadecimal digits,
/// or if the outcome is not UTF-8 or holds a control character.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

/// For names in a path or query: everything but the unreserved characters becomes %XX.
std::string percent_encode(std::string_view text);

}  // namespace hiveframe::net
