#include "net/server_url.hpp"

#include "net/ascii_case.hpp"
#include "net/error.hpp"
#include "net/host.hpp"

namespace hiveframe::net {
namespace {

// The text is not shown: it may hold a password.
[[noreturn]] void refuse(const char* answer) {
  throw Error({"use", "the server's URL", answer, "write http://HOST:PORT, https://HOST:PORT or unix:/PATH"});
}

}  // namespace

ServerUrl ServerUrl::parse(std::string_view text) {
  ServerUrl url;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) refuse("it has no scheme");
  const std::string scheme = to_lower_case(text.substr(0, colon));
  std::string_view rest = text.substr(colon + 1);
  if (scheme == "unix") {
    if (rest.starts_with("//")) rest.remove_prefix(2);
    if (!rest.starts_with('/')) refuse("the socket's path does not begin with /");
    url.socket_path = rest;
    url.host_field = "localhost";
    return url;
  }
  if (scheme != "http" && scheme != "https") refuse("it is neither http, https nor unix");
  if (!rest.starts_with("//")) refuse("// is missing behind the scheme");
  rest.remove_prefix(2);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('@') != std::string_view::npos)
    refuse("it holds a user or password, which this server does not know");
  if (rest.find_first_of("/?#") != std::string_view::npos) refuse("it has a path");
  const auto host = parse_host(rest);
  if (!host) refuse("its host or port is malformed");
  url.tls = scheme == "https";
  url.host = host->name;
  url.port = !host->port.empty() ? host->port : url.tls ? "443" : "80";
  url.host_field = rest;
  return url;
}

std::string ServerUrl::to_text() const {
  if (!socket_path.empty()) return socket_path;
  return (tls ? "https://" : "http://") + host_field;
}

}  // namespace hiveframe::net
