#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace hiveframe::daemon {

/// `debug` is what helps to find a fault, such as what a client's library says of itself.
enum class LogLevel { debug, info, warning, error };
std::string_view to_string(LogLevel level) noexcept;

enum class LogFormat {
  text,     ///< for people: time, level, [pipeline], message
  json,     ///< an object a line: time, level, pipeline (if it is about one), component, message
  journal,  ///< for the journal, which has the time: a priority before the text, see sd-daemon(3)
};

/// Something that is logged, on one line.
struct LogEvent {
  std::chrono::system_clock::time_point time;
  LogLevel level = LogLevel::info;
  std::string_view pipeline;  ///< empty: it is about the whole process
  std::string_view
      component;             ///< "source", "sinks[1]", "state store", "pipeline", "reload", "daemon", "admin"
  std::string_view message;  ///< without the pipeline
};

/// The components that a level can be set of; "sink" is every one of them, "transform" too.
std::span<const std::string_view> log_components() noexcept;

/// Takes a line as everything here logs it apart: `[pipeline] component: message`, of which each but the
/// message may be missing, or `[pipeline] component did this`. The views are into `line`, or live for ever.
LogEvent log_event(std::string_view line);

/// The event as one line with its end, whatever the message holds: nothing in it moves a cursor. `colour` is
/// for text only.
std::string format_event(const LogEvent& event, LogFormat format, bool colour);

}  // namespace hiveframe::daemon
