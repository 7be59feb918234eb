#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/os/console.hpp"
#include "daemon/os/log_event.hpp"

namespace spdlog {
class logger;
}

namespace hiveframe::daemon {

struct LogSettings {
  LogLevel level = LogLevel::info;  ///< less is left out
  LogFormat format = LogFormat::text;
  bool colour = false;
  std::chrono::milliseconds fold_within{
      0};  ///< how long errors like each other are counted, see RepeatedEvents
};

/// The log of the process: a line for each event with its time (UTC), level, and the pipeline it is about.
/// While it lives it is spdlog's default logger, through which everything else here speaks too; there is one
/// at a time, made before and destroyed after the threads that log. Its own functions are thread-safe.
class Log {
 public:
  using Level = LogLevel;

  /// `console` outlives it.
  Log(Console& console, LogSettings settings);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// `pipeline` is empty for what is about the whole process.
  void write(Level level, std::string_view pipeline, std::string_view message);
  /// Shows what was folded and is due.
  void show_repeated();
  /// Shows all that was folded: before a line that must be the last one.
  void show_all_repeated();

  /// Of everything that has no level of its own.
  void set_level(Level level);
  /// Of one component, as in LogEvent, in all pipelines: "sink" is all of them.
  void set_level(std::string_view component, Level level);
  /// It has none of its own any more.
  void forget_level(std::string_view component);
  /// By component; "" is everything else.
  [[nodiscard]] std::map<std::string, Level, std::less<>> levels() const;

 private:
  class Sink;
  void leave_out();

  std::shared_ptr<Sink> sink_;
  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<spdlog::logger> previous_;
};

}  // namespace hiveframe::daemon
