#include "daemon/cli/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace hiveframe::daemon {

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3;) {
    i -= 3;
    text.insert(i, ",");
  }
  return text;
}

std::string megabytes_per_second(std::uint64_t bytes, std::chrono::duration<double> time) {
  if (time.count() <= 0) return "-";
  const double rate = static_cast<double>(bytes) / time.count() / 1e6;
  if (rate < 9.995) return fmt::format("{:.2f}", rate);
  if (rate < 99.95) return fmt::format("{:.1f}", rate);
  return fmt::format("{:.0f}", rate);
}

std::string short_time(std::chrono::duration<double> time) {
  const double seconds = std::max(time.count(), 0.0);
  if (seconds < 0.995) return fmt::format("{:.2f} s", seconds);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  // Rounded once, so that no part shows 60.
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  return fmt::format("{} d {} h", whole / 86400, whole / 3600 % 24);
}

}  // namespace hiveframe::daemon
