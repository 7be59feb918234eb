#include "pipeline/runtime/exec/lane_set.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hiveframe::runtime {

void LaneSet::add(std::shared_ptr<LaneRunner> lane) {
  assert(lane->number() == entries_.size());
  entries_.push_back({std::move(lane), 0});
  ++open_;
}

void LaneSet::remove(std::size_t number) {
  if (std::exchange(entries_[number].lane, nullptr)) --open_;
}

std::shared_ptr<LaneRunner> LaneSet::find(const std::string& id) const {
  for (const Entry& entry : entries_) {
    if (entry.lane && entry.lane->lane().id() == id) return entry.lane;
  }
  return nullptr;
}

void LaneSet::wake() {
  for (const Entry& entry : entries_) {
    if (entry.lane) entry.lane->wake();
  }
}

bool LaneSet::all_sent() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.lane || entry.lane->sent_all(); });
}

bool LaneSet::all_delivered() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.lane || entry.lane->delivered_all(); });
}

bool LaneSet::all_returned() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.lane || entry.lane->returned(); });
}

bool LaneSet::all_idle() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.lane || entry.lane->idle(); });
}

std::uint64_t LaneSet::unsettled_records() const {
  std::uint64_t total = 0;
  for (const Entry& entry : entries_) {
    if (entry.lane) total += entry.lane->unsettled_records();
  }
  return total;
}

std::vector<LaneCheckpoint> LaneSet::moved() const {
  std::vector<LaneCheckpoint> moved;
  for (const Entry& entry : entries_) {
    const auto& lane = entry.lane;
    if (!lane || !lane->watermark() || lane->settled_batches() == entry.stored_batches) continue;
    moved.push_back(lane->checkpoint(*lane->watermark()));
  }
  return moved;
}

void LaneSet::stored(const std::vector<LaneCheckpoint>& checkpoints) {
  for (const LaneCheckpoint& each : checkpoints)
    entries_[each.number].stored_batches = each.settled_batches;
}

void LaneSet::forget_finished(bool positions_stored) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto& lane = entries_[i].lane;
    if (!lane || !lane->returned() || !lane->delivered_all()) continue;
    if (!positions_stored || lane->settled_batches() == entries_[i].stored_batches) remove(i);
  }
}

std::vector<LaneStatus> LaneSet::statuses(std::size_t at_most) const {
  std::vector<LaneStatus> statuses;
  for (const Entry& entry : entries_) {
    if (!entry.lane || statuses.size() == at_most) continue;
    statuses.push_back(
        {entry.lane->lane().id(), entry.lane->watermark().value_or(""), entry.lane->delivered_all()});
  }
  return statuses;
}

}  // namespace hiveframe::runtime
