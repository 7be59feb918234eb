#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>

#include "pipeline/ack.hpp"
#include "pipeline/runtime/exec/batch_tally.hpp"

namespace hiveframe::runtime {

/// A slice that a sink has been given: passes the sink's ack on to the slice's part of its ticket, and has
/// what is durable counted. A sink may say its ack before it answers. Shared by the request and whoever
/// keeps the sink's ack; settled on any thread.
class SliceAck final : public pipeline::AckTarget {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// `read_at`: when its records were read.
  SliceAck(pipeline::Ack part, std::shared_ptr<BatchTally> tally, Time read_at)
      : part_(std::move(part)), tally_(std::move(tally)), read_at_(read_at) {}

  /// The sink answered that it has so much of it. On the strand.
  void taken(const std::shared_ptr<SinkNumbers>& sink, Amount amount);
  void settle(bool delivered) noexcept override;
  /// The sink has said that it is durable.
  [[nodiscard]] bool durable() const;
  /// The sink has let go of its ack without saying it: the records are read again.
  [[nodiscard]] bool abandoned() const;

 private:
  void acknowledge(Amount amount);

  pipeline::Ack part_;
  const std::shared_ptr<BatchTally> tally_;
  const Time read_at_;
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<SinkNumbers> sink_;
  Amount taken_;
  bool durable_ = false;
  bool abandoned_ = false;
};

}  // namespace hiveframe::runtime
