#pragma once

#include <memory>
#include <string_view>

#include "daemon/os/console.hpp"

namespace spdlog {
class logger;
}

namespace hiveframe::daemon {

/// The log of the process: a line for each event with its time (UTC), level, and the pipeline it is about.
/// While it lives it is spdlog's default logger, through which the runtime speaks too; there is one at a
/// time, made before and destroyed after the threads that log. Its own functions are thread-safe.
class Log {
 public:
  enum class Level { info, warning, error };

  /// `console` outlives it. Lines below `least` are left out.
  Log(Console& console, Level least, bool colour);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// `pipeline` is empty for what is about the whole process.
  void write(Level level, std::string_view pipeline, std::string_view message);

 private:
  std::shared_ptr<spdlog::logger> logger_;
  std::shared_ptr<spdlog::logger> previous_;
};

}  // namespace hiveframe::daemon
