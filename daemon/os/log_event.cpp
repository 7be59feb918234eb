#include "daemon/os/log_event.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "config/utf8.hpp"

namespace hiveframe::daemon {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

// How long the component at the beginning of a line about a pipeline is; 0: there is none.
std::size_t component_size(std::string_view text) {
  for (const std::string_view word :
       {"source", "sinks[", "sink", "dead_letter", "state store", "transforms[", "reload"}) {
    if (!text.starts_with(word)) continue;
    std::size_t end = word.size();
    if (word.ends_with('[')) {
      while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0)
        ++end;
      if (end == word.size() || end == text.size() || text[end] != ']') return 0;
      ++end;
    }
    return end < text.size() && (text[end] == ' ' || text[end] == ':') ? end : 0;
  }
  return 0;
}

// RFC 3339, to the millisecond.
std::string timestamp(std::chrono::system_clock::time_point time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(millis).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", std::string_view(text.data(), size), millis.count() % 1000);
}

// Whatever a file or a server put into it.
std::string on_one_line(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const config::CodePoint point = config::code_point_at(text, i);
    if (point.valid && !config::is_unprintable(point.value)) {
      out += text.substr(i, point.size);
    } else if (!point.valid || point.value < 0x100) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
    } else {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
    }
    i += point.size;
  }
  return out;
}

std::string said(const LogEvent& event) {
  return (event.pipeline.empty() ? "" : fmt::format("[{}] ", event.pipeline)) + on_one_line(event.message);
}

// `sink: it is full` says once who it is; in `sink /srv/out did not answer` that is part of what is said.
std::string_view without_component(const LogEvent& event) {
  const std::size_t size = event.component.size();
  const bool is_prefix =
      event.message.starts_with(event.component) && event.message.substr(size).starts_with(": ");
  return event.message.substr(is_prefix ? size + 2 : 0);
}

std::string as_text(const LogEvent& event, bool colour) {
  std::string_view word = "info ";
  std::string_view paint = "\x1b[32m";
  if (event.level == LogLevel::warning) {
    word = "warn ";
    paint = "\x1b[33m";
  } else if (event.level == LogLevel::error) {
    word = "error";
    paint = "\x1b[1;31m";
  } else if (event.level == LogLevel::debug) {
    word = "debug";
    paint = "\x1b[2m";
  }
  return fmt::format("{} {}{}{} {}\n", timestamp(event.time), colour ? paint : "", word,
                     colour ? "\x1b[0m" : "", said(event));
}

std::string as_json(const LogEvent& event) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto member = [&json](std::string_view name, std::string_view value) {
    json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  json.StartObject();
  member("time", timestamp(event.time));
  member("level", to_string(event.level));
  if (!event.pipeline.empty()) member("pipeline", event.pipeline);
  member("component", event.component);
  member("message", on_one_line(without_component(event)));
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

// The priorities of syslog(3).
int journal_priority(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return 7;
    case LogLevel::info:
      return 6;
    case LogLevel::warning:
      return 4;
    case LogLevel::error:
      return 3;
  }
  return 6;
}

std::string for_journal(const LogEvent& event) {
  return fmt::format("<{}>{}\n", journal_priority(event.level), said(event));
}

}  // namespace

std::span<const std::string_view> log_components() noexcept {
  static constexpr std::array<std::string_view, 9> all{
      "source", "transform", "sink", "dead_letter", "state store", "pipeline", "reload", "daemon", "admin"};
  return all;
}

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

LogEvent log_event(std::string_view line) {
  LogEvent event;
  event.component = "daemon";
  event.message = line;
  const std::size_t bracket = line.find("] ");
  if (line.starts_with('[') && bracket != std::string_view::npos && is_name(line.substr(1, bracket - 1))) {
    event.pipeline = line.substr(1, bracket - 1);
    event.message = line.substr(bracket + 2);
    event.component = "pipeline";
    if (const std::size_t size = component_size(event.message); size != 0) {
      event.component = event.message.substr(0, size);
    }
  } else if (line.starts_with("admin: ")) {
    event.component = line.substr(0, 5);
  }
  return event;
}

std::string format_event(const LogEvent& event, LogFormat format, bool colour) {
  switch (format) {
    case LogFormat::json:
      return as_json(event);
    case LogFormat::journal:
      return for_journal(event);
    case LogFormat::text:
      break;
  }
  return as_text(event, colour);
}

}  // namespace hiveframe::daemon
