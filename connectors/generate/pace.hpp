#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace hiveframe::connectors::generate {

/// When so many records a second are due. Pure: time is passed in. What is missed (a sink that stood still)
/// is made up for by at most a second's worth, so that a pause does not end in a flood.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  /// `rate` in records a second, above 0; none: as fast as they are taken.
  Pace(std::optional<double> rate, Clock::time_point begin) : rate_(rate), begin_(begin) {}

  /// How many may be made now, at most `limit`; they count as made.
  std::uint64_t take(Clock::time_point now, std::uint64_t limit);
  /// Some of what the last take() gave were not made.
  void give_back(std::uint64_t records) noexcept {
    if (rate_) made_ -= records;
  }
  /// When the next one is due. Never in the past of the last take() that gave nothing.
  [[nodiscard]] Clock::time_point next() const;

 private:
  [[nodiscard]] double seconds_since_begin(Clock::time_point now) const;

  std::optional<double> rate_;
  Clock::time_point begin_;
  std::uint64_t made_ = 0;  // since begin_
};

}  // namespace hiveframe::connectors::generate
