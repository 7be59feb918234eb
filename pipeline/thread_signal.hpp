#pragma once

#include <memory>

#include "pipeline/task.hpp"

namespace hiveframe::pipeline {

/// Wakes one coroutine from any thread, also one of a client library's own. A notification that comes before
/// the wait is kept; several are one. notify() takes a lock for some instructions and runs nothing of the
/// coroutine. One coroutine waits at a time.
class ThreadSignal {
 public:
  ThreadSignal();
  ~ThreadSignal();
  ThreadSignal(const ThreadSignal&) = delete;
  ThreadSignal& operator=(const ThreadSignal&) = delete;

  /// From any thread.
  void notify() noexcept;
  /// Returns when it was notified since the last wait returned, on the caller's own executor.
  Task<void> wait();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hiveframe::pipeline
