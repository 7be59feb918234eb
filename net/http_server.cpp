#include "net/http_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/server_state.hpp"

namespace hiveframe::net {
namespace asio = boost::asio;
namespace {

/// After which a coroutine that was cancelled counts as stuck.
constexpr std::chrono::milliseconds unwinding_time{500};

}  // namespace

class HttpServer::Implementation : public Reception, public std::enable_shared_from_this<Implementation> {
 public:
  Implementation(asio::any_io_executor executor, Router router, const Limits& limits)
      : executor_(std::move(executor)),
        state_(std::make_shared<ServerState>(std::move(router), limits)),
        changed_(executor_) {}

  std::uint16_t listen(const ListenerSettings& settings) {
    auto listener = std::make_shared<Listener>(executor_, settings, weak_from_this());
    const std::uint16_t port = listener->open();
    listeners_.push_back(std::move(listener));
    return port;
  }

  void receive(std::unique_ptr<Transport> transport, Peer peer,
               std::shared_ptr<const AccessCheck> access) override {
    const ConnectionTable::Id id = ++last_id_;
    connections_.emplace(id, std::make_shared<Connection>(id, executor_, std::move(transport),
                                                          std::move(peer), std::move(access), state_));
    start(id);
  }

  bool admit() override {
    if (state_->stopping) return false;
    const ConnectionTable::Admission admission = state_->table.admit(last_id_ + 1);
    if (admission.evicted) kill(*admission.evicted);
    return admission.admitted;
  }

  void make_room() override {
    const auto evicted = state_->table.evict();
    if (evicted) kill(*evicted);
  }

  /// Nothing of it is called again, except by what is under way.
  void cut() {
    state_->stopping = true;
    close_listeners();
    kill_all();
    connections_.clear();
  }

  static Task<std::size_t> stop(std::shared_ptr<Implementation> self, std::chrono::milliseconds grace) {
    self->state_->stopping = true;
    self->close_listeners();
    for (const auto& each : self->snapshot())
      each->begin_stop();
    co_await self->wait_for_all(grace);
    self->kill_all();
    co_await self->wait_for_all(unwinding_time);
    const std::size_t stuck = self->connections_.size();
    self->connections_.clear();
    co_return stuck;
  }

  std::size_t size() const noexcept { return connections_.size(); }

 private:
  void start(ConnectionTable::Id id) {
    const std::shared_ptr<Connection> connection = connections_.at(id);
    auto ended = [server = weak_from_this(), connection, id](const std::exception_ptr&) {
      if (const auto self = server.lock()) self->forget(id);
    };
    Task<void> life = Connection::run(connection);
    asio::co_spawn(executor_, std::move(life),
                   asio::bind_cancellation_slot(connection->slot(), std::move(ended)));
  }

  void forget(ConnectionTable::Id id) {
    state_->table.remove(id);
    connections_.erase(id);
    changed_.cancel();
  }

  void kill(ConnectionTable::Id id) {
    const auto found = connections_.find(id);
    if (found != connections_.end()) found->second->kill();
  }

  void kill_all() {
    for (const auto& each : snapshot())
      each->kill();
  }

  std::vector<std::shared_ptr<Connection>> snapshot() const {
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(connections_.size());
    for (const auto& [id, connection] : connections_)
      all.push_back(connection);
    return all;
  }

  void close_listeners() {
    for (const auto& each : listeners_)
      each->close();
    listeners_.clear();
  }

  Task<void> wait_for_all(std::chrono::milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
      changed_.expires_at(deadline);
      boost::system::error_code ignored;  // cancelled: something ended
      co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

  const asio::any_io_executor executor_;
  const std::shared_ptr<ServerState> state_;
  asio::steady_timer changed_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::unordered_map<ConnectionTable::Id, std::shared_ptr<Connection>> connections_;
  ConnectionTable::Id last_id_ = 0;
};

HttpServer::HttpServer(asio::any_io_executor executor, Router router, Limits limits)
    : implementation_(std::make_shared<Implementation>(std::move(executor), std::move(router), limits)) {}

HttpServer::~HttpServer() { implementation_->cut(); }

std::uint16_t HttpServer::listen(const ListenerSettings& settings) {
  return implementation_->listen(settings);
}

Task<std::size_t> HttpServer::stop(std::chrono::milliseconds grace) {
  return Implementation::stop(implementation_, grace);
}

std::size_t HttpServer::connections() const noexcept { return implementation_->size(); }

}  // namespace hiveframe::net
