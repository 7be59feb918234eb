// How a run ends: that it does, the time it has for it, what is left behind, and letting go of everything.

#include <algorithm>
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

/// What a part of the run came to.
struct Pipeline::Run::Outcome {
  bool returned = false;
  std::exception_ptr failure;
};

/// Waits for a part of the run, as long as there is time. One that hangs is left behind: it goes on by itself
/// should it ever return, and keeps the run. Throws what the part throws.
pipeline::Task<void> Pipeline::Run::in_time(Part part) {
  const auto begun = std::chrono::steady_clock::now();
  const auto outcome = std::make_shared<Outcome>();
  ++parts_under_way_;
  boost::asio::co_spawn(strand_, carry(std::move(part), outcome), boost::asio::detached);
  while (!outcome->returned && std::chrono::steady_clock::now() < time_for(begun))
    co_await part_timer_.wait_until(time_for(begun));
  if (outcome->failure) std::rethrow_exception(std::exchange(outcome->failure, nullptr));
}

pipeline::Task<void> Pipeline::Run::carry(Part part, std::shared_ptr<Outcome> outcome) {
  const auto self = shared_from_this();
  try {
    co_await part();
  } catch (...) {
    outcome->failure = std::current_exception();
  }
  outcome->returned = true;
  --parts_under_way_;
  part_timer_.notify();
  changed_.notify();
}

/// When what was begun then is left behind; never, as long as nothing asks the run to end.
std::chrono::steady_clock::time_point Pipeline::Run::time_for(
    std::chrono::steady_clock::time_point begun) const {
  if (!deadline_) return std::chrono::steady_clock::time_point::max();
  return std::max(*deadline_, begun) + options_.cancel_grace;
}

/// Closes everything, in the order it depends on each other, but for what does not answer.
pipeline::Task<void> Pipeline::Run::close() {
  closing_ = true;
  const auto now = std::chrono::steady_clock::now();
  if (!deadline_) begin_deadline(now + options_.shutdown_timeout);
  if (!context_.aborting) *deadline_ = std::max(*deadline_, now + options_.cancel_grace);
  std::optional<std::string> failure;
  try {
    const Part sinks = [this] { return outlets_.close(); };
    co_await in_time(sinks);
    failure = outlets_.close_failure();
    const Part source = [this] { return close_source(); };
    co_await in_time(source);
    const Part state = [this] { return close_state(); };
    co_await in_time(state);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) fail(*failure);
  closed_ = true;
  deadline_timer_.notify();
  while (watching_deadline_)
    co_await changed_.wait();
}

pipeline::Task<void> Pipeline::Run::close_source() {
  if (!source_ || context_.source.busy() || std::exchange(source_closed_, true)) co_return;
  const Callee::Call call(context_.source, "a call to close");
  co_await source_->close();
}

pipeline::Task<void> Pipeline::Run::close_state() {
  if (!checkpoints_ || std::exchange(state_closed_, true)) co_return;
  co_await checkpoints_->close();
}

/// Destroys the parts, in the order they depend on each other. Nothing of them is under way.
pipeline::Task<void> Pipeline::Run::let_go() {
  // A sink may have held acks: unsaid, they come back to the strand once more, and find their lanes.
  outlets_.clear();
  co_await boost::asio::post(strand_, boost::asio::use_awaitable);
  lanes_.clear();
  intake_.reset();
  checkpoint_loop_.reset();
  source_.reset();
  checkpoints_.reset();
}

/// Who does not answer, for people.
std::string Pipeline::Run::what_hangs() const {
  std::string all;
  const auto add = [&all](const std::string& one) { all += (all.empty() ? "" : "; ") + one; };
  for (const Outlet* outlet : outlets_.all()) {
    if (outlet->callee().busy()) add(outlet->callee().unanswered());
  }
  if (context_.source.busy()) add(context_.source.unanswered(ending_since_));
  if (context_.state_store.busy()) add(context_.state_store.unanswered());
  return all.empty() ? "a part of it did not come to its end" : all;
}

void Pipeline::Run::tell_what_hangs() {
  const std::string what = what_hangs();
  board_.set_left_behind(what);
  const std::string message = what + " and was left behind";
  if (ending_ == Ending::failed) spdlog::error("[{}] {}", spec_.name, message);
  fail(message);
}

/// The run has ended for everybody else. Whatever returns after all finds everything it refers to; then it is
/// closed, and everything goes.
pipeline::Task<void> Pipeline::Run::wait_for_what_hangs() {
  while (parts_under_way_ != 0)
    co_await changed_.wait();
  spdlog::warn("[{}] what was left behind has returned after all", spec_.name);
  std::optional<std::string> failure;
  try {
    co_await outlets_.close();
    co_await close_source();
    co_await close_state();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) spdlog::warn("[{}] closing what was left behind: {}", spec_.name, *failure);
  co_await let_go();
  board_.set_left_behind({});
  engine_.reattach();
}

void Pipeline::Run::fail(std::string reason) {
  if (context_.over) return;
  board_.set_reason(std::move(reason));
  end(Ending::failed);
}

void Pipeline::Run::end(Ending ending) {
  if (context_.over) return;
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
  begin_deadline(std::chrono::steady_clock::now() + options_.shutdown_timeout);
  interrupt_at(*deadline_);
}

void Pipeline::Run::begin_deadline(std::chrono::steady_clock::time_point deadline) {
  ending_since_ = std::chrono::steady_clock::now();
  deadline_ = deadline;
  watching_deadline_ = true;
  part_timer_.notify();
  boost::asio::co_spawn(strand_, watch_deadline(), boost::asio::detached);
}

pipeline::Task<void> Pipeline::Run::watch_deadline() {
  const auto self = shared_from_this();
  // It may be put off.
  while (!closed_ && std::chrono::steady_clock::now() < *deadline_)
    co_await deadline_timer_.wait_until(*deadline_);
  if (!closed_) abort();
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
  if (!closing_) warn_of_what_is_dropped();
  context_.aborting = true;
  *context_.interrupted = true;
  if (source_) source_->cancel();
  outlets_.abort();
  wake_parts();
}

void Pipeline::Run::warn_of_what_is_dropped() const {
  const std::string because = context_.loses_because;
  spdlog::warn("[{}] not drained within {}: what is under way is {}", spec_.name,
               config::format_duration(options_.shutdown_timeout),
               because.empty() ? "abandoned, and the next run reads it again" : "lost, for " + because);
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
  if (parts_under_way_ != 0) {
    board_.freeze();
    context_.memory.cancel();
    context_.memory.leave();
    engine_.detach();
  }
  if (const auto ended = std::exchange(ended_, nullptr)) ended();
}

}  // namespace hiveframe::runtime
