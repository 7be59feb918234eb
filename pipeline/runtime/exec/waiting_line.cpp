#include "pipeline/runtime/exec/waiting_line.hpp"

namespace hiveframe::runtime {

pipeline::Task<void> WaitingLine::wait(std::function<bool()> has_room, std::function<bool()> given_up) {
  if (given_up() || (waiting_.empty() && has_room())) co_return;
  Signal woken;
  const auto place = waiting_.insert(waiting_.end(), &woken);
  while (!given_up() && !(waiting_.front() == &woken && has_room()))
    co_await woken.wait();
  const bool was_first = place == waiting_.begin();
  waiting_.erase(place);
  // The next is first now, and may have missed that there is room.
  if (was_first) wake_first();
}

void WaitingLine::wake_first() {
  if (!waiting_.empty()) waiting_.front()->notify();
}

void WaitingLine::wake_all() {
  for (Signal* each : waiting_)
    each->notify();
}

}  // namespace hiveframe::runtime
