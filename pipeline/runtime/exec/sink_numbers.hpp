#pragma once

#include <atomic>
#include <cstdint>

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
};

}  // namespace hiveframe::runtime
