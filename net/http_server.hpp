#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "net/limits.hpp"
#include "net/listener_settings.hpp"
#include "net/router.hpp"
#include "net/task.hpp"

namespace hiveframe::net {

/// An HTTP/1.1 server (RFC 9110, 9112) of one router, on any number of listeners, for an admin API or an
/// ingest: few clients, which may be hostile.
///
/// Everything runs on the executor, which runs one thing at a time (an io_context with one thread, or a
/// strand). All functions are called there, or while it does not run yet. Handlers must not block it.
class HttpServer {
 public:
  HttpServer(boost::asio::any_io_executor executor, Router router, Limits limits = {});

  /// Cuts what is left, and returns at once; stop() is the way to end politely.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Begins to accept, and gives the port, which matters if it was 0 (0 for a Unix socket). Throws Error: the
  /// address is taken or not ours, a file of TLS cannot be used, or check() refuses.
  ///
  /// A Unix socket that is there already is replaced if nobody listens on it; the file is removed at the end,
  /// unless it is another one by then.
  std::uint16_t listen(const ListenerSettings& settings);

  /// Accepts no more, cuts streams and connections that wait for a request, lets the other requests be
  /// answered until `grace` is over, then cuts them too. Gives the number of handlers that did not even end
  /// then (they wait for something that does not heed Asio's cancellation): what they refer to outlives the
  /// executor's run.
  Task<std::size_t> stop(std::chrono::milliseconds grace);

  /// How many connections there are.
  std::size_t connections() const noexcept;

 private:
  class Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace hiveframe::net
