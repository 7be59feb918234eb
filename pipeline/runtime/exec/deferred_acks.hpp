#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "pipeline/runtime/exec/request.hpp"
#include "pipeline/runtime/exec/slice_ack.hpp"
#include "pipeline/runtime/flow/tracker.hpp"

namespace hiveframe::runtime {

/// What a transactional sink has taken and not committed yet, by lane. A commit that fails takes its writes
/// along; what its lanes sent behind them, before they heard of it and went back, must not be committed then:
/// it comes again in its order. On the strand.
class DeferredAcks {
 public:
  /// The sink has taken the request, and may be keeping its ack.
  void keep(const Request& request);
  /// Something that its lane sent before it, since the lane went back last, was given up, or the lane has
  /// gone back since: it is not to be written.
  [[nodiscard]] bool overtaken(const Request& request) const;
  /// Forgets what is committed.
  void sweep();

 private:
  struct Lane {
    Epoch epoch = 0;
    std::vector<std::shared_ptr<SliceAck>> acks;
  };
  static void sweep(Lane& lane);

  std::map<std::size_t, Lane> lanes_;
};

}  // namespace hiveframe::runtime
