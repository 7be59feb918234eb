// How a run ends: that it does, the time it has for it, what is left behind, and letting go of everything.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <utility>

#include "config/units.hpp"
#include "pipeline/runtime/exec/run.hpp"

namespace hiveframe::runtime {

/// Of what was read, when nothing more will be delivered.
void Pipeline::Run::count_undelivered() {
  lanes_.give_up();
  const std::uint64_t lost = context_.counters.lost;
  if (lost == 0 || ending_ != Ending::stopped || source_->traits().replayable) return;
  fail(std::to_string(lost) + (lost == 1 ? " record was" : " records were") +
       " read and not delivered, and " + context_.loses_because +
       ": put them into a file first, for a run of that goes on where it stopped");
}

/// Lets go of everything, in the order it depends on each other.
pipeline::Task<void> Pipeline::Run::close() {
  closing_ = true;
  deadline_timer_.notify();
  const auto now = std::chrono::steady_clock::now();
  const auto deadline = deadline_.value_or(now + options_.shutdown_timeout);
  std::shared_ptr<void> self = shared_from_this();
  // A sink may have held acks: unsaid, they come back to the strand once more, and find their lanes.
  std::optional<std::string> failure = co_await outlets_.close(deadline, std::move(self));
  try {
    if (source_) co_await source_->close();
    if (checkpoints_) co_await checkpoints_->close();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) fail(*failure);
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  lanes_.clear();
  intake_.reset();
  checkpoint_loop_.reset();
  source_.reset();
  checkpoints_.reset();
  while (watching_deadline_)
    co_await changed_.wait();
}

void Pipeline::Run::fail(std::string reason) {
  board_.set_reason(std::move(reason));
  end(Ending::failed);
}

void Pipeline::Run::end(Ending ending) {
  context_.failed = context_.failed || ending != Ending::stopped;
  if (ending_ != Ending::none) {
    // A failure while stopping is a failure.
    if (ending == Ending::failed) ending_ = ending;
    wake_parts();
    return;
  }
  ending_ = ending;
  context_.draining = true;
  context_.memory.cancel();
  if (source_) source_->cancel();
  wake_parts();
  if (closing_) return;
  // Nothing has flowed that could be drained.
  if (opening_) outlets_.abort();
  deadline_ = std::chrono::steady_clock::now() + options_.shutdown_timeout;
  watching_deadline_ = true;
  interrupt_at(*deadline_);
  boost::asio::co_spawn(strand_, watch_deadline(), boost::asio::detached);
}

pipeline::Task<void> Pipeline::Run::watch_deadline() {
  const auto self = shared_from_this();
  co_await deadline_timer_.wait_until(*deadline_);
  if (!closing_) abort();
  watching_deadline_ = false;
  changed_.notify();
}

/// On any thread. Long work may keep the strand from its turn, but no timer.
void Pipeline::Run::interrupt_at(std::chrono::steady_clock::time_point deadline) const {
  const auto timer = std::make_shared<boost::asio::steady_timer>(context_.timers, deadline);
  timer->async_wait(
      [timer, interrupted = context_.interrupted](const boost::system::error_code&) { *interrupted = true; });
}

void Pipeline::Run::abort() {
  const std::string because = context_.loses_because;
  spdlog::warn("[{}] not drained within {}: what is under way is {}", spec_.name,
               config::format_duration(options_.shutdown_timeout),
               because.empty() ? "abandoned, and the next run reads it again" : "lost, for " + because);
  context_.aborting = true;
  *context_.interrupted = true;
  outlets_.abort();
  wake_parts();
}

void Pipeline::Run::wake_parts() {
  source_loop_.wake();
  if (checkpoints_) checkpoints_->wake();
  if (checkpoint_loop_) checkpoint_loop_->wake();
  if (intake_) intake_->wake();
  outlets_.wake();
  lanes_.wake();
  changed_.notify();
}

void Pipeline::Run::finish(State state) {
  board_.set_state(state);
  if (ended_) ended_();
}

}  // namespace hiveframe::runtime
