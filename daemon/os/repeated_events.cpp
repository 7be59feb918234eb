#include "daemon/os/repeated_events.hpp"

#include <cctype>
#include <fmt/format.h>
#include <utility>

#include "config/units.hpp"

namespace hiveframe::daemon {
namespace {

// Different messages that are remembered at the same time: beyond these all are shown.
constexpr std::size_t most_remembered = 1000;

// Somebody asked for something, and each time is told what came of it.
bool is_an_answer(const LogEvent& event) {
  return event.component == "daemon" || event.component == "admin" || event.component == "reload";
}

std::string key_of(const LogEvent& event) {
  std::string key = fmt::format("{} [{}] ", static_cast<int>(event.level), event.pipeline);
  bool in_number = false;
  for (const char c : event.message) {
    const auto byte = static_cast<unsigned char>(c);
    // With its unit: "1s500ms".
    const bool goes_on = in_number && std::isalnum(byte) != 0;
    const bool begins = !goes_on && std::isdigit(byte) != 0;
    if (begins) key += '#';
    if (!goes_on && !begins) key += c;
    in_number = goes_on || begins;
  }
  return key;
}

}  // namespace

bool RepeatedEvents::show(const LogEvent& event, Clock::time_point now) {
  if (event.level <= LogLevel::info || is_an_answer(event) || window_ == std::chrono::milliseconds(0))
    return true;
  std::string key = key_of(event);
  const auto found = counted_.find(key);
  if (found == counted_.end()) {
    if (counted_.size() < most_remembered) counted_.emplace(std::move(key), Counted{{}, 0, now, now});
    return true;
  }
  Counted& counted = found->second;
  ++counted.times;
  counted.last_at = now;
  counted.last = {event.level, std::string(event.pipeline), std::string(event.component),
                  std::string(event.message)};
  return false;
}

std::vector<RepeatedEvents::Folded> RepeatedEvents::due(Clock::time_point now, bool all) {
  std::vector<Folded> folded;
  for (auto at = counted_.begin(); at != counted_.end();) {
    Counted& counted = at->second;
    if (!all && now - counted.since < window_) {
      ++at;
      continue;
    }
    const bool quiet = counted.times == 0;
    if (!quiet) {
      folded.push_back(std::move(counted.last));
      const auto ago = std::chrono::floor<std::chrono::seconds>(now - counted.last_at);
      folded.back().message +=
          fmt::format(" ({} like it within {}{})",
                      counted.times == 1 ? "one more" : fmt::format("{} more", counted.times),
                      config::format_duration(std::chrono::ceil<std::chrono::seconds>(now - counted.since)),
                      ago.count() == 0 ? "" : fmt::format(", the last {} ago", config::format_duration(ago)));
    }
    // What goes on is counted on; what does not is forgotten, and the next one is shown.
    if (quiet || all) {
      at = counted_.erase(at);
    } else {
      counted = Counted{{}, 0, now, now};
      ++at;
    }
  }
  return folded;
}

}  // namespace hiveframe::daemon
