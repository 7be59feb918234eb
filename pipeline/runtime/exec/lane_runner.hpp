#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/lane_environment.hpp"
#include "pipeline/runtime/exec/lane_sender.hpp"
#include "pipeline/runtime/exec/parcel.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/flow/pending_cap.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// One lane on its way through the pipeline: owns it, reads it as far ahead as it may, and gives what it read
/// to its sender, which takes it to the sinks. Seeks back when a batch was abandoned.
/// On the strand; shared by the run's set of lanes and by who waits for it.
class LaneRunner : public std::enable_shared_from_this<LaneRunner> {
 public:
  LaneRunner(LaneEnvironment& environment, std::unique_ptr<pipeline::Lane> lane, std::size_t number,
             std::optional<pipeline::Position> stored);

  /// Returns when the lane has ended and everything of it is settled, or when the run drains and what was
  /// read has been sent on, or when it is revoked or aborted.
  pipeline::Task<void> run();
  /// Reads no more; run() returns when what was read is settled, or at `deadline`.
  void revoke(std::chrono::steady_clock::time_point deadline);
  /// Looks again at what the run wants: it drains or aborts.
  void wake();
  /// The lane belongs to somebody else from now on: what is not written is dropped, late acks are refused.
  void forget();
  /// Nothing more will be delivered: counts what was not.
  void give_up() { sender_->give_up(); }
  /// A record that a sink refused; takes over the duty for it. False: it stays undone.
  pipeline::Task<bool> on_refused(SinkRefusal refused);
  /// The run forgets the lane, which counts no more among those that have something to do.
  void leave_out();
  /// Waits until returned().
  pipeline::Task<void> until_returned();

  /// What is to be stored when the lane is durable up to `position`.
  [[nodiscard]] LaneCheckpoint checkpoint(pipeline::Position position) const {
    return sender_->checkpoint(std::move(position));
  }
  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  [[nodiscard]] const pipeline::Lane& lane() const noexcept { return *lane_; }
  [[nodiscard]] const std::optional<pipeline::Position>& watermark() const noexcept {
    return tracker().watermark();
  }
  [[nodiscard]] std::uint64_t settled_batches() const noexcept { return tracker().settled_batches(); }
  /// The source has given all there is, and every batch of it is delivered.
  [[nodiscard]] bool delivered_all() const noexcept { return sender_->delivered_all(); }
  /// run() is over.
  [[nodiscard]] bool returned() const noexcept { return returned_; }

 private:
  [[nodiscard]] const Tracker& tracker() const noexcept { return sender_->tracker(); }
  [[nodiscard]] bool reading() const noexcept;
  [[nodiscard]] bool must_rewind() const noexcept;
  pipeline::Task<void> read_loop();
  bool may_read();
  struct Reading;

  pipeline::Task<void> read_one();
  [[nodiscard]] pipeline::ReadLimits limits(std::uint64_t& reserved) const;
  pipeline::Task<bool> read(pipeline::ReadLimits& limits, Reading& held, pipeline::ReadBatch& batch);
  pipeline::Task<bool> hold_more(pipeline::ReadLimits& limits, Reading& held, std::size_t wanted);
  Amount count(const pipeline::ReadBatch& batch);
  void count_against(std::uint64_t& left, pipeline::ReadBatch& batch);
  pipeline::Task<void> rewind();

  LaneEnvironment& environment_;
  RunContext& context_;
  std::unique_ptr<pipeline::Lane> lane_;
  const std::size_t number_;
  std::optional<pipeline::Position> start_;
  std::shared_ptr<LaneSender> sender_;
  PendingCap cap_;
  RetryLoop retry_loop_;
  std::uint64_t limited_ = 0;  // records that were counted against the limit, less those rewound
  LaneTally::Entry left_;
  bool returned_ = false;
  std::optional<std::chrono::steady_clock::time_point> revoked_until_;
};

}  // namespace hiveframe::runtime
