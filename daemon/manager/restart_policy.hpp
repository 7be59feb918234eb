#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "pipeline/runtime/flow/retry.hpp"

namespace hiveframe::daemon {

/// `restart:` of a pipeline: what becomes of it when it has failed.
enum class Restart { on_failure, never };

/// How long to wait before a failed pipeline is started again.
struct RestartSettings {
  runtime::RetrySettings backoff{.base_delay = std::chrono::seconds(1),
                                 .max_delay = std::chrono::minutes(1),
                                 .max_elapsed = std::nullopt};
  /// A run that was up for so long was sound: what fails after it waits as after a first failure.
  std::chrono::milliseconds sound_after = std::chrono::minutes(5);
};

/// Decides when a pipeline that failed is started again: pure, with a clock from outside. One thread.
class RestartPolicy {
 public:
  using Clock = std::chrono::steady_clock;

  RestartPolicy(Restart when, RestartSettings settings, runtime::RandomFraction random);

  /// A run has failed at `now`; it was up since then, or never. How long to wait; nothing: it stays failed.
  std::optional<Clock::duration> failed(Clock::time_point now, std::optional<Clock::time_point> up_since);
  /// Somebody has looked after it: the next failure is a first one.
  void reset() { backoff_.reset(); }
  /// Failures since the last sound run.
  [[nodiscard]] std::uint64_t failures() const { return backoff_.failures(); }

 private:
  Restart when_;
  RestartSettings settings_;
  runtime::Backoff backoff_;
};

}  // namespace hiveframe::daemon
