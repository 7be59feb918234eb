#include "net/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstring>
#include <exception>
#include <spdlog/spdlog.h>
#include <string>
#include <sys/socket.h>
#include <utility>

#include "net/error.hpp"
#include "net/plain_transport.hpp"
#include "net/problem.hpp"
#include "net/response_head.hpp"
#include "net/tls_context.hpp"
#include "net/tls_transport.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr std::chrono::milliseconds pause_without_descriptors{100};
constexpr std::chrono::minutes pause_between_warnings{1};

// The name a listener is known by is its own host, beside those that were given.
Access with_own_name(const ListenerSettings& settings) {
  Access access = settings.access;
  if (const auto* tcp_address = std::get_if<TcpAddress>(&settings.address))
    access.names.push_back(tcp_address->host);
  return access;
}

bool is_lack_of_descriptors(const boost::system::error_code& code) {
  return code == boost::system::errc::too_many_files_open ||
         code == boost::system::errc::too_many_files_open_in_system || code == asio::error::no_buffer_space ||
         code == asio::error::no_memory;
}

boost::system::error_code open_acceptor(Acceptor& acceptor, const tcp::endpoint& endpoint) {
  boost::system::error_code code;
  acceptor.open(asio::generic::stream_protocol(endpoint.protocol()), code);
  // A restart must not wait until the old connections are forgotten.
  if (!code) acceptor.set_option(asio::socket_base::reuse_address(true), code);
  if (!code && endpoint.address().is_v6() && !endpoint.address().is_unspecified())
    acceptor.set_option(asio::ip::v6_only(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  return code;
}

bool is_unavailable(const boost::system::error_code& code) {
  return code == boost::system::errc::address_not_available ||
         code == asio::error::address_family_not_supported;
}

std::uint16_t port_of(const SocketAddress& address) {
  tcp::endpoint endpoint;
  endpoint.resize(address.size());
  std::memcpy(endpoint.data(), address.data(), address.size());
  return endpoint.port();
}

// What is said to who is one too many, without waiting, if the system takes it.
void turn_away(int descriptor) {
  Response response = Problem(503, "there are too many connections").to_response({});
  response.headers.add("Retry-After", "1");
  Framing framing;
  framing.length = response.body.size();
  framing.keep_alive = false;
  const std::string answer =
      response_head(response, framing, std::chrono::system_clock::now()) + response.body;
  ::send(descriptor, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::string advice(const boost::system::error_code& code) {
  if (code == asio::error::address_in_use) return "stop what uses this port, or choose another one";
  if (code == asio::error::access_denied)
    return "choose a port from 1024 on, or give the right to use this one";
  if (code == boost::system::errc::address_not_available) return "choose an address of this machine";
  return "check the address";
}

}  // namespace

Listener::Listener(asio::any_io_executor executor, ListenerSettings settings,
                   std::weak_ptr<Reception> reception)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      reception_(std::move(reception)),
      access_(std::make_shared<const AccessCheck>(with_own_name(settings_))) {}

std::uint16_t Listener::open() {
  check(settings_);
  if (settings_.tls) {
    tls_ =
        make_server_context(*settings_.tls, settings_.access.required == Credentials::token_or_certificate);
  }
  std::uint16_t port = 0;
  if (const auto* address = std::get_if<TcpAddress>(&settings_.address)) {
    port = open_tcp(*address);
    std::get<TcpAddress>(settings_.address).port = port;
  } else {
    open_unix(std::get<UnixAddress>(settings_.address));
  }
  for (std::size_t i = 0; i < acceptors_.size(); ++i)
    asio::co_spawn(executor_, accept(shared_from_this(), i), asio::detached);
  return port;
}

std::uint16_t Listener::open_tcp(const TcpAddress& address) {
  tcp::resolver resolver(executor_);
  boost::system::error_code code;
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, code);
  if (code) throw Error({"listen on", to_text(settings_), code.message(), "give an address of this machine"});
  std::uint16_t port = address.port;
  for (const auto& each : found) {
    tcp::endpoint endpoint = each.endpoint();
    require_loopback_or_credentials(endpoint);
    endpoint.port(port);
    Acceptor acceptor(executor_);
    const boost::system::error_code failure = open_acceptor(acceptor, endpoint);
    // localhost may stand for ::1 on a machine without IPv6; one of its addresses is enough.
    if (is_unavailable(failure)) {
      code = failure;
      continue;
    }
    if (failure) throw Error({"listen on", to_text(settings_), failure.message(), advice(failure)});
    if (port == 0) port = port_of(acceptor.local_endpoint());
    acceptors_.push_back(std::move(acceptor));
  }
  if (acceptors_.empty()) throw Error({"listen on", to_text(settings_), code.message(), advice(code)});
  return port;
}

// check() judges the name; this, what it stands for.
void Listener::require_loopback_or_credentials(const tcp::endpoint& endpoint) const {
  if (settings_.access.required != Credentials::none || endpoint.address().is_loopback()) return;
  throw Error({"listen on", to_text(settings_),
               "the name stands for " + endpoint.address().to_string() + ", where anybody could use it",
               "set a token, require client certificates, or listen on 127.0.0.1"});
}

void Listener::open_unix(const UnixAddress& address) {
  Acceptor acceptor(executor_);
  file_.emplace(acceptor, address.path);
  boost::system::error_code code;
  acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) throw Error({"listen on", address.path, code.message(), ""});
  acceptors_.push_back(std::move(acceptor));
}

void Listener::close() {
  file_.reset();
  for (Acceptor& each : acceptors_) {
    boost::system::error_code ignored;
    each.close(ignored);
  }
}

Task<void> Listener::accept(std::shared_ptr<Listener> self, std::size_t index) {
  Acceptor& acceptor = self->acceptors_[index];
  std::chrono::steady_clock::time_point say_again;
  while (acceptor.is_open()) {
    boost::system::error_code code;
    Socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, code));
    const std::shared_ptr<Reception> reception = self->reception_.lock();
    if (!reception || code == asio::error::operation_aborted) co_return;
    if (!code) {
      try {
        self->pass_on(std::move(socket), *reception);
      } catch (const std::exception& error) {
        spdlog::error("a connection accepted on {} is closed: {}", to_text(self->settings_), error.what());
      }
      continue;
    }
    if (!is_lack_of_descriptors(code)) continue;  // who came has gone again
    if (const auto now = std::chrono::steady_clock::now(); now >= say_again) {
      say_again = now + pause_between_warnings;
      spdlog::warn("not every connection to {} can be accepted: {}; raise the limit of open files",
                   to_text(self->settings_), code.message());
    }
    reception->make_room();
    asio::steady_timer pause(self->executor_, pause_without_descriptors);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, code));
  }
}

void Listener::pass_on(Socket socket, Reception& reception) {
  boost::system::error_code code;
  const SocketAddress address = socket.remote_endpoint(code);
  if (code) return;  // gone already
  Peer peer;
  peer.address = to_text(address);
  peer.local_socket = file_.has_value();
  if (!peer.local_socket) {
    // Small answers must not wait for the acknowledgement of earlier ones, and a stream that is silent must
    // notice some day that its reader's machine is gone.
    socket.set_option(tcp::no_delay(true), code);
    socket.set_option(asio::socket_base::keep_alive(true), code);
  }
  const int descriptor = socket.native_handle();
  auto transport =
      tls_ ? make_tls_server_transport(std::move(socket), tls_) : make_plain_transport(std::move(socket));
  if (reception.admit()) {
    reception.receive(std::move(transport), std::move(peer), access_);
  } else if (!tls_) {
    turn_away(descriptor);
  }
}

}  // namespace hiveframe::net
