#include "pipeline/runtime/exec/slice_ack.hpp"

#include <algorithm>

namespace hiveframe::runtime {

void SliceAck::taken(const std::shared_ptr<SinkNumbers>& sink, Amount amount) {
  tally_->taken(sink, amount);
  const std::lock_guard lock(mutex_);
  sink_ = sink;
  taken_ += amount;
  if (durable_) acknowledge(amount);
}

void SliceAck::settle(bool delivered) noexcept {
  {
    const std::lock_guard lock(mutex_);
    durable_ = delivered;
    abandoned_ = !delivered;
    // What nobody took is settled too, when others have taken over the duty for it.
    if (delivered && sink_) acknowledge(taken_);
  }
  pipeline::Ack part = std::move(part_);
  if (delivered) part.delivered();
}

void SliceAck::acknowledge(Amount amount) {
  tally_->acknowledged(sink_, amount);
  const std::chrono::duration<double> latency = std::chrono::system_clock::now() - read_at_;
  sink_->latencies.add(std::max(0.0, latency.count()), amount.records);
}

bool SliceAck::durable() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

bool SliceAck::abandoned() const {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

}  // namespace hiveframe::runtime
