#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "pipeline/runtime/exec/batch_tally.hpp"
#include "pipeline/runtime/exec/lane_batch.hpp"
#include "pipeline/runtime/exec/lane_environment.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/flow/tracker.hpp"

namespace hiveframe::runtime {

/// What of a lane counts as read and is not settled, so that each record counts once however often it is
/// sent, and what is never delivered is counted at the end. Keeps what the source cannot give again. Beside
/// the tracker of the lane's sender, which owns it; on the strand.
class UnsettledBatches {
 public:
  using BatchPtr = std::shared_ptr<const LaneBatch>;

  explicit UnsettledBatches(const LaneEnvironment& environment)
      : environment_(environment), context_(environment.context) {}

  /// So much was read, and is about to be sent.
  void read(Amount amount) { unsent_ += amount; }
  /// `part` of the batch is being sent now, and the tracker follows it. Where it is counted from now on.
  std::shared_ptr<BatchTally> begin(BatchPtr batch, const BatchPart& part);
  /// The lane was given up while a batch waited to be sent, and its position is stored behind it.
  void lost(const LaneBatch& batch);
  /// At most once: the batch was not delivered, and is done all the same.
  void lost(Sequence sequence);
  /// The tracker's watermark has passed so many batches in all.
  void settled(std::uint64_t batches);
  /// A new epoch of the tracker: everything that was sent is to be sent again. What was kept of it, in order.
  std::deque<BatchPtr> send_again();
  /// The same, and it will be read again before, and counted once more: here, or by whoever has the lane
  /// then.
  void read_again();
  /// Nothing more will be delivered: counts what was not.
  void give_up();

 private:
  struct Sent {
    BatchPtr batch;  // null if the source can give it again
    std::shared_ptr<BatchTally> tally;
    bool position_ahead;  // at most once: it is not read again, whatever becomes of it
  };

  void give_up(const Sent& sent);
  void count_undelivered(std::uint64_t records, bool lost);

  const LaneEnvironment& environment_;
  RunContext& context_;
  std::deque<Sent> sent_;  // as the tracker has them
  Sequence first_sent_ = 0;
  std::uint64_t settled_ = 0;
  Amount unsent_;  // not sent yet, or not again yet, or never, for it stands behind a bad record
};

}  // namespace hiveframe::runtime
