#include "pipeline/runtime/flow/pacer.hpp"

#include <algorithm>

namespace hiveframe::runtime {
namespace {

// Nobody waits longer, and sums of it do not overflow a clock.
constexpr double longest_seconds = 365.0 * 24 * 3600;

}  // namespace

Pacer::Clock::time_point Pacer::reserve(std::uint64_t records, Clock::time_point now) {
  const double seconds = std::min(static_cast<double>(records) / records_per_second_, longest_seconds);
  const Clock::time_point at = std::max(next_, now - moment);
  const Clock::time_point latest = now + std::chrono::seconds(static_cast<std::int64_t>(longest_seconds));
  next_ = std::min(at + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)),
                   latest);
  return at;
}

std::uint64_t Pacer::records_at_once() const noexcept {
  const double records = records_per_second_ * std::chrono::duration<double>(moment).count();
  constexpr double most = 1e9;
  return static_cast<std::uint64_t>(std::clamp(records, 1.0, most));
}

}  // namespace hiveframe::runtime
