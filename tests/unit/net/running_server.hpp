#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/http_server.hpp"

namespace hiveframe::net {

/// What the handlers of a RunningServer saw.
struct Observed {
  std::atomic<int> gone = 0;       ///< on_gone callbacks
  std::atomic<int> cancelled = 0;  ///< coroutines that ended by operation_aborted
  std::atomic<int> started = 0;    ///< coroutines that began to wait
  std::atomic<std::size_t> written = 0;
};

/// A server with some routes, on a thread of its own:
///   GET /healthz (open), /pipelines/{name}, /large (8 MiB), /throw, /wait (for ever), /stuck (for ever, and
///   deaf to cancellation), /later (a coroutine), streams /ticks (three), /flood (without end), /quiet (says
///   one word, then nothing), /broken (throws after a word); POST /echo
class RunningServer {
 public:
  explicit RunningServer(Limits limits = {});
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t listen(const ListenerSettings& settings);
  std::uint16_t listen_on_loopback();
  std::size_t stop(std::chrono::milliseconds grace);
  std::size_t connections();
  Observed& observed();

  /// Until it holds, at most 20 s.
  bool eventually(const std::function<bool()>& condition);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

ListenerSettings on_loopback();

}  // namespace hiveframe::net
