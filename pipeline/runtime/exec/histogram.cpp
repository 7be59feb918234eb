#include "pipeline/runtime/exec/histogram.hpp"

#include <algorithm>

namespace hiveframe::runtime {
namespace {

constexpr std::array batches{1.0, 10.0, 100.0, 500.0, 1'000.0, 2'500.0, 5'000.0, 10'000.0, 50'000.0};
// From a sink in memory to one that is down for a while.
constexpr std::array latencies{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0};

static_assert(batches.size() <= Histogram::most_bounds && latencies.size() <= Histogram::most_bounds);

}  // namespace

const std::span<const double> batch_bounds = batches;
const std::span<const double> latency_bounds = latencies;

void Histogram::add(double value, std::uint64_t times) noexcept {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  counts_[static_cast<std::size_t>(bound - bounds_.begin())].fetch_add(times, std::memory_order_relaxed);
  sum_.fetch_add(value * static_cast<double>(times), std::memory_order_relaxed);
}

HistogramStatus Histogram::snapshot() const {
  HistogramStatus status{bounds_, {}, sum_.load(std::memory_order_relaxed)};
  for (std::size_t i = 0; i <= bounds_.size(); ++i)
    status.counts.push_back(counts_[i].load(std::memory_order_relaxed));
  return status;
}

}  // namespace hiveframe::runtime
