#pragma once

#include <chrono>
#include <cstdint>

#include "net/limits.hpp"

namespace hiveframe::net {

/// Until when a connection may stay in what it is doing. Pure: time is passed in. One per connection.
class ConnectionClock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Phase : std::uint8_t {
    handshake,
    idle,  ///< between an answer and the next request's first byte
    head,  ///< up to a head's last byte; a client that sends a byte now and then gains nothing
    body,
    handling,  ///< a handler works, or a stream waits for what to write
    writing,
    closing,  ///< the client is given a moment to take the last answer
  };

  explicit ConnectionClock(const Limits& limits) : limits_(limits) {}

  void enter(Phase phase, TimePoint now);

  Phase phase() const noexcept { return phase_; }
  /// TimePoint::max() where there is none: a handler's time is its own.
  TimePoint deadline() const noexcept { return deadline_; }
  bool is_over(TimePoint now) const noexcept { return now >= deadline_; }

  /// Whether the server waits for a request: nothing is lost when such a connection makes room for another.
  bool waits_for_request() const noexcept;

 private:
  Limits limits_;
  Phase phase_ = Phase::head;
  TimePoint deadline_ = TimePoint::max();
};

}  // namespace hiveframe::net
