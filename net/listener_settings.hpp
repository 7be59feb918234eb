#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "net/access.hpp"
#include "net/tls.hpp"

namespace hiveframe::net {

struct TcpAddress {
  std::string host;        ///< a name or IP address; a name with several addresses is listened on at each
  std::uint16_t port = 0;  ///< 0: one that is free
};

/// A Unix socket, with mode 0660: who may connect is for the file system to say.
struct UnixAddress {
  std::string path;
};

/// Where a server listens, and for whom.
struct ListenerSettings {
  std::variant<TcpAddress, UnixAddress> address;
  std::optional<ServerTls> tls;  ///< over TCP only
  Access access;
};

/// Throws Error if these settings contradict each other, or would let anybody on the network in: a listener
/// that is not on loopback requires a token or certificates.
void check(const ListenerSettings& settings);

/// "127.0.0.1:8610" or the path.
std::string to_text(const ListenerSettings& settings);

}  // namespace hiveframe::net
