#include "pipeline/runtime/exec/signal.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace hiveframe::runtime {

pipeline::Task<void> Signal::wait() {
  boost::system::error_code cancelled;
  co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

pipeline::Task<void> TimedSignal::wait_until(Clock::time_point deadline) {
  timer_.expires_at(deadline);
  boost::system::error_code cancelled;
  co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

}  // namespace hiveframe::runtime
