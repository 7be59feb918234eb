#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/query.hpp"

namespace hiveframe::net {

/// What a request is about (RFC 9112 section 3.2): /path?query, the same behind http://host, or * of OPTIONS.
struct Target {
  /// The path cut at its slashes, each piece decoded once: "/pipelines/a%20b" is {"pipelines", "a b"}, "/" is
  /// {""}, "/a/" is {"a", ""}. No piece is . or .., or holds a slash, backslash or control character; all are
  /// UTF-8.
  std::vector<std::string> segments;
  Query query;
  std::string
      authority;     ///< host[:port] of the absolute form, which stands in for the Host field; else empty
  std::string path;  ///< as it was sent, without the query, percent-encoded
  bool asterisk = false;  ///< OPTIONS *
};

struct BadTarget {
  std::string detail;  ///< why it is refused, for a person
};

std::variant<Target, BadTarget> parse_target(std::string_view text);

}  // namespace hiveframe::net
