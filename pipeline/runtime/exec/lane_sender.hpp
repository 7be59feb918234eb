#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "pipeline/runtime/exec/bad_records.hpp"
#include "pipeline/runtime/exec/lane_batch.hpp"
#include "pipeline/runtime/exec/lane_environment.hpp"
#include "pipeline/runtime/exec/parcel.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/exec/ticket.hpp"
#include "pipeline/runtime/exec/unsettled_batches.hpp"
#include "pipeline/runtime/flow/sequencer.hpp"
#include "pipeline/runtime/flow/tracker.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// The way of one lane's batches from reading to their acks: has workers transform them, puts the results in
/// order, sends them to the outlets, and follows the acks up to the watermark. Made by the lane's runner, and
/// shared with the tickets of its batches, which may be settled when the runner is gone. On the strand.
class LaneSender : public std::enable_shared_from_this<LaneSender> {
 public:
  /// `lane` is the runner's, and asked about its records. `start`: where reading begins.
  LaneSender(LaneEnvironment& environment, pipeline::Lane& lane, std::size_t number,
             std::optional<pipeline::Position> start);

  /// Sends on what is taken, until all was sent that came before finish(), or the run is aborted. What the
  /// source cannot give again is sent until it is delivered. Fails the run at what cannot be waited out.
  pipeline::Task<void> run();
  /// The next batch that was read, and counted as so much. Only while has_room().
  void take(pipeline::ReadBatch batch, Amount read);
  /// The source has given all there is, unless the lane rewinds; so has a batch with end_of_lane.
  void end();
  /// Whether workers and sinks keep up well enough to read on.
  [[nodiscard]] bool has_room() const noexcept { return sequencer_.size() < environment_.window; }
  /// Nothing more will be taken, come what may.
  void finish();
  /// Forgets what is beyond the watermark, where reading goes on: later acks of it are refused.
  Forgotten rewind();
  /// The lane belongs to somebody else from now on: what is not written is dropped, late acks are refused.
  void forget();
  /// A record that a sink refused; takes over the duty for it. False: it stays undone.
  pipeline::Task<bool> on_refused(SinkRefusal refused);
  /// Looks again at what the run wants: it drains or aborts.
  void wake() {
    changed_.notify();
    pace_.notify();
  }
  /// The run forgets the lane, which counts no more among those that have something to do.
  void leave_out() { left_.leave_out(); }

  /// Notified when something was sent or settled, or came from a worker.
  [[nodiscard]] Signal& changed() noexcept { return changed_; }
  [[nodiscard]] const Tracker& tracker() const noexcept { return tracker_; }
  /// Nothing more will be delivered: counts what was not.
  void give_up() { unsettled_.give_up(); }
  /// What is to be stored when the lane is durable up to `position`.
  [[nodiscard]] LaneCheckpoint checkpoint(pipeline::Position position) const;
  /// A bad record stops the pipeline: nothing behind it is sent.
  [[nodiscard]] bool stopped_at_bad() const noexcept { return bad_records_.stopped(); }
  /// Workers still have batches of it, which refer to it.
  [[nodiscard]] bool workers_busy() const noexcept { return in_workers_ != 0; }
  /// run() is over.
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Batches were sent whose acks are neither said nor lost.
  [[nodiscard]] bool awaits_acks() const noexcept { return open_tickets_ != 0; }
  /// The source has given all there is, and every batch of it is delivered.
  [[nodiscard]] bool delivered_all() const noexcept { return ended_ && settled_all() && !stopped_at_bad(); }

 private:
  using BatchPtr = UnsettledBatches::BatchPtr;

  [[nodiscard]] bool sent_all() const noexcept { return !dispatching_ && sequencer_.size() == 0; }
  [[nodiscard]] bool settled_all() const noexcept {
    return sent_all() && !tracker_.needs_rewind() && !awaits_acks();
  }
  void changed_now();
  pipeline::Task<void> send_all();
  void from_worker(std::shared_ptr<LaneBatch> batch, Epoch epoch, Sequence sequence);
  void process(std::unique_ptr<record::Storage> storage, std::shared_ptr<LaneBatch> batch,
               std::function<void(std::shared_ptr<LaneBatch>)> done, bool is_rest);
  pipeline::Task<void> send_in_parts(ProcessedBatch batch);
  pipeline::Task<bool> process_rest(ProcessedBatch& batch);
  Forgotten begin_epoch();
  [[nodiscard]] bool can_send_again() const noexcept;
  pipeline::Task<void> send_again();
  pipeline::Task<bool> keep_pace(const LaneBatch& batch);
  pipeline::Task<void> send(BatchPtr batch);
  std::shared_ptr<Ticket> begin(BatchPtr batch, const BatchPart& part);
  pipeline::Task<bool> send_slices(BatchPart part, std::shared_ptr<Ticket> ticket, Epoch epoch);
  void settled(Epoch epoch, Sequence sequence, bool delivered);

  LaneEnvironment& environment_;
  RunContext& context_;
  pipeline::Lane& lane_;
  const std::size_t number_;
  Tracker tracker_;
  UnsettledBatches unsettled_;
  BadRecords bad_records_;
  Sequencer<ProcessedBatch> sequencer_;
  Sequence next_taken_ = 0;  // the sequencer's number for the next batch
  Signal changed_;
  TimedSignal pace_;
  std::shared_ptr<Epoch> current_epoch_ = std::make_shared<Epoch>(0);
  LaneTally::Entry left_;
  std::size_t in_workers_ = 0;
  std::size_t open_tickets_ = 0;  // of the current epoch
  bool ended_ = false;
  bool finished_ = false;
  bool done_ = false;
  bool dispatching_ = false;
  bool part_missing_ = false;  // a worker has lost one: nothing behind it is sent
};

}  // namespace hiveframe::runtime
