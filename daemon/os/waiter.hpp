#pragma once

#include <chrono>
#include <csignal>

namespace hiveframe::daemon {

/// What the main thread waits on while pipelines run: SIGTERM and SIGINT, and notices of other threads.
/// While it lives, these signals are blocked in the thread that made it and in the threads started after
/// that, so they reach nobody else. SIGINT is left alone if it was being ignored (a job that a shell
/// started in the background). Made and used by one thread; only notify() may be called by any.
class Waiter {
 public:
  Waiter();
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// The number of a signal that came, or 0: a notice, or the time is up.
  int wait(std::chrono::milliseconds timeout);
  void notify() noexcept;

 private:
  sigset_t previous_{};
  int signals_;
  int notices_;
};

}  // namespace hiveframe::daemon
