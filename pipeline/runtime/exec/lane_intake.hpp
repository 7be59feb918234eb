#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/runtime/exec/checkpoint_loop.hpp"
#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/lane_environment.hpp"
#include "pipeline/runtime/exec/lane_set.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/status_board.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// Follows which lanes a source has: starts each where earlier runs left it, and lets go of those that are
/// taken away. Takes no more in while too many have ended that are not stored as done. Owned by the run,
/// which lets it end before it lets go of anything. On the strand.
class LaneIntake {
 public:
  LaneIntake(LaneEnvironment& environment, pipeline::Source& source, LaneSet& lanes, Checkpoints& checkpoints,
             CheckpointLoop& checkpoint_loop, StatusBoard& board);

  /// Follows the source until it has no more lanes, or the run drains. Fails the run if the source does.
  void start();
  /// The run has enough: no lane is opened any more.
  void close();
  /// No lane will be opened any more.
  [[nodiscard]] bool no_more() const noexcept { return no_more_; }
  /// The source is still followed, or a lane is being handed over.
  [[nodiscard]] bool busy() const noexcept { return running_ || handing_over_ != 0; }
  /// Looks again at what the run wants: it drains or aborts.
  void wake();
  /// Looks again at whether there is room for another lane.
  void look();

 private:
  pipeline::Task<void> run();
  pipeline::Task<void> follow();
  pipeline::Task<void> wait_for_room();
  [[nodiscard]] bool has_room() const;
  pipeline::Task<void> open(std::unique_ptr<pipeline::Lane> lane);
  bool stored_position(const pipeline::Lane& lane, std::optional<pipeline::Position>& position);
  pipeline::Task<void> hand_over(std::string id, std::chrono::steady_clock::time_point deadline);
  pipeline::Task<void> let_go(std::shared_ptr<LaneRunner> lane,
                              std::chrono::steady_clock::time_point deadline);

  LaneEnvironment& environment_;
  RunContext& context_;
  pipeline::Source& source_;
  LaneSet& lanes_;
  Checkpoints& checkpoints_;
  CheckpointLoop& checkpoint_loop_;
  StatusBoard& board_;
  RetryLoop retry_loop_;
  Signal room_;
  bool waits_for_room_ = false;
  bool running_ = false;
  bool no_more_ = false;
  bool told_where_ = false;  // the first lane goes on; of the others nothing is said
  std::size_t handing_over_ = 0;
};

}  // namespace hiveframe::runtime
