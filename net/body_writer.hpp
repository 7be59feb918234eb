#pragma once

#include <functional>
#include <string_view>

#include "net/task.hpp"

namespace hiveframe::net {

/// Where a stream writes. Owned by the connection; used on the server's executor only, by one coroutine.
///
/// When the client goes away, does not take a piece within the limit, or the server stops, the stream's
/// coroutine is cancelled: what it waits for in Asio (a timer, a channel) ends with operation_aborted, as
/// does everything it awaits after. That exception may simply pass through it; it is not reported.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;

  /// Sends one piece, and returns when the system has taken it: whoever waits for that keeps in step with the
  /// client. Nothing is sent for an empty piece. `bytes` must live until then.
  virtual Task<void> write(std::string_view bytes) = 0;

  /// Called once when nobody will read any more, also at once if that is so already. For streams that wait
  /// for something that is not Asio's. It is called on the server's executor, and must not throw.
  virtual void on_gone(std::function<void()> callback) = 0;

  virtual bool gone() const noexcept = 0;
};

}  // namespace hiveframe::net
