// How long to wait before trying again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace hiveframe::runtime {

/// A number in [0, 1), evenly spread.
using RandomFraction = std::function<double()>;

/// `retry:` of a pipeline, for its source and each of its sinks.
struct RetrySettings {
  std::chrono::milliseconds base_delay{1000};
  std::chrono::milliseconds max_delay{30000};
  double exponential_base = 2.0;  ///< below 1 is taken as 1
  bool jitter = true;
  std::optional<std::chrono::milliseconds> max_elapsed = std::nullopt;  ///< none: try without end
};

/// Exponential backoff for one batch of one lane. The delay before the n-th retry is
///   d = min(max_delay, base_delay * exponential_base^(n-1))
/// and, with jitter, evenly spread over [d/2, d): "equal jitter" as in Brooker, "Exponential Backoff And
/// Jitter" (AWS Architecture Blog, 2015). "Full jitter", over [0, d), would now and then try again at once;
/// since the pipeline retries without end, a server that is down must be given a real pause every time, and
/// half of the range is enough to keep lanes that failed together apart. One thread at a time.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  Backoff(RetrySettings settings, RandomFraction random);

  /// An attempt has failed at `now`: how long to wait before the next, or nothing when max_elapsed has passed
  /// since the first failure after construction or reset(). The last delay is cut so that one attempt is made
  /// when max_elapsed is reached.
  std::optional<Clock::duration> next_delay(Clock::time_point now);

  /// It worked; the next failure starts anew.
  void reset();

  /// Failures since construction or reset().
  std::uint64_t failures() const { return failures_; }

 private:
  RetrySettings settings_;
  RandomFraction random_;
  double delay_ms_;  // without jitter, before the next attempt
  std::uint64_t failures_ = 0;
  Clock::time_point first_failure_;
};

}  // namespace hiveframe::runtime
