#include "daemon/manager/lifecycle.hpp"

#include <utility>

namespace hiveframe::daemon {

Lifecycle::Lifecycle(Restart when, RestartSettings settings, runtime::RandomFraction random)
    : settings_(settings), random_(std::move(random)), policy_(when, settings_, random_) {}

void Lifecycle::wish(Wish wish) {
  wish_ = wish;
  again_ = false;
  // Somebody looks after it: it does not wait to be started, neither now nor when it is told to go on.
  if (rest_ == Rest::backing_off) rest_ = Rest::ready;
}

void Lifecycle::start_over() {
  wish_ = Wish::run;
  again_ = running_;
  rest_ = Rest::ready;
  policy_.reset();
}

void Lifecycle::release(Restart when) {
  held_ = false;
  rest_ = Rest::ready;
  policy_ = RestartPolicy(when, settings_, random_);
}

void Lifecycle::started() {
  running_ = true;
  stopping_ = false;
  again_ = false;
  rest_ = Rest::ready;
}

void Lifecycle::errand_started() {
  running_ = true;
  stopping_ = false;
  errand_ = true;
}

void Lifecycle::errand_ended() {
  running_ = false;
  stopping_ = false;
  errand_ = false;
  again_ = false;
}

void Lifecycle::ended(runtime::State state, std::optional<Clock::time_point> up_since,
                      Clock::time_point now) {
  running_ = false;
  const bool was_told_to = std::exchange(stopping_, false);
  const bool again = std::exchange(again_, false);
  if (state == runtime::State::finished) {
    rest_ = again ? Rest::ready : Rest::finished;
  } else if (was_told_to) {
    // Also if it could not drain: what it did not deliver is read again by the next run.
    rest_ = Rest::ready;
  } else if (state == runtime::State::failed) {
    failed(up_since, now);
  } else {
    rest_ = Rest::ended;
  }
}

void Lifecycle::not_started(Clock::time_point now) { failed(std::nullopt, now); }

void Lifecycle::failed(std::optional<Clock::time_point> up_since, Clock::time_point now) {
  const auto delay = policy_.failed(now, up_since);
  rest_ = delay ? Rest::backing_off : Rest::failed;
  if (delay) retry_at_ = now + *delay;
}

bool Lifecycle::should_start(Clock::time_point now) const {
  if (running_ || held_ || aside_ || wish_ != Wish::run) return false;
  return rest_ == Rest::ready || (rest_ == Rest::backing_off && now >= retry_at_);
}

bool Lifecycle::should_stop() const {
  const bool makes_room = aside_ && !errand_;
  return running_ && !stopping_ && (held_ || again_ || makes_room || wish_ != Wish::run);
}

std::optional<Lifecycle::Clock::time_point> Lifecycle::retry_at() const {
  if (running_ || held_ || aside_ || wish_ != Wish::run || rest_ != Rest::backing_off) return std::nullopt;
  return retry_at_;
}

PipelineState Lifecycle::state(runtime::State run) const {
  if (running_) {
    if (stopping_) return PipelineState::draining;
    switch (run) {
      case runtime::State::starting:
        return PipelineState::starting;
      case runtime::State::running:
        return PipelineState::running;
      case runtime::State::degraded:
        return PipelineState::degraded;
      case runtime::State::stopped:
      case runtime::State::failed:
      case runtime::State::finished:
        // It has ended, which is not heard of here yet.
        return PipelineState::draining;
    }
  }
  switch (rest_) {
    case Rest::finished:
      return PipelineState::finished;
    case Rest::failed:
      return PipelineState::failed;
    case Rest::ended:
      return PipelineState::stopped;
    case Rest::ready:
    case Rest::backing_off:
      break;
  }
  if (wish_ == Wish::pause) return PipelineState::paused;
  if (wish_ == Wish::stop) return PipelineState::stopped;
  return rest_ == Rest::backing_off ? PipelineState::backing_off : PipelineState::starting;
}

}  // namespace hiveframe::daemon
