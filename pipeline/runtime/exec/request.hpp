#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pipeline/runtime/exec/parcel.hpp"
#include "pipeline/runtime/exec/slice_ack.hpp"
#include "pipeline/runtime/flow/bisection.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::runtime {

/// Where a lane would go on if reading began with a record of it.
using PositionOf =
    std::function<pipeline::Position(std::size_t lane, const record::Slice& slice, std::size_t record)>;

/// A write in the making or under way: what the sink gets, and for each slice of it whose it is. The
/// owners' acks keep the tickets open until the request's refused records are taken care of.
class Request {
 public:
  void add(Parcel parcel);

  [[nodiscard]] bool empty() const noexcept { return owners_.empty(); }
  /// Of its first parcel.
  [[nodiscard]] std::size_t lane() const noexcept { return owners_.front().lane; }
  [[nodiscard]] std::size_t records() const noexcept { return write_.records(); }
  [[nodiscard]] std::size_t bytes() const noexcept;
  /// Every lane it is of has rewound since.
  [[nodiscard]] bool stale() const noexcept;
  /// One has.
  [[nodiscard]] bool partly_stale() const noexcept;
  /// Of its first parcel.
  [[nodiscard]] Epoch epoch() const noexcept { return owners_.front().epoch; }
  /// Where its lane goes on behind the i-th parcel.
  [[nodiscard]] const pipeline::Position& end(std::size_t i) const noexcept { return owners_[i].end; }
  /// What the sink's ack is made of; one for each parcel.
  [[nodiscard]] const std::vector<std::shared_ptr<SliceAck>>& acks() const noexcept { return acks_; }
  [[nodiscard]] pipeline::WriteRequest& write() noexcept { return write_; }
  /// The furthest position of each lane in it.
  [[nodiscard]] std::vector<pipeline::LanePosition> positions(
      const std::function<std::string(std::size_t)>& lane_id) const;
  /// The records of `range` as a request of their own, with parts of the same tickets.
  [[nodiscard]] Request part(RecordRange range, const PositionOf& position_of) const;
  /// The record as a parcel of its own.
  [[nodiscard]] Parcel parcel_of(std::size_t record, const PositionOf& position_of) const;
  /// Calls of the sink so far that its records were part of, in this request or in one that it is a part of.
  /// A lane that rewinds begins anew.
  [[nodiscard]] std::uint32_t attempts() const noexcept { return attempts_; }
  void attempted() noexcept { ++attempts_; }
  void attempted_before(std::uint32_t attempts) noexcept { attempts_ = attempts; }
  /// The sink has taken it all, but for these.
  void taken(const std::shared_ptr<SinkNumbers>& sink, const std::vector<pipeline::Rejection>& rejections);
  /// The sink has said that all of it is durable.
  [[nodiscard]] bool durable() const;
  /// Leaves only the positions to be stored.
  void drop_records();
  /// Says for the sink that its ack is settled: it took everything durably, or others carry its duties.
  void settle_sink() { write_.ack.delivered(); }
  /// Nothing more will come of it.
  void settle_owners();

 private:
  pipeline::WriteRequest write_;
  std::vector<Parcel> owners_;                   // one for each slice; their acks are the guards
  std::vector<std::shared_ptr<SliceAck>> acks_;  // one for each owner
  std::uint32_t attempts_ = 0;
};

}  // namespace hiveframe::runtime
