#include "daemon/cli/daemon_address.hpp"

#include <algorithm>

namespace hiveframe::daemon {

std::string local_url(const AdminSettings& settings) {
  const auto is_socket = [](const ListenAddress& each) { return !each.socket_path.empty(); };
  const auto socket = std::ranges::find_if(settings.listen, is_socket);
  if (socket != settings.listen.end()) return to_text(*socket);
  const auto known =
      std::ranges::find_if(settings.listen, [](const ListenAddress& each) { return each.port != 0; });
  if (known == settings.listen.end()) return {};
  ListenAddress address = *known;
  const bool tls = settings.tls_certificate.has_value();
  // What a certificate is for has a name.
  if (tls && !settings.names.empty()) {
    address.host = settings.names.front();
  } else if (address.host == "0.0.0.0") {
    address.host = "127.0.0.1";
  } else if (address.host == "::") {
    address.host = "::1";
  }
  return (tls ? "https://" : "http://") + to_text(address);
}

}  // namespace hiveframe::daemon
