#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/secret.hpp"

namespace hiveframe::connectors::postgres {

/// What source and sink both need to reach a server. What is not set is libpq's to find: in its environment
/// (PGHOST, PGPASSWORD, ...), ~/.pgpass and the service file.
struct ClientSettings {
  /// Tried in this order: "host", "host:port", "[::1]:5432", or a folder with a Unix socket. Empty: libpq's
  /// default.
  std::vector<std::string> hosts;
  std::optional<std::int64_t> port;  ///< of hosts that have none of their own
  std::string database;
  std::string user;
  config::Secret password;
  bool ssl = false;
  std::string sslmode;  ///< as libpq has it; empty: by `ssl`
  std::filesystem::path sslrootcert;
  std::filesystem::path sslcert;
  std::filesystem::path sslkey;
  config::Secret sslpassword;
  std::int64_t connect_timeout = 10;  ///< seconds, of each host
  std::string application_name = "hiveframed";
  std::string options;
  std::string target_session_attrs;
  std::string service;
  std::filesystem::path passfile;
  /// Handed to libpq as they are: keywords that it knows and that are not ours.
  std::vector<std::pair<std::string, std::string>> libpq;
};

/// A host's name and, if it has one of its own, its port.
struct HostAndPort {
  std::string host;
  std::string port;  ///< digits, or empty
};
/// Takes "host", "host:port", "[::1]", "[::1]:5432", "/run/postgresql".
HostAndPort split_host(const std::string& host);
/// What is wrong with a host, as a clause; empty: nothing.
std::string wrong_with_host(const std::string& host);

/// "postgresql://db-1:5432,db-2/warehouse", for identities and messages. No user, no password.
std::string shown_server(const ClientSettings& settings);

/// A keyword of libpq and its value: see "Parameter Key Words" in libpq's documentation.
using Keywords = std::vector<std::pair<std::string, std::string>>;
/// What a connection to one of the hosts is made with; nullptr: to libpq's default.
Keywords keywords_for(const ClientSettings& settings, const std::string* host);

}  // namespace hiveframe::connectors::postgres
