// The circuit breaker of one sink.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace hiveframe::runtime {

/// `circuit_breaker:` of a pipeline, for each of its sinks.
struct BreakerSettings {
  std::uint32_t failure_threshold = 5;       ///< consecutive failures that open it
  std::uint32_t success_threshold = 2;       ///< consecutive successes of trial calls that close it
  std::chrono::milliseconds timeout{30000};  ///< open for so long before trial calls
  std::uint32_t half_open_max_calls = 3;     ///< trial calls at the same time
};

/// Stops the lanes of a sink that is down from calling it all at once: closed lets every call through, open
/// none until the timeout, half-open a few trial calls. Calls are known by permits, so the late answer of a
/// call from before a change of state does not count in the new one. Every permit is answered exactly once,
/// by on_success, on_failure or on_cancelled. Thresholds of 0 are taken as 1. One thread at a time.
class Breaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State { closed, open, half_open };

  struct Permit {
    std::uint64_t transition;  ///< transitions() when it was given
  };
  struct Decision {
    std::optional<Permit> permit;
    /// Without a permit: when to ask again. Clock::time_point::max() means when one of the trial calls in
    /// flight has been answered.
    Clock::time_point wait_until{};
  };

  explicit Breaker(BreakerSettings settings);

  Decision allow(Clock::time_point now);
  void on_success(Permit permit);
  void on_failure(Permit permit, Clock::time_point now);
  /// The call ended without an answer about the sink: stopped, rewound, or the data was at fault before it
  /// reached the sink.
  void on_cancelled(Permit permit);

  State state() const { return state_; }
  /// Changes of state so far; whoever shows or waits for the state compares it with what it saw last.
  std::uint64_t transitions() const { return transitions_; }

 private:
  void enter(State state);
  bool is_current(Permit permit) const { return permit.transition == transitions_; }

  BreakerSettings settings_;
  State state_ = State::closed;
  std::uint64_t transitions_ = 0;
  std::uint32_t failures_ = 0;
  std::uint32_t successes_ = 0;
  std::uint32_t trial_calls_ = 0;
  Clock::time_point opened_until_{};
};

}  // namespace hiveframe::runtime
