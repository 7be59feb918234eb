#include "net/socket.hpp"

#include <array>
#include <netdb.h>
#include <sys/socket.h>

namespace hiveframe::net {

std::string to_text(const SocketAddress& address) {
  if (address.protocol().family() == AF_UNIX) return "unix";
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getnameinfo(address.data(), static_cast<socklen_t>(address.size()), host.data(), host.size(),
                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return "unknown";
  const bool v6 = address.protocol().family() == AF_INET6;
  return (v6 ? "[" + std::string(host.data()) + "]" : std::string(host.data())) + ":" + port.data();
}

}  // namespace hiveframe::net
