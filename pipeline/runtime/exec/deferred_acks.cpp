#include "pipeline/runtime/exec/deferred_acks.hpp"

#include <algorithm>

namespace hiveframe::runtime {

void DeferredAcks::keep(const Request& request) {
  Lane& lane = lanes_[request.lane()];
  if (lane.epoch != request.epoch()) lane = {request.epoch(), {}};
  sweep(lane);
  for (const std::shared_ptr<SliceAck>& each : request.acks())
    if (!each->durable()) lane.acks.push_back(each);
}

bool DeferredAcks::overtaken(const Request& request) const {
  if (request.partly_stale()) return true;
  const auto lane = lanes_.find(request.lane());
  if (lane == lanes_.end() || lane->second.epoch != request.epoch()) return false;
  const auto& acks = lane->second.acks;
  return std::any_of(acks.begin(), acks.end(), [](const auto& each) { return each->abandoned(); });
}

void DeferredAcks::sweep() {
  for (auto& [number, lane] : lanes_)
    sweep(lane);
  std::erase_if(lanes_, [](const auto& each) { return each.second.acks.empty(); });
}

void DeferredAcks::sweep(Lane& lane) {
  std::erase_if(lane.acks, [](const auto& each) { return each->durable(); });
}

}  // namespace hiveframe::runtime
