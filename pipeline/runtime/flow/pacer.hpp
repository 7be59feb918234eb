// How fast records may go on.
#pragma once

#include <chrono>
#include <cstdint>

namespace hiveframe::runtime {

/// Spreads records evenly over time: says when each batch may go on, so that no more do than its rate allows.
/// Time in which none came is not made up for, but for a moment, so that whoever wakes up late loses nothing.
/// Pure; one thread at a time.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  /// How much may come at once, and be made up for.
  static constexpr std::chrono::milliseconds moment{100};

  /// `records_per_second`: more than 0.
  explicit Pacer(double records_per_second) noexcept : records_per_second_(records_per_second) {}

  /// When so many records may go on, which must be waited for; what is reserved next comes behind them.
  Clock::time_point reserve(std::uint64_t records, Clock::time_point now);

  /// How many records, at least one, are passed on in a moment: what is worth reading at once.
  [[nodiscard]] std::uint64_t records_at_once() const noexcept;

 private:
  double records_per_second_;
  Clock::time_point next_ = Clock::time_point::min();
};

}  // namespace hiveframe::runtime
