#include "connectors/postgres/client_settings.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace hiveframe::connectors::postgres {
namespace {

// A server that has gone without a word is noticed in so many seconds, or milliseconds.
constexpr const char* keepalives_idle = "30";
constexpr const char* keepalives_interval = "10";
constexpr const char* keepalives_count = "3";
constexpr const char* tcp_user_timeout = "60000";

bool is_port(std::string_view text) {
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && read == end && port >= 1 && port <= 65535;
}

bool is_socket(std::string_view host) { return host.starts_with('/') || host.starts_with('@'); }

std::string ssl_mode(const ClientSettings& settings) {
  if (!settings.sslmode.empty() || !settings.ssl) return settings.sslmode;
  return settings.sslrootcert.empty() ? "require" : "verify-full";
}

}  // namespace

HostAndPort split_host(const std::string& host) {
  if (is_socket(host)) return {host, ""};
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    if (close == std::string::npos) return {host, ""};
    HostAndPort both{host.substr(1, close - 1), ""};
    if (close + 1 < host.size() && host[close + 1] == ':') both.port = host.substr(close + 2);
    return both;
  }
  const std::size_t colon = host.find(':');
  // Several colons without brackets are an IPv6 address.
  if (colon == std::string::npos || host.find(':', colon + 1) != std::string::npos) return {host, ""};
  return {host.substr(0, colon), host.substr(colon + 1)};
}

std::string wrong_with_host(const std::string& host) {
  if (host.find("://") != std::string::npos) return "has a scheme, which belongs to a URI only";
  if (is_socket(host)) return {};
  if (host.find_first_of(" \t,/@") != std::string::npos) return "is no host with a port";
  if (host.starts_with('[') && host.find(']') == std::string::npos) return "lacks the closing bracket";
  const HostAndPort both = split_host(host);
  if (both.host.empty()) return "has no host";
  const bool has_port = host.starts_with('[') ? !host.ends_with(']') : both.host.size() != host.size();
  return has_port && !is_port(both.port) ? "has no valid port (1 to 65535)" : "";
}

std::string shown_server(const ClientSettings& settings) {
  std::string shown = "postgresql://";
  for (const std::string& host : settings.hosts) {
    if (!shown.ends_with('/')) shown += ',';
    shown += host;
    if (settings.port && split_host(host).port.empty() && !is_socket(host))
      shown += ":" + std::to_string(*settings.port);
  }
  return shown + "/" + settings.database;
}

Keywords keywords_for(const ClientSettings& settings, const std::string* host) {
  Keywords all;
  const auto add = [&all](const char* name, std::string value) {
    if (!value.empty()) all.emplace_back(name, std::move(value));
  };
  std::string port = settings.port ? std::to_string(*settings.port) : std::string();
  if (host != nullptr) {
    HostAndPort both = split_host(*host);
    add("host", std::move(both.host));
    if (!both.port.empty()) port = std::move(both.port);
  }
  add("port", std::move(port));
  add("dbname", settings.database);
  add("user", settings.user);
  add("password", settings.password.reveal());
  add("sslmode", ssl_mode(settings));
  add("sslrootcert", settings.sslrootcert.native());
  add("sslcert", settings.sslcert.native());
  add("sslkey", settings.sslkey.native());
  add("sslpassword", settings.sslpassword.reveal());
  add("application_name", settings.application_name);
  add("options", settings.options);
  add("target_session_attrs", settings.target_session_attrs);
  add("service", settings.service);
  add("passfile", settings.passfile.native());
  add("client_encoding", "UTF8");
  for (const auto& [name, value] : settings.libpq)
    add(name.c_str(), value);
  const auto add_default = [&all, &add](const char* name, const char* value) {
    const auto same = [name](const auto& each) { return each.first == name; };
    if (std::none_of(all.begin(), all.end(), same)) add(name, value);
  };
  add_default("keepalives_idle", keepalives_idle);
  add_default("keepalives_interval", keepalives_interval);
  add_default("keepalives_count", keepalives_count);
  add_default("tcp_user_timeout", tcp_user_timeout);
  return all;
}

}  // namespace hiveframe::connectors::postgres
