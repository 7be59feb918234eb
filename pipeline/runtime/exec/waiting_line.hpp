#pragma once

#include <functional>
#include <list>

#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// Those who wait for room, in the order they came: first come, first served, or who was just served would
/// find the room before those that wait. Only the first is woken when there is room, for thousands of lanes
/// may stand in a line. Confined to a strand.
class WaitingLine {
 public:
  /// Waits behind those who came before until `has_room`, or until `given_up`. Takes no room by itself:
  /// whoever frees some calls wake_first(), and whoever returns leaves the front of the line to the next.
  pipeline::Task<void> wait(std::function<bool()> has_room, std::function<bool()> given_up);
  /// There may be room.
  void wake_first();
  /// Somebody may have to give up.
  void wake_all();

 private:
  std::list<Signal*> waiting_;
};

}  // namespace hiveframe::runtime
