#include "daemon/manager/admin_sections.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>
#include <sys/un.h>

#include "config/option_table.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

constexpr std::string_view socket_scheme = "unix:";

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

/// Only this machine reaches it.
bool is_loopback(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return (ntohl(address.s_addr) >> 24) == 127;
  return host == "localhost" || (is_ipv6(host) && host == "::1");
}

std::optional<ListenAddress> parse_socket(const LocatedText& text, std::string path, Reader& reader) {
  if (!path.starts_with('/')) {
    reader.error(text.span(), "the path of a Unix socket begins with /",
                 "write unix:/run/hiveframed/admin.sock");
    return std::nullopt;
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    reader.error(text.span(),
                 "the path of a Unix socket has at most " +
                     std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes, this one has " +
                     std::to_string(path.size()),
                 "choose a shorter one");
    return std::nullopt;
  }
  return ListenAddress{{}, 0, std::move(path)};
}

std::optional<ListenAddress> parse_address(const LocatedText& text, Reader& reader) {
  const std::string whole(text.view());
  if (whole.starts_with(socket_scheme)) return parse_socket(text, whole.substr(socket_scheme.size()), reader);
  const std::size_t colon = whole.rfind(':');
  std::string host = whole.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = colon == std::string::npos ? std::nullopt : parse_port(whole.substr(colon + 1));
  if (!port || !(bracketed ? is_ipv6(host) : is_name(host))) {
    reader.error(text.span(), text.quoted() + " is no address to listen on",
                 "write HOST:PORT, as 127.0.0.1:8610 or [::1]:8610, or unix:/PATH");
    return std::nullopt;
  }
  return ListenAddress{std::move(host), *port, {}};
}

OptionType<ListenAddress> address_type() {
  OptionType<ListenAddress> type =
      parsed<ListenAddress>(TypeInfo::text_like("HOST:PORT or unix:/PATH"), parse_address);
  type.format = [](const ListenAddress& address) -> std::optional<std::string> { return to_text(address); };
  return type;
}

void check_tls(const AdminSettings& settings, const GivenOptions& given, Reader& reader) {
  const bool certificate = settings.tls_certificate.has_value();
  if (certificate != settings.tls_key.has_value()) {
    reader.error(given.span(certificate ? "tls_certificate" : "tls_key"),
                 "'tls_certificate' and 'tls_key' belong together", "give both, or neither");
  } else if (settings.tls_client_ca.has_value() && !certificate) {
    reader.error(given.span("tls_client_ca"), "client certificates need TLS",
                 "give 'tls_certificate' and 'tls_key', too");
  }
}

void check_strangers(const AdminSettings& settings, const GivenOptions& given, Reader& reader) {
  if (!settings.token.empty() || settings.tls_client_ca.has_value()) return;
  for (const ListenAddress& each : settings.listen) {
    if (!each.socket_path.empty() || is_loopback(each.host)) continue;
    reader.error(given.span("listen"), "anybody who reaches " + to_text(each) + " could command this daemon",
                 "set 'token', or 'tls_client_ca' for client certificates, or listen on 127.0.0.1");
    return;
  }
}

OptionTable<AdminSettings> admin_options() {
  using S = AdminSettings;
  OptionTable<S> t("admin section", "",
                   "Where the daemon answers questions and takes commands, and from whom");
  t.add("listen", &S::listen, one_or_list(address_type()))
      .help(
          "HOST:PORT, or unix:/PATH, or a list of these; port 0 takes one that is free, an empty list is no "
          "API")
      .example("unix:/run/hiveframed/admin.sock");
  t.add("token", &S::token, secret())
      .help(
          "What clients must show, as 'Authorization: Bearer TOKEN'; not asked for on a Unix socket, whose "
          "file's permissions decide")
      .example("${file:/etc/hiveframed/admin.token}");
  t.add("tls_certificate", &S::tls_certificate, path())
      .help("Certificate of the server, a PEM file with the intermediate ones")
      .example("/etc/hiveframed/tls.crt");
  t.add("tls_key", &S::tls_key, path()).help("Its key").example("/etc/hiveframed/tls.key");
  t.add("tls_client_ca", &S::tls_client_ca, path())
      .help(
          "Who signs clients' certificates, a PEM file; with it, and 'token' if that is set, too, clients "
          "must "
          "show one")
      .example("/etc/hiveframed/clients.crt");
  t.add("names", &S::names, list(text()))
      .help("Host names that clients use for it, beside localhost and what it listens on")
      .example("[etl.example.com]");
  t.compact("listen");
  t.check([](S& settings, const GivenOptions& given, Reader& reader) {
    check_tls(settings, given, reader);
    check_strangers(settings, given, reader);
  });
  return t;
}

}  // namespace

std::string to_text(const ListenAddress& address) {
  if (!address.socket_path.empty()) return std::string(socket_scheme) + address.socket_path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

OptionType<AdminSettings> admin_type() { return section(admin_options()); }

}  // namespace hiveframe::daemon
