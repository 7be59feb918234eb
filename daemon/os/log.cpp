#include "daemon/os/log.hpp"

#include <algorithm>
#include <mutex>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "daemon/os/repeated_events.hpp"

namespace hiveframe::daemon {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

LogLevel from_spdlog(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return LogLevel::error;
  if (level == spdlog::level::warn) return LogLevel::warning;
  return level == spdlog::level::info ? LogLevel::info : LogLevel::debug;
}

// "sinks[1]" is a sink.
std::string_view kind_of(std::string_view component) {
  if (component.starts_with("sinks[")) return "sink";
  if (component.starts_with("transforms[")) return "transform";
  return component;
}

}  // namespace

class Log::Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  Sink(Console& console, LogSettings settings)
      : console_(console), settings_(settings), repeated_(settings.fold_within) {
    levels_[""] = settings.level;
  }

  void show_repeated(bool all) {
    const std::lock_guard lock(mutex_);
    print_repeated(all);
  }
  void set_level_of(std::string_view component, LogLevel level) {
    const std::lock_guard lock(mutex_);
    levels_.insert_or_assign(std::string(component), level);
  }
  void forget_level_of(std::string_view component) {
    const std::lock_guard lock(mutex_);
    if (const auto found = levels_.find(component); found != levels_.end() && !component.empty())
      levels_.erase(found);
  }
  std::map<std::string, LogLevel, std::less<>> levels_by_component() {
    const std::lock_guard lock(mutex_);
    return levels_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    LogEvent event = log_event({message.payload.data(), message.payload.size()});
    event.level = from_spdlog(message.level);
    event.time = std::chrono::time_point_cast<std::chrono::system_clock::duration>(message.time);
    const auto own = levels_.find(kind_of(event.component));
    if (event.level < (own == levels_.end() ? levels_.at("") : own->second)) return;
    print_repeated(false);
    if (repeated_.show(event, RepeatedEvents::Clock::now())) print(event);
  }
  void flush_() override {}

  void print_repeated(bool all) {
    for (const RepeatedEvents::Folded& each : repeated_.due(RepeatedEvents::Clock::now(), all))
      print(each.event(std::chrono::system_clock::now()));
  }
  void print(const LogEvent& event) {
    console_.print(format_event(event, settings_.format, settings_.colour));
  }

  Console& console_;
  const LogSettings settings_;
  RepeatedEvents repeated_;
  std::map<std::string, LogLevel, std::less<>> levels_;
};

Log::Log(Console& console, LogSettings settings)
    : sink_(std::make_shared<Sink>(console, settings)),
      logger_(std::make_shared<spdlog::logger>("hiveframed", sink_)),
      previous_(spdlog::default_logger()) {
  spdlog::set_default_logger(logger_);
  leave_out();
}

/// What nobody wants is not even formatted.
void Log::leave_out() {
  LogLevel least = LogLevel::error;
  for (const auto& [component, level] : levels())
    least = std::min(least, level);
  logger_->set_level(to_spdlog(least));
}

Log::~Log() {
  sink_->show_repeated(true);
  spdlog::set_default_logger(previous_);
}

void Log::write(Level level, std::string_view pipeline, std::string_view message) {
  if (pipeline.empty()) {
    logger_->log(to_spdlog(level), message);
  } else {
    logger_->log(to_spdlog(level), "[{}] {}", pipeline, message);
  }
}

void Log::show_repeated() { sink_->show_repeated(false); }

void Log::show_all_repeated() { sink_->show_repeated(true); }

void Log::set_level(Level level) { set_level("", level); }

void Log::set_level(std::string_view component, Level level) {
  sink_->set_level_of(component, level);
  leave_out();
}

void Log::forget_level(std::string_view component) {
  sink_->forget_level_of(component);
  leave_out();
}

std::map<std::string, Log::Level, std::less<>> Log::levels() const { return sink_->levels_by_component(); }

}  // namespace hiveframe::daemon
