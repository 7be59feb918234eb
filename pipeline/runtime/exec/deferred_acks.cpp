#include "pipeline/runtime/exec/deferred_acks.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

void DeferredAcks::keep(const Request& request) {
  Lane& lane = lanes_[request.lane()];
  advance(lane);
  if (lane.epoch != request.epoch()) {
    lane.epoch = request.epoch();
    lane.parts.clear();
  }
  for (std::size_t i = 0; i < request.acks().size(); ++i)
    lane.parts.push_back({request.acks()[i], request.end(i)});
  advance(lane);
}

bool DeferredAcks::overtaken(const Request& request) const {
  if (request.partly_stale()) return true;
  const auto lane = lanes_.find(request.lane());
  if (lane == lanes_.end() || lane->second.epoch != request.epoch()) return false;
  const auto& parts = lane->second.parts;
  return std::any_of(parts.begin(), parts.end(), [](const Part& each) { return each.ack->abandoned(); });
}

std::optional<pipeline::Position> DeferredAcks::committed(std::size_t lane) {
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return std::nullopt;
  advance(found->second);
  return found->second.committed;
}

void DeferredAcks::advance(Lane& lane) {
  while (!lane.parts.empty() && lane.parts.front().ack->durable()) {
    lane.committed = std::move(lane.parts.front().end);
    lane.parts.pop_front();
  }
}

}  // namespace hiveframe::runtime
