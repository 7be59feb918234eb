#include "pipeline/runtime/exec/continuation.hpp"

#include <spdlog/spdlog.h>

#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

void settle_continuation(RunContext& context, const pipeline::Source& source,
                         const Checkpoints& checkpoints) {
  const pipeline::SourceTraits traits = source.traits();
  const Delivery delivery = context.spec.delivery;
  const bool stores = traits.keeps_position && !context.options.limit && !context.options.state_dir.empty();
  context.stores_positions = stores || delivery == Delivery::exactly_once;
  if (!traits.replayable) {
    context.loses_because = source.identity() + " gives its records only once";
  } else if (delivery == Delivery::at_most_once && stores) {
    context.loses_because = "with delivery at_most_once the position goes ahead of the records";
  }

  // Exactly once, it is the sink that knows where to go on.
  if (!traits.keeps_position || traits.position_at_source || delivery == Delivery::exactly_once) return;
  const auto& stored = checkpoints.stored_lanes();
  context.goes_on = !stored.empty();
  if (stored.size() == 1) {
    const LaneState& lane = stored.begin()->second;
    spdlog::info("[{}] goes on where an earlier run stopped: {} at position {}", context.spec.name, lane.lane,
                 shown_position(lane.position));
  } else if (!stored.empty()) {
    spdlog::info("[{}] goes on where an earlier run stopped, in {} lanes", context.spec.name, stored.size());
  }
}

}  // namespace hiveframe::runtime
