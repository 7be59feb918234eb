#include "daemon/cli/progress.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config/utf8.hpp"
#include "daemon/cli/numbers.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using runtime::State;

constexpr auto rate_window = 3s;

struct Totals {
  std::uint64_t read = 0;
  std::uint64_t bytes = 0;
  std::uint64_t expected = 0;
  bool all_expected = true;  // of every pipeline it is known how much there will be
  std::uint64_t rejected = 0;
  std::size_t ended = 0;
  const runtime::Status* degraded = nullptr;
};

Totals add_up(std::span<const runtime::Status> pipelines) {
  Totals totals;
  for (const runtime::Status& each : pipelines) {
    totals.read += each.read;
    totals.bytes += each.read_bytes;
    totals.rejected += each.rejected;
    totals.ended += runtime::is_final(each.state) ? 1 : 0;
    if (each.expected_bytes) {
      totals.expected += *each.expected_bytes;
    } else {
      totals.all_expected = false;
    }
    if (each.state == State::degraded && !totals.degraded) totals.degraded = &each;
  }
  return totals;
}

// Cut to so many columns, whatever its characters are; what would move the cursor becomes a space.
std::string fitted(const std::string& text, std::size_t width) {
  std::string line;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    const config::CodePoint point = config::code_point_at(text, i);
    const bool printable = !config::is_unprintable(point.value);
    const std::size_t columns = printable ? static_cast<std::size_t>(config::display_width(point.value)) : 1;
    if (used + columns > width) break;
    line += printable ? text.substr(i, point.size) : " ";
    used += columns;
    i += point.size;
  }
  return line;
}

}  // namespace

std::string Progress::line(std::span<const runtime::Status> pipelines, Clock::time_point now,
                           std::size_t width) {
  const Totals totals = add_up(pipelines);
  if (samples_.empty() && !pipelines.empty()) samples_.push_back({pipelines[0].started, 0});
  samples_.push_back({now, totals.bytes});
  while (samples_.size() > 2 && now - samples_[1].when >= rate_window)
    samples_.pop_front();
  const Sample& first = samples_.front();
  const std::uint64_t recent = totals.bytes - std::min(first.bytes, totals.bytes);
  const std::chrono::duration<double> span = now - first.when;

  std::string text;
  if (pipelines.size() == 1) {
    text = pipelines[0].name;
  } else {
    text = fmt::format("{} of {} pipelines ended", totals.ended, pipelines.size());
  }
  const bool shows_share = totals.all_expected && totals.expected > 0;
  const std::uint64_t done = std::min(totals.bytes, totals.expected);
  if (shows_share)
    text += fmt::format(
        "  {} %", static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(totals.expected)));
  // A source that makes its records reads no bytes.
  const bool has_bytes = totals.bytes > 0 || totals.read == 0;
  text += fmt::format("  {} records  {} MB/s", with_commas(totals.read),
                      has_bytes ? megabytes_per_second(recent, span) : "-");
  if (totals.rejected > 0) text += fmt::format("  {} rejected", with_commas(totals.rejected));
  if (totals.degraded) {
    if (pipelines.size() > 1) text += "  " + totals.degraded->name;
    text += "  degraded: " + totals.degraded->reason;
  } else if (shows_share && recent > 0 && done < totals.expected) {
    text += fmt::format("  {} left", short_time(span * (static_cast<double>(totals.expected - done) /
                                                        static_cast<double>(recent))));
  }
  return fitted(text, width);
}

}  // namespace hiveframe::daemon
