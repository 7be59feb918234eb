#include "connectors/kafka/client_options.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

namespace hiveframe::connectors::kafka {
namespace {

using namespace config;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && read == end && port >= 1 && port <= 65535;
}

/// What is wrong with a server, as a clause; empty: nothing.
std::string wrong_with(std::string_view server) {
  if (server.find("://") != std::string_view::npos) return "has a scheme, which belongs to a URI only";
  if (server.find_first_of(" \t,/@") != std::string_view::npos) return "is no host with a port";
  const std::size_t colon = server.rfind(':');
  // An IPv6 address stands in brackets when a port follows.
  if (server.starts_with('[')) {
    const std::size_t close = server.find(']');
    if (close == std::string_view::npos) return "lacks the closing bracket";
    const std::string_view rest = server.substr(close + 1);
    if (!rest.empty() && !(rest.starts_with(':') && is_port(rest.substr(1)))) return "has no valid port";
    return {};
  }
  if (server.empty() || colon == 0) return "has no host";
  if (colon != std::string_view::npos && !is_port(server.substr(colon + 1)))
    return "has no valid port (1 to 65535)";
  return {};
}

/// A list may be one text, too, as Kafka's own clients write it: "k1:9092, k2:9092".
std::vector<std::string> split(const std::vector<std::string>& given) {
  std::vector<std::string> servers;
  for (std::string_view rest : given) {
    for (bool more = true; more;) {
      const std::size_t comma = rest.find(',');
      more = comma != std::string_view::npos;
      std::string_view one = rest.substr(0, comma);
      while (one.starts_with(' '))
        one.remove_prefix(1);
      while (one.ends_with(' '))
        one.remove_suffix(1);
      servers.emplace_back(one);
      if (more) rest.remove_prefix(comma + 1);
    }
  }
  return servers;
}

}  // namespace

void check_servers(ClientSettings& settings, const GivenOptions& given, Reader& reader) {
  settings.bootstrap_servers = split(settings.bootstrap_servers);
  for (const std::string& server : settings.bootstrap_servers) {
    const std::string wrong = wrong_with(server);
    if (wrong.empty()) continue;
    reader.error(given.span("bootstrap_servers"), quote(server) + " " + wrong,
                 "write host:port, as in kafka-1:9092");
  }
}

void check_security(ClientSettings& settings, const GivenOptions& given, Reader& reader) {
  const bool sasl = settings.security_protocol == SecurityProtocol::sasl_plaintext ||
                    settings.security_protocol == SecurityProtocol::sasl_ssl;
  const bool ssl = settings.security_protocol == SecurityProtocol::ssl ||
                   settings.security_protocol == SecurityProtocol::sasl_ssl;
  for (const char* option : {"sasl_mechanism", "sasl_username", "sasl_password"}) {
    if (given.has(option) && !sasl) {
      reader.error(given.name_span(option), quote(option) + " has no effect with this security_protocol",
                   "set 'security_protocol: sasl_ssl' (or sasl_plaintext)");
    } else if (!given.has(option) && sasl) {
      reader.error(
          given.span("security_protocol"), quote(option) + " is missing, which this security_protocol needs",
          std::string("set it") + (std::string_view(option) == "sasl_mechanism"
                                       ? ": PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, as the brokers have it"
                                       : ""));
    }
  }
  for (const char* option : {"ssl_ca", "ssl_cert", "ssl_key", "ssl_key_password"}) {
    if (given.has(option) && !ssl) {
      reader.error(given.name_span(option), quote(option) + " has no effect with this security_protocol",
                   "set 'security_protocol: ssl' (or sasl_ssl)");
    }
  }
  if (given.has("ssl_cert") != given.has("ssl_key")) {
    const char* const there = given.has("ssl_cert") ? "ssl_cert" : "ssl_key";
    const char* const missing = given.has("ssl_cert") ? "ssl_key" : "ssl_cert";
    reader.error(given.name_span(there), quote(there) + " needs " + quote(missing) + " beside it",
                 "a client certificate is a certificate and its private key");
  }
}

}  // namespace hiveframe::connectors::kafka
