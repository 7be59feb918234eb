// Private to net/: brings Asio's timers.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/access_check.hpp"
#include "net/connection_clock.hpp"
#include "net/connection_table.hpp"
#include "net/request_parser.hpp"
#include "net/server_state.hpp"
#include "net/task.hpp"
#include "net/transport.hpp"

namespace hiveframe::net {

/// One connection of a server, from its acceptance to its end: reads a request, has it answered, and so on.
/// Its coroutine, the server's list and its timer share it. On the server's executor only.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ConnectionTable::Id id, const boost::asio::any_io_executor& executor,
             std::unique_ptr<Transport> transport, Peer peer, std::shared_ptr<const AccessCheck> access,
             std::shared_ptr<ServerState> state);

  /// Its whole life; spawned once, bound to slot(). Throws nothing.
  static Task<void> run(std::shared_ptr<Connection> self);
  boost::asio::cancellation_slot slot() { return cancellation_.slot(); }

  /// Closes the socket and cancels whatever it does. Not called from within its own coroutine.
  void kill();

  /// The server stops: what waits or streams ends now, what is being answered after its answer.
  void begin_stop();

 private:
  class Writer;
  enum class Received : std::uint8_t { head, complete, failed, ended, timed_out };

  Task<void> converse();
  /// One request and its answer; whether another may follow.
  Task<bool> answer_one();
  Task<Response> answer(Request& request, bool& keep_alive);
  Task<Response> handle(const Route& route, Request& request);
  void tell_failure(const Request& request, const std::exception& error) const;
  Task<Received> receive_message();
  Task<void> send(const Request& request, Response& response, bool keep_alive);
  Task<void> send_body(std::string_view head, std::string_view body);
  Task<void> send_stream(const Request& request, Response& response, std::string_view head, bool chunked);
  Task<void> write(Pieces pieces);
  Task<void> drain();
  Task<void> close_politely();
  static Task<void> watch_client(std::shared_ptr<Connection> self);
  void lose_client();

  void enter(ConnectionClock::Phase phase);
  void arm_timer();
  void expire();

  const ConnectionTable::Id id_;
  const std::unique_ptr<Transport> transport_;
  Peer peer_;
  const std::shared_ptr<const AccessCheck> access_;
  const std::shared_ptr<ServerState> state_;
  RequestParser parser_;
  ConnectionClock clock_;
  boost::asio::steady_timer timer_;
  ConnectionClock::TimePoint armed_for_ = ConnectionClock::TimePoint::max();
  boost::asio::cancellation_signal cancellation_;
  std::vector<std::function<void()>> on_gone_;
  std::array<char, 8192> buffer_{};
  bool timed_out_ = false;
  bool streaming_ = false;
  bool unread_ = false;  ///< the client may be sending what nobody reads
  bool killed_ = false;
};

}  // namespace hiveframe::net
