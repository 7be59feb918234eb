#pragma once

#include <optional>
#include <vector>

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/lane_set.hpp"
#include "pipeline/runtime/exec/outlet_set.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/status_board.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// Decides when progress is stored, and what of it: every commit interval the sinks are asked to make durable
/// what they took, and then the watermarks that moved and the sinks' marks are stored and the source is told.
/// Lanes that are done take room until then: when there are many, it does not wait for the interval. Whoever
/// needs something stored now asks for it here. Owned by the run. On the strand.
class CheckpointLoop {
 public:
  CheckpointLoop(RunContext& context, Checkpoints& checkpoints, OutletSet& outlets, LaneSet& lanes,
                 StatusBoard& board);

  /// The source that positions are of. Without one (while an earlier run's output is published) only marks
  /// are stored. It outlives the loop.
  void follow(pipeline::Source& source) { source_ = &source; }

  /// A checkpoint every commit interval, until stop() or the run drains. Fails the run if one fails for good.
  void start();
  /// No checkpoint any more but those that are asked for.
  void stop();
  [[nodiscard]] bool running() const noexcept { return running_; }
  /// Looks again at what the run wants: it drains or aborts.
  void wake();
  /// Looks again at whether lanes that are done take much room.
  void look();

  /// Stores how far everything is durable by now. Trouble is waited out until the next checkpoint.
  pipeline::Task<void> checkpoint();
  /// The same, once; throws Retryable or Fatal.
  pipeline::Task<void> store();
  /// The same, tried until it works. False if the run was aborted meanwhile. Throws Fatal.
  pipeline::Task<bool> store_last(std::optional<Phase> phase);
  /// At most once: stores where a lane will stand when what is about to go out has gone. As store_last().
  pipeline::Task<bool> store_before(LaneCheckpoint lane);

 private:
  pipeline::Task<void> run();
  pipeline::Task<void> wait_for_the_next();
  [[nodiscard]] bool many_lanes_wait() const;
  pipeline::Task<void> flush_for_a_while();
  [[nodiscard]] bool stores_positions() const;
  [[nodiscard]] std::vector<LaneCheckpoint> positions_to_commit() const;
  pipeline::Task<void> commit(std::vector<LaneCheckpoint> positions, std::optional<Phase> phase);

  RunContext& context_;
  Checkpoints& checkpoints_;
  OutletSet& outlets_;
  LaneSet& lanes_;
  StatusBoard& board_;
  pipeline::Source* source_ = nullptr;
  RetryLoop retry_loop_;
  Backoff backoff_;              // for checkpoint(), which is tried again at the next one
  TimedSignal timer_;            // for run()
  Signal before_done_;           // for those who wait in store_before()
  std::size_t left_behind_ = 0;  // lanes that were done, and not stored as that, after the last checkpoint
  bool running_ = false;
  bool stopped_ = false;
  bool storing_before_ = false;
  bool endpoints_stored_ = false;
};

}  // namespace hiveframe::runtime
