#include "net/connection_clock.hpp"

namespace hiveframe::net {
namespace {

constexpr std::chrono::milliseconds closing_time{1'000};

}  // namespace

void ConnectionClock::enter(Phase phase, TimePoint now) {
  phase_ = phase;
  switch (phase) {
    case Phase::handshake:
      deadline_ = now + limits_.handshake_time;
      break;
    case Phase::idle:
      deadline_ = now + limits_.idle_time;
      break;
    case Phase::head:
      deadline_ = now + limits_.head_time;
      break;
    case Phase::body:
      deadline_ = now + limits_.body_time;
      break;
    case Phase::handling:
      deadline_ = TimePoint::max();
      break;
    case Phase::writing:
      deadline_ = now + limits_.write_time;
      break;
    case Phase::closing:
      deadline_ = now + closing_time;
      break;
  }
}

bool ConnectionClock::waits_for_request() const noexcept {
  return phase_ == Phase::handshake || phase_ == Phase::idle || phase_ == Phase::head;
}

}  // namespace hiveframe::net
