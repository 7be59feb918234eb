#include "pipeline/runtime/exec/lane_intake.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <functional>
#include <spdlog/spdlog.h>
#include <utility>
#include <variant>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {

LaneIntake::LaneIntake(LaneEnvironment& environment, pipeline::Source& source, LaneSet& lanes,
                       Checkpoints& checkpoints, CheckpointLoop& checkpoint_loop, StatusBoard& board)
    : environment_(environment),
      context_(environment.context),
      source_(source),
      lanes_(lanes),
      checkpoints_(checkpoints),
      checkpoint_loop_(checkpoint_loop),
      board_(board),
      retry_loop_(environment.context, "source") {}

void LaneIntake::start() {
  running_ = true;
  boost::asio::co_spawn(context_.strand, run(), boost::asio::detached);
}

pipeline::Task<void> LaneIntake::run() {
  std::optional<std::string> fatal;
  try {
    co_await follow();
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  running_ = false;
  if (fatal) context_.fail(*fatal);
  context_.progressed();
}

pipeline::Task<void> LaneIntake::follow() {
  while (!context_.draining && !no_more_) {
    co_await wait_for_room();
    if (context_.draining || no_more_) break;
    pipeline::LaneEvent event;
    const std::function<pipeline::Task<void>()> next = [this, &event]() -> pipeline::Task<void> {
      const Callee::Call call(context_.source, "a question for its next lane");
      event = co_await source_.next();
    };
    const std::function<bool()> given_up = [this] { return context_.draining; };
    const bool came = co_await retry_loop_.run(next, given_up);
    if (!came || context_.draining || no_more_) break;
    if (auto* opened = std::get_if<pipeline::LaneOpened>(&event)) {
      co_await open(std::move(opened->lane));
    } else if (auto* revoked = std::get_if<pipeline::LaneRevoked>(&event)) {
      ++handing_over_;
      boost::asio::co_spawn(context_.strand, hand_over(revoked->id, revoked->deadline),
                            boost::asio::detached);
    } else {
      no_more_ = true;
    }
  }
}

/// A lane that has ended takes room until it is delivered and stored, and a folder may hold any number of
/// small files. Lanes that are still read do not count: room for them comes only from their end.
bool LaneIntake::has_room() const { return lanes_.ended() < context_.options.ended_lanes_cap; }

pipeline::Task<void> LaneIntake::wait_for_room() {
  waits_for_room_ = true;
  while (!has_room() && !context_.draining && !no_more_) {
    // The checkpoint that makes room can only store what is durable.
    environment_.outlets.request_flush();
    // Nothing else will fill a batch.
    if (lanes_.all_sent()) environment_.outlets.hurry();
    co_await room_.wait();
  }
  waits_for_room_ = false;
}

void LaneIntake::look() {
  if (waits_for_room_) room_.notify();
}

void LaneIntake::close() {
  no_more_ = true;
  room_.notify();
}

void LaneIntake::wake() {
  retry_loop_.wake();
  room_.notify();
}

/// Where the lane goes on by the state of an earlier run. False: what was read then is not this lane.
bool LaneIntake::stored_position(const pipeline::Lane& lane, std::optional<pipeline::Position>& position) {
  const LaneState* const stored = checkpoints_.stored_lane(lane.id());
  if (stored == nullptr || environment_.source.position_at_source) return true;
  if (!stored->identity.empty() && !lane.is_same(stored->identity)) {
    context_.fail("'" + lane.id() + "' is not what this pipeline read before under that name (then: " +
                  stored->identity + ", now: " + lane.identity() + "); bring the old one back, or " +
                  std::string(pipeline::run_from_start));
    return false;
  }
  position = stored->position;
  return true;
}

pipeline::Task<void> LaneIntake::open(std::unique_ptr<pipeline::Lane> lane) {
  std::optional<pipeline::Position> position;
  if (context_.spec.delivery == Delivery::exactly_once) {
    const bool taken = co_await environment_.outlets.routes().front()->take_over(lane->id(), position);
    if (!taken) co_return;
    if (position && !std::exchange(told_where_, true)) {
      spdlog::info("[{}] goes on where its sink stands: {} at position {}", context_.spec.name, lane->id(),
                   shown_position(*position));
    }
  } else if (!stored_position(*lane, position)) {
    co_return;
  }
  board_.add_expected(lane->expected_bytes());
  const auto runner =
      std::make_shared<LaneRunner>(environment_, std::move(lane), lanes_.next_number(), std::move(position));
  lanes_.add(runner);
  boost::asio::co_spawn(
      context_.strand, [runner]() -> pipeline::Task<void> { return runner->run(); }, boost::asio::detached);
}

/// A lane is taken away: tells the source when the pipeline has let go of it.
pipeline::Task<void> LaneIntake::hand_over(std::string id, std::chrono::steady_clock::time_point deadline) {
  std::shared_ptr<LaneRunner> lane = lanes_.find(id);
  if (lane) co_await let_go(std::move(lane), deadline);
  source_.released(id);
  --handing_over_;
  context_.progressed();
}

/// Drains the lane until `deadline`, commits, and forgets it.
pipeline::Task<void> LaneIntake::let_go(std::shared_ptr<LaneRunner> lane,
                                        std::chrono::steady_clock::time_point deadline) {
  lane->revoke(deadline);
  TimedSignal timer(context_.timers);
  while (!lane->returned() && std::chrono::steady_clock::now() < deadline) {
    environment_.outlets.hurry();
    const auto tick = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
    co_await timer.wait_until(std::min(deadline, tick));
  }
  lane->forget();
  environment_.outlets.wake();
  co_await lane->until_returned();
  co_await checkpoint_loop_.checkpoint();
  if (lane->watermark()) checkpoints_.remember(lane->checkpoint(*lane->watermark()));
  lanes_.remove(lane->number());
}

}  // namespace hiveframe::runtime
