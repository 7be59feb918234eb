#include "daemon/manager/restart_policy.hpp"

#include <utility>

namespace hiveframe::daemon {

RestartPolicy::RestartPolicy(Restart when, RestartSettings settings, runtime::RandomFraction random)
    : when_(when), settings_(settings), backoff_(settings.backoff, std::move(random)) {}

std::optional<RestartPolicy::Clock::duration> RestartPolicy::failed(
    Clock::time_point now, std::optional<Clock::time_point> up_since) {
  if (up_since && now - *up_since >= settings_.sound_after) backoff_.reset();
  if (when_ == Restart::never) return std::nullopt;
  return backoff_.next_delay(now);
}

}  // namespace hiveframe::daemon
