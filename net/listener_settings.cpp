#include "net/listener_settings.hpp"

#include <algorithm>

#include "net/error.hpp"
#include "net/host.hpp"

namespace hiveframe::net {
namespace {

[[noreturn]] void refuse(const ListenerSettings& settings, std::string answer, std::string next) {
  throw Error({"listen on", to_text(settings), std::move(answer), std::move(next)});
}

}  // namespace

void check(const ListenerSettings& settings) {
  const Access& access = settings.access;
  const auto* tcp = std::get_if<TcpAddress>(&settings.address);
  const bool token = access.required == Credentials::token ||
                     access.required == Credentials::token_or_certificate ||
                     access.required == Credentials::token_and_certificate;
  const bool certificate = access.required == Credentials::certificate ||
                           access.required == Credentials::token_or_certificate ||
                           access.required == Credentials::token_and_certificate;
  if (settings.tls && tcp == nullptr)
    refuse(settings, "a Unix socket has no TLS", "leave out the certificate");
  if (token && std::ranges::all_of(access.tokens, &config::Secret::empty))
    refuse(settings, "a token is required, but none is set", "set a token that is not empty");
  if (certificate && (!settings.tls || settings.tls->client_ca.empty()))
    refuse(settings, "client certificates are required, but nothing says who signs them",
           "set certificate, key and client CA");
  if (tcp != nullptr && !is_loopback(tcp->host) && access.required == Credentials::none)
    refuse(settings, "anybody on the network could use it",
           "set a token, require client certificates, or listen on 127.0.0.1");
}

std::string to_text(const ListenerSettings& settings) {
  const auto* tcp = std::get_if<TcpAddress>(&settings.address);
  if (tcp == nullptr) return std::get<UnixAddress>(settings.address).path;
  const bool v6 = tcp->host.find(':') != std::string::npos;
  return (v6 ? "[" + tcp->host + "]" : tcp->host) + ":" + std::to_string(tcp->port);
}

}  // namespace hiveframe::net
