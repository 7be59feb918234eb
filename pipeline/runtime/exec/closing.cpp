#include "pipeline/runtime/exec/closing.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <utility>

namespace hiveframe::runtime {
namespace {

// What a sink has in any case to close, and again to return when it was cancelled.
constexpr std::chrono::milliseconds grace{1000};

}  // namespace

Closing::Closing(RunContext& context, std::unique_ptr<Outlet> outlet, std::shared_ptr<void> run)
    : name_(outlet->spec().name),
      pipeline_(context.spec.name),
      timeout_(context.options.shutdown_timeout),
      strand_(context.strand),
      closed_signal_(context.timers),
      outlet_(outlet.release()),
      run_(new std::shared_ptr<void>(std::move(run))) {}

Closing::~Closing() {
  if (!closed_) return;
  delete outlet_;
  delete run_;
}

void Closing::start() {
  const auto self = shared_from_this();
  boost::asio::co_spawn(
      strand_, [self]() -> pipeline::Task<void> { return self->close(); }, boost::asio::detached);
}

pipeline::Task<void> Closing::close() {
  const auto self = shared_from_this();
  try {
    co_await outlet_->close();
  } catch (const std::exception& error) {
    failure_ = name_ + ": " + error.what();
  }
  closed_ = true;
  if (left_behind_) spdlog::warn("[{}] {}: has closed after all", pipeline_, name_);
  closed_signal_.notify();
}

pipeline::Task<void> Closing::wait_until(std::chrono::steady_clock::time_point deadline) {
  while (!closed_ && std::chrono::steady_clock::now() < deadline)
    co_await closed_signal_.wait_until(deadline);
}

pipeline::Task<std::optional<std::string>> Closing::finish(std::chrono::steady_clock::time_point deadline) {
  co_await wait_until(std::max(deadline, std::chrono::steady_clock::now() + grace));
  if (!closed_) {
    outlet_->abort();
    co_await wait_until(std::chrono::steady_clock::now() + grace);
  }
  if (closed_) co_return failure_;
  left_behind_ = true;
  co_return name_ + ": does not close, though it had " + std::to_string(timeout_.count()) +
      " ms and was then cancelled; it is left behind as it is";
}

}  // namespace hiveframe::runtime
