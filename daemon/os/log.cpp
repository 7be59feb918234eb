#include "daemon/os/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <string>

#include "config/utf8.hpp"

namespace hiveframe::daemon {
namespace {

spdlog::level::level_enum to_spdlog(Log::Level level) {
  switch (level) {
    case Log::Level::info:
      return spdlog::level::info;
    case Log::Level::warning:
      return spdlog::level::warn;
    case Log::Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void append(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

// The level as a word of fixed width, in colour on a terminal.
class LevelWord final : public spdlog::custom_flag_formatter {
 public:
  explicit LevelWord(bool colour) : colour_(colour) {}

  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    std::string_view word = "info ";
    std::string_view paint = "\x1b[32m";
    if (message.level == spdlog::level::warn) {
      word = "warn ";
      paint = "\x1b[33m";
    } else if (message.level >= spdlog::level::err) {
      word = "error";
      paint = "\x1b[1;31m";
    }
    if (colour_) append(out, paint);
    append(out, word);
    if (colour_) append(out, "\x1b[0m");
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<LevelWord>(colour_);
  }

 private:
  bool colour_;
};

// The message on one line, whatever a file or a server put into it: nothing in it moves the cursor.
class MessageOnOneLine final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    for (std::size_t i = 0; i < text.size();) {
      const config::CodePoint point = config::code_point_at(text, i);
      if (point.valid && !config::is_unprintable(point.value)) {
        append(out, text.substr(i, point.size));
      } else if (!point.valid || point.value < 0x100) {
        append(out, fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i])));
      } else {
        append(out, fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value)));
      }
      i += point.size;
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<MessageOnOneLine>();
  }
};

class ConsoleSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ConsoleSink(Console& console) : console_(console) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    console_.print({line.data(), line.size()});
  }
  void flush_() override {}

  Console& console_;
};

}  // namespace

Log::Log(Console& console, Level least, bool colour) : previous_(spdlog::default_logger()) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
  formatter->add_flag<LevelWord>('*', colour).add_flag<MessageOnOneLine>('&');
  formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %* %&");
  auto sink = std::make_shared<ConsoleSink>(console);
  sink->set_formatter(std::move(formatter));
  logger_ = std::make_shared<spdlog::logger>("hiveframed", std::move(sink));
  logger_->set_level(to_spdlog(least));
  spdlog::set_default_logger(logger_);
}

Log::~Log() { spdlog::set_default_logger(previous_); }

void Log::write(Level level, std::string_view pipeline, std::string_view message) {
  if (pipeline.empty()) {
    logger_->log(to_spdlog(level), message);
  } else {
    logger_->log(to_spdlog(level), "[{}] {}", pipeline, message);
  }
}

}  // namespace hiveframe::daemon
