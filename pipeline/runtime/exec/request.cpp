#include "pipeline/runtime/exec/request.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

void Request::add(Parcel parcel) {
  // One without records only carries a position.
  const auto read_at = parcel.slice.empty() ? SliceAck::Time() : parcel.slice.storage().read_at;
  write_.slices.push_back(parcel.slice);
  acks_.push_back(std::make_shared<SliceAck>(std::move(parcel.ack), parcel.ticket->tally(), read_at));
  write_.ack.join(pipeline::Ack(acks_.back()));
  parcel.ack = parcel.ticket->part();
  owners_.push_back(std::move(parcel));
}

void Request::taken(const std::shared_ptr<SinkNumbers>& sink,
                    const std::vector<pipeline::Rejection>& rejections) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < owners_.size(); ++i) {
    const record::Slice& slice = owners_[i].slice;
    const std::size_t end = begin + slice.size();
    const auto refused = std::count_if(
        rejections.begin(), rejections.end(),
        [&](const pipeline::Rejection& each) { return each.record >= begin && each.record < end; });
    const std::uint64_t records = slice.size() - static_cast<std::size_t>(refused);
    acks_[i]->taken(sink, {records, slice.bytes()});
    begin = end;
  }
}

bool Request::durable() const {
  return std::all_of(acks_.begin(), acks_.end(), [](const auto& ack) { return ack->durable(); });
}

void Request::drop_records() {
  write_.slices.clear();
  for (Parcel& owner : owners_)
    owner.slice = {};
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

bool Request::partly_stale() const noexcept {
  return std::any_of(owners_.begin(), owners_.end(), [](const Parcel& owner) { return owner.stale(); });
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
