#include "pipeline/runtime/exec/lane_set.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hiveframe::runtime {

void LaneSet::add(std::shared_ptr<LaneRunner> lane) {
  assert(lane->number() == next_number_);
  open_.emplace(next_number_++, Entry{std::move(lane), 0});
}

std::shared_ptr<LaneRunner> LaneSet::at(std::size_t number) const {
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : found->second.lane;
}

void LaneSet::remove(std::size_t number) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  found->second.lane->leave_out();
  open_.erase(found);
}

void LaneSet::clear() {
  // Tickets may keep their senders a little longer.
  for (const auto& [number, entry] : open_)
    entry.lane->leave_out();
  open_.clear();
}

std::shared_ptr<LaneRunner> LaneSet::find(const std::string& id) const {
  for (const auto& [number, entry] : open_) {
    if (entry.lane->lane().id() == id) return entry.lane;
  }
  return nullptr;
}

void LaneSet::wake() {
  for (const auto& [number, entry] : open_)
    entry.lane->wake();
}

void LaneSet::give_up() {
  for (const auto& [number, entry] : open_)
    entry.lane->give_up();
}

std::vector<LaneCheckpoint> LaneSet::moved() const {
  std::vector<LaneCheckpoint> moved;
  for (const auto& [number, entry] : open_) {
    const LaneRunner& lane = *entry.lane;
    if (!lane.watermark() || lane.settled_batches() == entry.stored_batches) continue;
    moved.push_back(lane.checkpoint(*lane.watermark()));
  }
  return moved;
}

void LaneSet::stored(const std::vector<LaneCheckpoint>& checkpoints) {
  for (const LaneCheckpoint& each : checkpoints) {
    const auto found = open_.find(each.number);
    if (found != open_.end()) found->second.stored_batches = each.settled_batches;
  }
}

void LaneSet::forget_finished(bool positions_stored) {
  std::vector<std::size_t> finished;
  for (const auto& [number, entry] : open_) {
    const LaneRunner& lane = *entry.lane;
    if (!lane.returned() || !lane.delivered_all()) continue;
    if (!positions_stored || lane.settled_batches() == entry.stored_batches) finished.push_back(number);
  }
  for (const std::size_t number : finished)
    remove(number);
  assert(all_returned() == std::all_of(open_.begin(), open_.end(),
                                       [](const auto& each) { return each.second.lane->returned(); }));
  assert(all_delivered() == std::all_of(open_.begin(), open_.end(),
                                        [](const auto& each) { return each.second.lane->delivered_all(); }));
}

std::vector<LaneStatus> LaneSet::statuses(std::size_t at_most) const {
  std::vector<LaneStatus> statuses;
  for (const auto& [number, entry] : open_) {
    if (statuses.size() == at_most) break;
    const LaneRunner& lane = *entry.lane;
    statuses.push_back(
        {lane.lane().id(), std::string(shown_position(lane.watermark().value_or(""))), lane.delivered_all()});
  }
  return statuses;
}

}  // namespace hiveframe::runtime
