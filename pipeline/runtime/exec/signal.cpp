#include "pipeline/runtime/exec/signal.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

namespace hiveframe::runtime {

pipeline::Task<void> Signal::wait() {
  const auto keep = [this](Waiter waiter) { waiters_.push_back(std::move(waiter)); };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
      keep, boost::asio::use_awaitable);
}

void Signal::notify() {
  for (Waiter& waiter : std::exchange(waiters_, {}))
    boost::asio::post(std::move(waiter));
}

pipeline::Task<void> TimedSignal::wait_until(Clock::time_point deadline) {
  if (deadline == Clock::time_point::max()) {
    co_await signal_.wait();
    co_return;
  }
  boost::asio::steady_timer timer(timers_, deadline);
  timer_ = &timer;
  boost::system::error_code cancelled;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
  timer_ = nullptr;
}

void TimedSignal::notify() {
  if (timer_ != nullptr) timer_->cancel();
  signal_.notify();
}

}  // namespace hiveframe::runtime
