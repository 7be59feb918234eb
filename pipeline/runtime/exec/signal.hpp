#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// Lets coroutines of one strand wait until another has changed something: a condition variable, without
/// the mutex, since between checking the condition and waiting nothing else runs on the strand.
/// Confined to that strand. Coroutines that still wait when it is destroyed are destroyed with it.
class Signal {
 public:
  /// Returns after the next notify(); check the condition again.
  pipeline::Task<void> wait();
  /// Wakes everyone who waits now. They go on after the caller has given way.
  void notify();

 private:
  using Waiter = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;

  std::vector<Waiter> waiters_;
};

/// The same, for one waiter that may have a deadline.
class TimedSignal {
 public:
  using Clock = std::chrono::steady_clock;

  /// `timers` is an executor of a thread beside the data plane's, see Engine; the waiter goes on on its own.
  explicit TimedSignal(boost::asio::any_io_executor timers) : timers_(std::move(timers)) {}

  /// Returns at notify() or at `deadline`, whichever comes first. time_point::max(): at notify().
  pipeline::Task<void> wait_until(Clock::time_point deadline);
  void notify();

 private:
  boost::asio::any_io_executor timers_;
  Signal signal_;  // for waiting without a deadline
  // Of the waiter, while it has a deadline: what is left behind at the end of a process holds no timer.
  boost::asio::steady_timer* timer_ = nullptr;
};

}  // namespace hiveframe::runtime
