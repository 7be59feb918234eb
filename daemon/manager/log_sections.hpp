#pragma once

#include <optional>

#include "config/option_type.hpp"
#include "daemon/os/log_event.hpp"

namespace hiveframe::daemon {

/// `log:` of the daemon file.
struct LogOptions {
  LogLevel level = LogLevel::info;
  std::optional<LogFormat> format;  ///< none: what suits who reads it

  bool operator==(const LogOptions&) const = default;
};

config::OptionType<LogOptions> log_type();

}  // namespace hiveframe::daemon
