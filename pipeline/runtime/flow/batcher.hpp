// When a growing batch is to be sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace hiveframe::runtime {

/// When a batch is full, or has waited long enough.
struct BatchLimits {
  std::uint64_t records = 0;  ///< 0: not limited by number
  std::uint64_t bytes = 0;    ///< 0: not limited by size
  /// How long the first record may wait for others; none: until the batch is full or the input ends.
  std::optional<std::chrono::milliseconds> linger = std::nullopt;
};

/// Counts what was added to one batch; who holds the records asks it when to send. One thread at a time.
class Batcher {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Batcher(BatchLimits limits);

  /// Counts them in; true when the batch is now full and to be sent. Adding zero records does
  /// not start the linger.
  bool add(std::uint64_t records, std::uint64_t bytes, Clock::time_point now);

  /// When the batch is to be sent although it is not full; none when it is empty or may wait for ever.
  std::optional<Clock::time_point> deadline() const { return deadline_; }

  bool empty() const { return records_ == 0; }
  std::uint64_t records() const { return records_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  BatchLimits limits_;
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace hiveframe::runtime
