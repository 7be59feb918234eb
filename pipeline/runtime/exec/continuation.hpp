#pragma once

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// Settles what the next run will read of what this one does not deliver (RunContext::stores_positions and
/// loses_because), and logs where this one goes on if it does. Once, when `source` is open.
void settle_continuation(RunContext& context, const pipeline::Source& source, const Checkpoints& checkpoints);

}  // namespace hiveframe::runtime
