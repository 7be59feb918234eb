#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/chain.hpp"
#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/dead_letters.hpp"
#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/worker_pool.hpp"
#include "pipeline/runtime/flow/pending_cap.hpp"
#include "pipeline/runtime/flow/sequencer.hpp"
#include "pipeline/runtime/flow/tracker.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

class LaneRunner;

/// What a lane sends its records through; the same for all lanes of a run, which owns it.
struct LaneEnvironment {
  RunContext& context;
  WorkerPool* workers = nullptr;
  std::vector<std::unique_ptr<Outlet>>& outlets;  ///< one for each route of the chain
  DeadLetters* dead_letters = nullptr;
  pipeline::SourceTraits source;
  std::size_t window = 4;  ///< batches between reading and the sinks' queues
  /// At most once: stores a lane's position before its records go out.
  std::function<pipeline::Task<bool>(std::shared_ptr<LaneRunner> lane, pipeline::Position position)>
      commit_before;
  /// Lanes that read.
  const std::size_t* lanes = nullptr;
  /// Records that may still be read in this run (`--limit`); counts down.
  std::optional<std::uint64_t>* limit = nullptr;
};

/// One lane on its way through the pipeline: reads, has workers transform, puts their results in order,
/// sends them to the outlets, and follows the acks up to the watermark. Rewinds when a batch was abandoned.
/// On the strand; shared by the run and by the callbacks of its batches.
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
  /// A record that a sink refused; takes over the duty for it. False: it stays undone.
  pipeline::Task<bool> on_refused(RefusedRecord refused);

  /// What is to be stored when the lane is durable up to `position`.
  [[nodiscard]] LaneCheckpoint checkpoint(pipeline::Position position) const;

  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  [[nodiscard]] const pipeline::Lane& lane() const noexcept { return *lane_; }
  [[nodiscard]] const std::optional<pipeline::Position>& watermark() const noexcept {
    return tracker_.watermark();
  }
  [[nodiscard]] std::uint64_t settled_batches() const noexcept { return tracker_.settled_batches(); }
  [[nodiscard]] std::uint64_t unsettled_records() const noexcept { return tracker_.unsettled_records(); }
  /// The source has given all there is, and the sinks have been sent all of it.
  [[nodiscard]] bool sent_all() const noexcept { return ended_ && !dispatching_ && sequencer_.size() == 0; }
  /// And every batch of it is delivered.
  [[nodiscard]] bool delivered_all() const noexcept {
    return sent_all() && !tracker_.needs_rewind() && open_tickets_ == 0;
  }
  /// Nothing of it is on its way; it may be waiting for records.
  [[nodiscard]] bool idle() const noexcept {
    return !dispatching_ && in_workers_ == 0 && sequencer_.size() == 0 && open_tickets_ == 0 &&
           !tracker_.needs_rewind();
  }
  [[nodiscard]] bool returned() const noexcept { return returned_; }

 private:
  /// A batch between the workers and the outlets.
  struct Batch {
    Processed processed;
    std::vector<pipeline::RefusedRecord> refused;
    pipeline::Position end;
  };

  [[nodiscard]] bool reading() const noexcept;
  pipeline::Task<void> read_loop();
  bool may_read();
  pipeline::Task<void> read_one();
  void count_against(std::uint64_t& left, pipeline::ReadBatch& batch);
  void hand_to_worker(pipeline::ReadBatch batch);
  Forgotten begin_epoch();
  pipeline::Task<void> rewind();
  pipeline::Task<void> output_loop();
  pipeline::Task<void> send_all();
  pipeline::Task<void> send_again();
  pipeline::Task<void> send(std::shared_ptr<const Batch> batch);
  pipeline::Task<bool> send_slices(const Batch& batch, std::shared_ptr<Ticket> ticket, Epoch epoch,
                                   std::uint32_t record_limit, pipeline::Position end);
  std::vector<Letter> letters_of(const Batch& batch) const;
  void stop_at_bad_record(const Letter& letter);
  void settled(Epoch epoch, Sequence sequence, bool delivered);
  void hurry();
  [[nodiscard]] bool exactly_once() const noexcept;

  LaneEnvironment& environment_;
  RunContext& context_;
  std::unique_ptr<pipeline::Lane> lane_;
  std::size_t number_;
  std::optional<pipeline::Position> start_;
  Tracker tracker_;
  Sequencer<std::shared_ptr<const Batch>> sequencer_;
  Sequence next_read_ = 0;  // the sequencer's number for the next batch
  PendingCap cap_;
  RetryLoop retry_loop_;
  Signal changed_;
  std::shared_ptr<Epoch> current_epoch_ = std::make_shared<Epoch>(0);
  std::deque<std::shared_ptr<const Batch>> kept_;  // sent on, but the source cannot give them again
  std::uint64_t popped_kept_ = 0;
  std::size_t in_workers_ = 0;
  std::size_t open_tickets_ = 0;  // of the current epoch
  std::uint64_t limited_ = 0;     // records that were counted against the limit, less those rewound
  bool ended_ = false;
  bool read_done_ = false;
  bool dispatching_ = false;
  bool output_done_ = false;
  bool stopped_at_bad_ = false;
  bool returned_ = false;
  std::optional<std::chrono::steady_clock::time_point> revoked_until_;
};

}  // namespace hiveframe::runtime
