#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/option_type.hpp"
#include "config/secret.hpp"

namespace hiveframe::daemon {

/// `127.0.0.1:8610`, `[::1]:8610`, or `unix:/run/hiveframed/admin.sock`.
struct ListenAddress {
  std::string host;        ///< an IPv6 address without brackets; empty: a Unix socket
  std::uint16_t port = 0;  ///< 0: one that is free
  std::string socket_path;
  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};
std::string to_text(const ListenAddress& address);

/// `admin:` of the daemon file: where the daemon answers questions and takes commands, and from whom.
struct AdminSettings {
  std::vector<ListenAddress> listen{{"127.0.0.1", 8610, {}}};  ///< empty: nowhere
  config::Secret token;
  std::optional<std::filesystem::path> tls_certificate, tls_key, tls_client_ca;
  std::vector<std::string> names;  ///< that a client may call it by, beside those that it listens on
  friend bool operator==(const AdminSettings&, const AdminSettings&) = default;
};

/// Refuses what would let anybody on the network in.
config::OptionType<AdminSettings> admin_type();

}  // namespace hiveframe::daemon
