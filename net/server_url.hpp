#pragma once

#include <string>
#include <string_view>

namespace hiveframe::net {

/// Where a client finds its server: http://host[:port], https://host[:port], or unix:/path. Without a path of
/// its own, which each request brings.
struct ServerUrl {
  bool tls = false;
  std::string host;         ///< an IPv6 address without brackets; empty for a Unix socket
  std::string port;         ///< decimal
  std::string socket_path;  ///< of a Unix socket, else empty
  std::string host_field;   ///< what the Host field says

  /// Throws Error that says how one is written.
  static ServerUrl parse(std::string_view text);
  std::string to_text() const;
};

}  // namespace hiveframe::net
