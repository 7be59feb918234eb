#pragma once

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "net/task.hpp"

namespace hiveframe::daemon {

/// What a function gives to the callback that it is called with, once, on this coroutine's executor; it may
/// be called before the function returns. Whoever is cancelled meanwhile hears nothing of it.
template <typename R>
net::Task<R> callback_result(std::function<void(std::function<void(R)>)> begin) {
  struct Waiting {
    explicit Waiting(const boost::asio::any_io_executor& executor)
        : came(executor, boost::asio::steady_timer::time_point::max()) {}
    std::optional<R> result;
    boost::asio::steady_timer came;
  };
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto waiting = std::make_shared<Waiting>(executor);
  begin([weak = std::weak_ptr<Waiting>(waiting)](R result) {
    const auto waits = weak.lock();
    if (!waits) return;
    waits->result = std::move(result);
    waits->came.cancel();
  });
  while (!waiting->result) {
    boost::system::error_code ignored;  // cancelled: it came, or this coroutine is; then the next wait throws
    co_await waiting->came.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
  co_return std::move(*waiting->result);
}

}  // namespace hiveframe::daemon
