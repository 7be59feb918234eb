#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <set>

namespace hiveframe::runtime {

/// When the batches were read that are on their way to the sinks or not durable there yet. On the strand, but
/// for oldest().
class InFlight {
 public:
  using Time = std::chrono::system_clock::time_point;
  using Entry = std::multiset<Time>::iterator;

  Entry add(Time read_at) {
    const Entry entry = times_.insert(read_at);
    tell();
    return entry;
  }
  /// Once of each.
  void remove(Entry entry) {
    times_.erase(entry);
    tell();
  }
  /// Nothing: all that was read is durable. Any thread.
  [[nodiscard]] std::optional<Time> oldest() const noexcept {
    const Time oldest = oldest_.load(std::memory_order_relaxed);
    return oldest == Time::max() ? std::nullopt : std::optional(oldest);
  }

 private:
  void tell() noexcept {
    oldest_.store(times_.empty() ? Time::max() : *times_.begin(), std::memory_order_relaxed);
  }

  std::multiset<Time> times_;
  std::atomic<Time> oldest_{Time::max()};
};

}  // namespace hiveframe::runtime
