#include "pipeline/thread_signal.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <mutex>
#include <utility>

namespace hiveframe::pipeline {

struct ThreadSignal::State {
  std::mutex mutex;
  bool notified = false;
  std::function<void()> waiter;
};

ThreadSignal::ThreadSignal() : state_(std::make_shared<State>()) {}
ThreadSignal::~ThreadSignal() = default;

void ThreadSignal::notify() noexcept {
  std::function<void()> waiter;
  {
    const std::lock_guard lock(state_->mutex);
    waiter = std::exchange(state_->waiter, nullptr);
    if (!waiter) state_->notified = true;
  }
  if (waiter) waiter();
}

Task<void> ThreadSignal::wait() {
  const std::shared_ptr<State> state = state_;
  const auto initiate = [state](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    std::function<void()> resume = [shared] {
      const auto executor = boost::asio::get_associated_executor(*shared);
      boost::asio::post(executor, [shared]() mutable { std::move (*shared)(); });
    };
    {
      const std::lock_guard lock(state->mutex);
      if (!std::exchange(state->notified, false)) {
        state->waiter = std::move(resume);
        return;
      }
    }
    resume();
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
}

}  // namespace hiveframe::pipeline
