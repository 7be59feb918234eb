#include "daemon/admin/admin_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "daemon/admin/endpoint.hpp"
#include "daemon/admin/endpoints.hpp"
#include "daemon/admin/rates.hpp"
#include "net/http_server.hpp"

namespace hiveframe::daemon {
namespace asio = boost::asio;
namespace {

/// How long an answer may still take when the daemon ends.
constexpr std::chrono::milliseconds grace{1'000};

net::Credentials credentials(const AdminSettings& settings, const ListenAddress& address) {
  // Who may use a Unix socket is for its file's permissions to say.
  if (!address.socket_path.empty()) return net::Credentials::none;
  const bool certificate = settings.tls_client_ca.has_value();
  if (settings.token.empty()) return certificate ? net::Credentials::certificate : net::Credentials::none;
  return certificate ? net::Credentials::token_and_certificate : net::Credentials::token;
}

net::ListenerSettings listener(const AdminSettings& settings, const ListenAddress& address) {
  net::ListenerSettings listener;
  listener.access.required = credentials(settings, address);
  if (!settings.token.empty()) listener.access.tokens.push_back(settings.token);
  listener.access.names = settings.names;
  if (!address.socket_path.empty()) {
    listener.address = net::UnixAddress{address.socket_path};
    return listener;
  }
  listener.address = net::TcpAddress{address.host, address.port};
  if (settings.tls_certificate && settings.tls_key) {
    const std::string client_ca = settings.tls_client_ca ? settings.tls_client_ca->string() : std::string();
    listener.tls = net::ServerTls{settings.tls_certificate->string(), settings.tls_key->string(), client_ca};
  }
  return listener;
}

}  // namespace

struct AdminServer::Parts : std::enable_shared_from_this<Parts> {
  Parts(const asio::any_io_executor& control, Manager& the_manager, Log& the_log, AdminSettings the_settings,
        const std::string& version)
      : executor(control),
        manager(the_manager),
        log(the_log),
        settings(std::move(the_settings)),
        timer(control),
        server(control, endpoints(version).router(version)) {}

  Endpoints endpoints(const std::string& version) {
    Endpoints all;
    add_service_endpoints(all, manager, version);
    add_pipeline_endpoints(all, manager, rates);
    add_tap_endpoint(all, manager);
    add_command_endpoints(all, manager);
    add_letter_endpoints(all, manager);
    add_log_endpoints(all, manager, log);
    return all;
  }

  void look_again() {
    rates.look(manager.pipelines(), std::chrono::steady_clock::now());
    timer.expires_after(Rates::every);
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& code) {
      const auto self = weak.lock();
      if (self && !code) self->look_again();
    });
  }

  const asio::any_io_executor executor;
  Manager& manager;
  Log& log;
  const AdminSettings settings;
  Rates rates;
  asio::steady_timer timer;
  net::HttpServer server;
};

AdminServer::AdminServer(asio::any_io_executor control, Manager& manager, Log& log, AdminSettings settings,
                         std::string version)
    : parts_(std::make_shared<Parts>(control, manager, log, std::move(settings), version)) {}

AdminServer::~AdminServer() = default;

std::vector<std::string> AdminServer::listen() {
  std::vector<std::string> urls;
  for (ListenAddress address : parts_->settings.listen) {
    const net::ListenerSettings settings = listener(parts_->settings, address);
    const std::uint16_t port = parts_->server.listen(settings);
    if (!address.socket_path.empty()) {
      urls.push_back(to_text(address));
      continue;
    }
    address.port = port;
    urls.push_back((settings.tls ? "https://" : "http://") + to_text(address));
  }
  parts_->look_again();
  return urls;
}

void AdminServer::stop(std::function<void()> stopped) {
  parts_->timer.cancel();
  net::Task<std::size_t> stopping = parts_->server.stop(grace);
  asio::co_spawn(
      parts_->executor, std::move(stopping),
      [parts = parts_, stopped = std::move(stopped)](const std::exception_ptr&, std::size_t) { stopped(); });
}

}  // namespace hiveframe::daemon
