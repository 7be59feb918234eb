#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/os/log_event.hpp"

namespace hiveframe::daemon {

/// Folds warnings and errors that come again and again into one line with their number: the first is shown,
/// and those like it are counted for a while and then shown as one. Numbers in a message do not make it
/// another one. Answers to a request (of the daemon, its admin API, a reload) are always shown. Pure, with a
/// clock from outside. One thread.
class RepeatedEvents {
 public:
  using Clock = std::chrono::steady_clock;
  struct Folded {
    LogLevel level;
    std::string pipeline;
    std::string component;
    std::string message;  ///< of the last one, with how many there were and how long ago it was
    /// The event that it stands for; its views are into this object, or live for ever.
    [[nodiscard]] LogEvent event(std::chrono::system_clock::time_point time) const {
      return {time, level, pipeline, component, message};
    }
  };

  /// `window`: how long they are counted; 0: nothing is folded.
  explicit RepeatedEvents(std::chrono::milliseconds window) : window_(window) {}

  /// Whether an event is to be shown. Otherwise due() tells of it later.
  bool show(const LogEvent& event, Clock::time_point now);
  /// What was counted and is to be shown now; the rest at the end (`all`).
  std::vector<Folded> due(Clock::time_point now, bool all = false);

 private:
  struct Counted {
    Folded last;
    std::uint64_t times = 0;  // beside the one that was shown
    Clock::time_point since;
    Clock::time_point last_at;
  };

  std::chrono::milliseconds window_;
  std::map<std::string, Counted, std::less<>> counted_;
};

}  // namespace hiveframe::daemon
