// The cap on a lane's unacknowledged records.
#pragma once

#include <cstdint>

namespace hiveframe::runtime {

/// Says when a lane must stop reading because too many of its records wait for their ack, with hysteresis:
/// once reached, reading goes on when half of the cap or less is left, so that sinks which ack in bulk are
/// flushed seldom. Owned by its lane; one thread at a time.
class PendingCap {
 public:
  /// `cap` in records. A batch larger than the cap still passes when nothing is pending.
  explicit PendingCap(std::uint64_t cap) : cap_(cap) {}

  /// To be called whenever the number of records beyond the watermark changed.
  void update(std::uint64_t pending);

  /// The source is to be held, and the sinks asked to flush.
  bool holds() const { return holds_; }

 private:
  std::uint64_t cap_;
  bool holds_ = false;
};

}  // namespace hiveframe::runtime
