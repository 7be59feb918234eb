#include "net/host.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstdint>

#include "net/ascii_case.hpp"

namespace hiveframe::net {
namespace {

bool is_ipv4(const std::string& name) {
  in_addr address{};
  return inet_pton(AF_INET, name.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& name) {
  in6_addr address{};
  return inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_port(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<Host> parse_host(std::string_view text) {
  Host host;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host.name = to_lower_case(text.substr(1, end - 1));
    host.is_address = true;
    if (!is_ipv6(host.name)) return std::nullopt;
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    host.name = to_lower_case(text.substr(0, colon));
    if (host.name.size() > 1 && host.name.ends_with('.')) host.name.pop_back();
    if (host.name.empty() || !std::ranges::all_of(host.name, is_name_character)) return std::nullopt;
    host.is_address = is_ipv4(host.name);
    rest = text.substr(colon);
  }
  if (rest.empty()) return host;
  if (!rest.starts_with(':')) return std::nullopt;
  host.port = rest.substr(1);
  // An empty port is the default one (RFC 3986 section 3.2.3).
  if (!host.port.empty() && !is_port(host.port)) return std::nullopt;
  return host;
}

bool is_loopback(std::string_view name) {
  const std::string text = to_lower_case(name);
  if (text == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, text.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace hiveframe::net
