#include "pipeline/runtime/exec/checkpoint_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {
namespace {

constexpr std::size_t lanes_shown = 100;
constexpr auto flush_poll = std::chrono::milliseconds(5);

}  // namespace

CheckpointLoop::CheckpointLoop(RunContext& context, Checkpoints& checkpoints, OutletSet& outlets,
                               LaneSet& lanes, StatusBoard& board)
    : context_(context),
      checkpoints_(checkpoints),
      outlets_(outlets),
      lanes_(lanes),
      board_(board),
      retry_loop_(context, state_store_component),
      backoff_(context.spec.retry, context.random),
      timer_(context.timers) {}

void CheckpointLoop::start() {
  running_ = true;
  boost::asio::co_spawn(context_.strand, run(), boost::asio::detached);
}

pipeline::Task<void> CheckpointLoop::run() {
  while (!context_.draining && !stopped_) {
    co_await wait_for_the_next();
    if (context_.draining || stopped_) break;
    co_await flush_for_a_while();
    co_await checkpoint();
  }
  running_ = false;
  context_.progressed();
}

pipeline::Task<void> CheckpointLoop::wait_for_the_next() {
  const auto next = std::chrono::steady_clock::now() + context_.options.commit_interval;
  while (!context_.draining && !stopped_ && !many_lanes_wait() && std::chrono::steady_clock::now() < next)
    co_await timer_.wait_until(next);
}

/// Half as many as there may be, so that the source need not wait. Those that the last checkpoint could not
/// store do not count, or one would follow the other while storing fails.
bool CheckpointLoop::many_lanes_wait() const {
  const std::size_t many = std::max<std::size_t>(1, context_.options.ended_lanes_cap / 2);
  return lanes_.returned() >= left_behind_ + many;
}

void CheckpointLoop::look() {
  if (many_lanes_wait()) timer_.notify();
}

void CheckpointLoop::stop() {
  stopped_ = true;
  timer_.notify();
}

void CheckpointLoop::wake() {
  retry_loop_.wake();
  timer_.notify();
}

/// Has the sinks make durable what they took. One that stands still must not keep the others' progress from
/// being stored, so this waits no longer than one commit interval.
pipeline::Task<void> CheckpointLoop::flush_for_a_while() {
  outlets_.request_flush();
  const auto deadline = std::chrono::steady_clock::now() + context_.options.commit_interval;
  while (outlets_.flush_pending() && !stopped_ && std::chrono::steady_clock::now() < deadline) {
    const auto look_again = std::chrono::steady_clock::now() + flush_poll;
    co_await timer_.wait_until(std::min(deadline, look_again));
  }
  // The acks were posted to the strand: they are heard before what comes after this.
  co_await boost::asio::post(context_.strand, boost::asio::use_awaitable);
}

pipeline::Task<void> CheckpointLoop::checkpoint() {
  std::optional<std::string> fatal;
  if (backoff_.failures() != 0) context_.counters.retries.fetch_add(1, std::memory_order_relaxed);
  try {
    co_await store();
    backoff_.reset();
    context_.health.recovered(state_store_component);
    lanes_.forget_finished(stores_positions());
  } catch (const pipeline::Retryable& error) {
    context_.health.trouble(state_store_component, error.what());
    const bool goes_on = backoff_.next_delay(Backoff::Clock::now()).has_value();
    if (!goes_on) fatal = std::string(error.what()) + "; " + gave_up(backoff_.failures());
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  left_behind_ = lanes_.returned();
  context_.progressed();
  if (fatal) context_.fail(*fatal);
}

pipeline::Task<void> CheckpointLoop::store() {
  std::vector<LaneCheckpoint> positions = positions_to_commit();
  co_await commit(std::move(positions), std::nullopt);
}

pipeline::Task<bool> CheckpointLoop::store_last(std::optional<Phase> phase) {
  const std::function<pipeline::Task<void>()> attempt = [this, phase]() -> pipeline::Task<void> {
    co_await commit(positions_to_commit(), phase);
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  co_return co_await retry_loop_.run(attempt, given_up);
}

pipeline::Task<bool> CheckpointLoop::store_before(LaneCheckpoint lane) {
  if (!source_->traits().keeps_position || context_.options.limit) co_return true;
  while (storing_before_)
    co_await before_done_.wait();
  const std::function<pipeline::Task<void>()> attempt = [this, &lane]() -> pipeline::Task<void> {
    std::vector<LaneCheckpoint> positions{lane};
    co_await commit(std::move(positions), std::nullopt);
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  storing_before_ = true;
  std::exception_ptr failure;
  bool stored = false;
  try {
    stored = co_await retry_loop_.run(attempt, given_up);
  } catch (...) {
    failure = std::current_exception();
  }
  storing_before_ = false;
  before_done_.notify();
  if (failure) std::rethrow_exception(failure);
  co_return stored;
}

std::vector<LaneCheckpoint> CheckpointLoop::positions_to_commit() const {
  if (!stores_positions()) return {};
  return lanes_.moved();
}

/// Whether checkpoints store positions, and the source is told of them.
bool CheckpointLoop::stores_positions() const {
  if (source_ == nullptr || !source_->traits().keeps_position || context_.options.limit) return false;
  // At most once, positions were stored before their records went out.
  // Exactly once, the sink stores them with the records.
  return context_.spec.delivery == Delivery::at_least_once;
}

pipeline::Task<void> CheckpointLoop::commit(std::vector<LaneCheckpoint> positions,
                                            std::optional<Phase> phase) {
  std::vector<pipeline::LanePosition> for_source;
  for (const LaneCheckpoint& each : positions)
    for_source.push_back({each.id, each.position});
  std::optional<Endpoints> endpoints;
  if (source_ != nullptr && !endpoints_stored_) endpoints = {source_->identity(), outlets_.places()};
  const std::vector<LaneCheckpoint> stored = positions;
  if (source_ != nullptr && source_->traits().position_at_source) positions.clear();
  co_await checkpoints_.commit(std::move(positions), outlets_.all(), phase, std::move(endpoints));
  // Without a source there was none to store yet.
  endpoints_stored_ = endpoints_stored_ || source_ != nullptr;
  // Not stored before the source knows: what it could not take is told it again with the next checkpoint.
  // At the end of the run one that hangs is left alone.
  if (!for_source.empty() && !(context_.aborting && context_.source.busy())) {
    const Callee::Call call(context_.source, "a commit");
    co_await source_->commit(std::move(for_source));
  }
  lanes_.stored(stored);
  board_.set_stored();
  board_.set_lanes(lanes_.statuses(lanes_shown));
}

}  // namespace hiveframe::runtime
