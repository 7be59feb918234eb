#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// Lets coroutines of one strand wait until another has changed something: a condition variable, without
/// the mutex, since between checking the condition and waiting nothing else runs on the strand.
/// Confined to the strand it is made with.
class Signal {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Signal(const boost::asio::any_io_executor& strand) : timer_(strand, Clock::time_point::max()) {}

  /// Returns after the next notify(); check the condition again.
  pipeline::Task<void> wait();
  /// Wakes everyone who waits now.
  void notify() { timer_.cancel(); }

 private:
  boost::asio::steady_timer timer_;
};

/// The same, for one waiter that also has a deadline.
class TimedSignal {
 public:
  using Clock = std::chrono::steady_clock;

  explicit TimedSignal(const boost::asio::any_io_executor& strand) : timer_(strand) {}

  /// Returns at notify() or at `deadline`, whichever comes first.
  pipeline::Task<void> wait_until(Clock::time_point deadline);
  void notify() { timer_.cancel(); }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace hiveframe::runtime
