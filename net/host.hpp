#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::net {

/// What a Host field, a URL's authority or an Origin names (RFC 3986 section 3.2.2): a name or IP address,
/// and perhaps a port.
struct Host {
  std::string name;         ///< lower case, without a final dot; an IPv6 address without its brackets
  std::string port;         ///< decimal; empty: the scheme's default
  bool is_address = false;  ///< an IPv4 or IPv6 address in its standard notation
};

/// Nothing if it is malformed: credentials, spaces, a port that is no number up to 65535.
std::optional<Host> parse_host(std::string_view text);

/// Whether only this machine reaches what listens there: an address of 127/8, ::1, or localhost.
bool is_loopback(std::string_view name);

}  // namespace hiveframe::net
