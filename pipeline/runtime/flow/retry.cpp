#include "pipeline/runtime/flow/retry.hpp"

#include <algorithm>
#include <utility>

namespace hiveframe::runtime {

namespace {

// Keeps every sum and product of durations far from the limits of a 64-bit count of nanoseconds.
constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);

std::chrono::milliseconds bounded(std::chrono::milliseconds value) {
  return std::clamp(value, std::chrono::milliseconds::zero(), longest);
}

RetrySettings bounded(RetrySettings settings) {
  settings.base_delay = bounded(settings.base_delay);
  settings.max_delay = bounded(settings.max_delay);
  if (settings.max_elapsed) settings.max_elapsed = bounded(*settings.max_elapsed);
  if (!(settings.exponential_base >= 1.0)) settings.exponential_base = 1.0;  // also NaN
  return settings;
}

}  // namespace

Backoff::Backoff(RetrySettings settings, RandomFraction random)
    : settings_(bounded(settings)), random_(std::move(random)) {
  reset();
}

void Backoff::reset() {
  failures_ = 0;
  delay_ms_ = static_cast<double>(std::min(settings_.base_delay, settings_.max_delay).count());
}

std::optional<Backoff::Clock::duration> Backoff::next_delay(Clock::time_point now) {
  if (failures_ == 0) first_failure_ = now;
  ++failures_;

  double delay_ms = delay_ms_;
  const double max_ms = static_cast<double>(settings_.max_delay.count());
  // One step a failure instead of a power of their number: no exponent to overflow.
  if (delay_ms_ > 0) delay_ms_ = std::min(delay_ms_ * settings_.exponential_base, max_ms);
  if (settings_.jitter) delay_ms *= 0.5 + 0.5 * std::clamp(random_(), 0.0, 1.0);

  auto delay =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(delay_ms));
  if (settings_.max_elapsed) {
    const Clock::duration left = *settings_.max_elapsed - (now - first_failure_);
    if (left <= Clock::duration::zero()) return std::nullopt;
    delay = std::min(delay, left);
  }
  return delay;
}

}  // namespace hiveframe::runtime
