#pragma once

#include <functional>
#include <string>

#include "pipeline/runtime/exec/lane_set.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/sink_writer.hpp"

namespace hiveframe::runtime {

/// What the writers of sinks need to know of `lanes`, which outlive it: a refused record goes to its lane.
LaneDirectory directory_for_sinks(const RunContext& context, const LaneSet& lanes);

/// What those of the dead letters' sink need: nothing takes a letter that is refused, so the run fails.
LaneDirectory directory_for_letters(const RunContext& context, const LaneSet& lanes);

}  // namespace hiveframe::runtime
