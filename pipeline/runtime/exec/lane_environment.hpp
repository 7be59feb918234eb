#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/outlet_set.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/worker_pool.hpp"
#include "pipeline/runtime/flow/lane_tally.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// What a lane sends its records through; the same for all lanes of a run, which owns it. On the strand.
struct LaneEnvironment {
  RunContext& context;
  OutletSet& outlets;  ///< a route of the chain leads to each
  LaneTally& tally;
  WorkerPool* workers = nullptr;
  pipeline::SourceTraits source = {};
  std::size_t window = 4;  ///< batches between reading and the sinks' queues
  /// At most once: stores a lane's position before its records go out. False: the run was aborted.
  std::function<pipeline::Task<bool>(LaneCheckpoint lane)> commit_before = nullptr;
  /// Records that may still be read in this run (`--limit`); counts down.
  std::optional<std::uint64_t>* limit = nullptr;
};

}  // namespace hiveframe::runtime
