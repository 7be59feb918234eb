#include "pipeline/runtime/exec/request.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

void Request::add(Parcel parcel) {
  write_.slices.push_back(parcel.slice);
  write_.ack.join(std::move(parcel.ack));
  parcel.ack = parcel.ticket->part();
  owners_.push_back(std::move(parcel));
}

std::size_t Request::bytes() const noexcept {
  std::size_t total = 0;
  for (const record::Slice& slice : write_.slices)
    total += slice.bytes();
  return total;
}

bool Request::stale() const noexcept {
  return std::all_of(owners_.begin(), owners_.end(), [](const Parcel& owner) { return owner.stale(); });
}

std::vector<pipeline::LanePosition> Request::positions(
    const std::function<std::string(std::size_t)>& lane_id) const {
  std::vector<pipeline::LanePosition> positions;
  for (const Parcel& owner : owners_) {
    if (owner.stale()) continue;  // the lane may belong to somebody else by now
    std::string id = lane_id(owner.lane);
    const auto found = std::find_if(positions.begin(), positions.end(),
                                    [&id](const pipeline::LanePosition& each) { return each.lane == id; });
    if (found == positions.end()) {
      positions.push_back({std::move(id), owner.end});
    } else {
      found->position = owner.end;
    }
  }
  return positions;
}

Request Request::part(RecordRange range, const PositionOf& position_of) const {
  Request part;
  std::size_t begin = 0;
  for (const Parcel& owner : owners_) {
    const std::size_t size = owner.slice.size();
    const std::size_t from = std::max(range.begin, begin);
    const std::size_t to = std::min(range.end, begin + size);
    if (from < to) {
      const bool whole_end = to == begin + size;
      pipeline::Position end = whole_end ? owner.end : position_of(owner.lane, owner.slice, to - begin);
      part.add(owner.with(owner.slice.part(from - begin, to - begin), std::move(end)));
    }
    begin += size;
  }
  return part;
}

Parcel Request::parcel_of(std::size_t record, const PositionOf& position_of) const {
  Request alone = part({record, record + 1}, position_of);
  Parcel parcel = std::move(alone.owners_.front());
  alone.settle_sink();
  return parcel;
}

void Request::settle_owners() {
  for (Parcel& owner : owners_)
    owner.ack.delivered();
}

}  // namespace hiveframe::runtime
