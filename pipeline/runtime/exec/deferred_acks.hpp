#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "pipeline/runtime/exec/request.hpp"
#include "pipeline/runtime/exec/slice_ack.hpp"
#include "pipeline/runtime/flow/tracker.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::runtime {

/// What a transactional sink has taken, by lane: how far it is committed, and what is not yet. A commit that
/// fails takes its writes along; what its lanes sent behind them, before they heard of it and went back, must
/// not be committed then: it comes again in its order. On the strand.
class DeferredAcks {
 public:
  /// The sink has taken the request, and may be keeping its ack.
  void keep(const Request& request);
  /// Something that its lane sent before it, since the lane went back last, was given up, or the lane has
  /// gone back since: it is not to be written.
  [[nodiscard]] bool overtaken(const Request& request) const;
  /// Where the lane's newest commit stands, which may be within a batch: of that, what is committed must not
  /// come again. Nothing: there was none in this run.
  [[nodiscard]] std::optional<pipeline::Position> committed(std::size_t lane);
  /// The lane has ended.
  void forget(std::size_t lane) { lanes_.erase(lane); }

 private:
  struct Part {
    std::shared_ptr<SliceAck> ack;
    pipeline::Position end;
  };
  struct Lane {
    Epoch epoch = 0;
    std::deque<Part> parts;  // in the lane's order
    std::optional<pipeline::Position> committed = {};
  };
  static void advance(Lane& lane);

  std::map<std::size_t, Lane> lanes_;
};

}  // namespace hiveframe::runtime
