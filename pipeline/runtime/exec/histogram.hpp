#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

/// Counts values by the first bound that they do not exceed. Any thread adds and looks; what is being added
/// meanwhile may be missing from a part of what is seen.
class Histogram {
 public:
  /// Rising, at most `most_bounds`, and static.
  explicit Histogram(std::span<const double> bounds) : bounds_(bounds) {}

  /// A value that came `times` times; not below zero.
  void add(double value, std::uint64_t times = 1) noexcept;
  [[nodiscard]] HistogramStatus snapshot() const;

  static constexpr std::size_t most_bounds = 15;

 private:
  std::span<const double> bounds_;
  std::array<std::atomic<std::uint64_t>, most_bounds + 1> counts_{};
  std::atomic<double> sum_{0};
};

/// Of records in one write of a sink.
extern const std::span<const double> batch_bounds;
/// Of seconds from a record's reading to its being durable.
extern const std::span<const double> latency_bounds;

}  // namespace hiveframe::runtime
