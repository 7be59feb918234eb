#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/blocking_thread.hpp"
#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {

/// What is to be stored of one lane.
struct LaneCheckpoint {
  std::string id;
  std::string identity;
  pipeline::Position position;
  std::size_t number = 0;             ///< of the lane in its run
  std::uint64_t settled_batches = 0;  ///< of the lane, that the position covers
};

/// Between which the positions are: said with the first that a run stores.
struct Endpoints {
  std::string source;           ///< its identity
  std::set<std::string> sinks;  ///< OutletSet::places()
};

/// Stores positions and marks: one transaction for what belongs together, on a thread of its own, one
/// commit at a time. Without a state folder every commit succeeds at once. On the strand.
class Checkpoints {
 public:
  explicit Checkpoints(RunContext& context);
  ~Checkpoints();

  /// Opens the store and takes its lock. Throws Fatal. False if the run was ended meanwhile.
  pipeline::Task<bool> open();
  /// As it was left by earlier runs, but for the lanes; empty without a store.
  [[nodiscard]] const StateSnapshot& stored() const noexcept { return stored_; }
  /// Where a lane goes on: as it was left by earlier runs, or by remember(). Null if it is new.
  [[nodiscard]] const LaneState* stored_lane(const std::string& id) const;

  /// All of them, by id.
  [[nodiscard]] const std::unordered_map<std::string, LaneState>& stored_lanes() const noexcept {
    return stored_lanes_;
  }

  /// Commits `lanes` and all marks set so far of `outlets`. With Phase::running, which ends starting_over,
  /// the marks of earlier runs that were not set anew are erased. Throws Retryable, and then they can be
  /// committed again, or Fatal.
  pipeline::Task<void> commit(std::vector<LaneCheckpoint> lanes, const std::vector<Outlet*>& outlets,
                              std::optional<Phase> phase, std::optional<Endpoints> endpoints);
  /// Where a lane goes on that was given up in this run and may come back.
  void remember(const LaneCheckpoint& lane);
  /// Looks again at what the run wants: it drains or aborts.
  void wake() { retry_loop_.wake(); }
  /// The pipeline is complete: leaves nothing behind.
  pipeline::Task<void> clear();
  /// Lets the lock go. What is committed later throws Fatal: another process may go on here.
  pipeline::Task<void> close();

 private:
  RunContext& context_;
  std::unique_ptr<pipeline::BlockingThread> thread_;  // null without a state folder
  std::unique_ptr<StateStore> store_;                 // used on thread_
  StateSnapshot stored_;
  std::unordered_map<std::string, LaneState> stored_lanes_;  // by their id
  std::set<std::pair<std::string, std::string>> left_over_;  // marks of earlier runs, while it starts over
  RetryLoop retry_loop_;
  Signal idle_;
  bool closed_ = false;
  std::uint64_t turns_given_ = 0;  // commits asked for
  std::uint64_t turn_served_ = 0;  // commits done
};

}  // namespace hiveframe::runtime
