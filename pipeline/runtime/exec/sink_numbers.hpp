#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "pipeline/runtime/exec/connector_report.hpp"
#include "pipeline/runtime/exec/histogram.hpp"

namespace hiveframe::runtime {

/// Records, and what they are in bytes.
struct Amount {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  Amount& operator+=(const Amount& other) noexcept {
    records += other.records;
    bytes += other.bytes;
    return *this;
  }
  Amount& operator-=(const Amount& other) noexcept {
    records -= other.records;
    bytes -= other.bytes;
    return *this;
  }
};

/// Counted for one sink, read from any thread, also when the sink is gone.
struct SinkNumbers {
  std::atomic<std::uint64_t> written{0};       ///< records that it has taken
  std::atomic<std::uint64_t> bytes{0};         ///< of these, encoded
  std::atomic<std::uint64_t> acknowledged{0};  ///< of these, said to be durable
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> flushes{0};
  std::atomic<std::uint64_t> queued{0};  ///< parcels that wait for it
  std::atomic<std::chrono::nanoseconds::rep> busy{0};
  ShownMeasures measures;
  Histogram batches{batch_bounds};
  Histogram latencies{latency_bounds};
};

}  // namespace hiveframe::runtime
