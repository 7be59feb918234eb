#include "pipeline/runtime/flow/breaker.hpp"

#include <algorithm>

namespace hiveframe::runtime {

Breaker::Breaker(BreakerSettings settings) : settings_(settings) {
  settings_.failure_threshold = std::max(settings_.failure_threshold, 1U);
  settings_.success_threshold = std::max(settings_.success_threshold, 1U);
  settings_.half_open_max_calls = std::max(settings_.half_open_max_calls, 1U);
}

void Breaker::enter(State state) {
  state_ = state;
  ++transitions_;
  failures_ = 0;
  successes_ = 0;
  trial_calls_ = 0;
}

Breaker::Decision Breaker::allow(Clock::time_point now) {
  if (state_ == State::open) {
    if (now < opened_until_) return {std::nullopt, opened_until_};
    enter(State::half_open);
  }
  if (state_ == State::half_open) {
    if (trial_calls_ >= settings_.half_open_max_calls) return {std::nullopt, Clock::time_point::max()};
    ++trial_calls_;
  }
  return {Permit{transitions_}, now};
}

void Breaker::on_success(Permit permit) {
  if (!is_current(permit)) return;
  if (state_ == State::closed) {
    failures_ = 0;
    return;
  }
  --trial_calls_;
  if (++successes_ >= settings_.success_threshold) enter(State::closed);
}

void Breaker::on_failure(Permit permit, Clock::time_point now) {
  if (!is_current(permit)) return;
  if (state_ == State::closed && ++failures_ < settings_.failure_threshold) return;
  enter(State::open);
  opened_until_ = now + settings_.timeout;
}

void Breaker::on_cancelled(Permit permit) {
  if (is_current(permit) && state_ == State::half_open) --trial_calls_;
}

}  // namespace hiveframe::runtime
