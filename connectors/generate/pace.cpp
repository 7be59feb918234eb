#include "connectors/generate/pace.hpp"

#include <algorithm>
#include <cmath>

namespace hiveframe::connectors::generate {

double Pace::seconds_since_begin(Clock::time_point now) const {
  return std::chrono::duration<double>(now - begin_).count();
}

std::uint64_t Pace::take(Clock::time_point now, std::uint64_t limit) {
  if (!rate_) return limit;
  // The record n is due n / rate seconds after the beginning; the first one at once.
  const double due = std::floor(std::max(0.0, seconds_since_begin(now)) * *rate_) + 1;
  double missing = due - static_cast<double>(made_);
  const double most = std::max(1.0, *rate_);
  if (missing > most) {
    made_ += static_cast<std::uint64_t>(missing - most);
    missing = most;
  }
  if (missing < 1) return 0;
  const std::uint64_t taken = std::min(limit, static_cast<std::uint64_t>(missing));
  made_ += taken;
  return taken;
}

Pace::Clock::time_point Pace::next() const {
  if (!rate_) return begin_;
  const std::chrono::duration<double> after(static_cast<double>(made_) / *rate_);
  // Rounded up: woken too early it would be asked again at once.
  return begin_ + std::chrono::ceil<Clock::duration>(after);
}

}  // namespace hiveframe::connectors::generate
