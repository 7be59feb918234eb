#pragma once

#include <chrono>
#include <gtest/gtest.h>

#include "config/option_table.hpp"
#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {

// A table with an option of every type, and a check of two of them; settings of smaller ones.

enum class Mode { append, overwrite };

struct Retry {
  int attempts = 3;
  std::optional<std::chrono::milliseconds> max_elapsed;
};

struct Settings {
  std::string name;
  Secret password;
  bool watch = false;
  std::int64_t port = 5432;
  std::uint8_t level = 1;
  double base = 2.0;
  std::uint64_t limit = 16 << 20;
  std::chrono::milliseconds timeout{30'000};
  std::chrono::milliseconds poll{1000};
  Mode mode = Mode::append;
  std::filesystem::path path;
  std::vector<std::string> columns;
  std::vector<std::string> topics;
  std::vector<std::pair<std::string, std::string>> headers;
  Retry retry;
  std::optional<std::string> schema;
  std::string condition;
  Node tree;
};

struct Filter {
  std::string condition;
};
struct Set {
  std::vector<std::pair<std::string, std::string>> assignments;
  bool strict = false;
};

inline OptionTable<Retry> retry_options() {
  OptionTable<Retry> table("retry", "", "How often to try again");
  table.add("attempts", &Retry::attempts, integer(1, 10)).help("Tries of one request");
  table.add("max_elapsed", &Retry::max_elapsed, duration_or_none()).help("Give up after");
  return table;
}

inline OptionTable<Settings> unchecked_options() {
  using S = Settings;
  OptionTable<S> table("demo source", "demo", "Shows every type");
  table.add("name", &S::name, text());
  table.add("password", &S::password, secret());
  table.add("watch", &S::watch, boolean());
  table.add("port", &S::port, integer(1, 65535));
  table.add("level", &S::level, integer(0));
  table.add("base", &S::base, number(1.0, 10.0));
  table.add("limit", &S::limit, size(1024, 1 << 30));
  table.add("timeout", &S::timeout,
            duration(std::chrono::milliseconds(1), std::chrono::milliseconds(3'600'000)));
  table.add("poll_ms", &S::poll, millis(std::chrono::milliseconds(1), std::chrono::milliseconds(60'000)));
  table.add("mode", &S::mode, choice<Mode>({{"append", Mode::append}, {"overwrite", Mode::overwrite}}));
  table.add("path", &S::path, path());
  table.add("columns", &S::columns, list(text()));
  table.add("topic", &S::topics, one_or_list(text()));
  table.add("headers", &S::headers, map(text(Empty::allowed)));
  table.add("retry", &S::retry, section(retry_options()));
  table.add("schema", &S::schema, text());
  table.add("filter", &S::condition,
            expression<std::string>(
                TypeInfo::text_like("an expression"),
                [](const LocatedText& text, Reader& reader) -> std::optional<std::string> {
                  const std::size_t at = text.view().find("lenght");
                  if (at == std::string_view::npos) return text.str();
                  reader.error(text.span(at, at + 6), "unknown function 'lenght'", "did you mean 'size'?");
                  return std::nullopt;
                }));
  table.add("tree", &S::tree, any("a template tree"));
  return table;
}

inline OptionTable<Settings> options() {
  OptionTable<Settings> table = unchecked_options();
  table.check({"mode", "watch"}, [](Settings& settings, const GivenOptions& given, Reader& reader) {
    if (settings.watch && settings.mode == Mode::overwrite)
      reader.error(given.name_span("mode"), "'mode: overwrite' cannot be combined with 'watch'",
                   "leave one of them out");
  });
  return table;
}

inline std::string problems(const std::string& yaml) {
  Reading reading(yaml);
  reading.environment.variables = {{"PW", "hunter2"}, {"PORT", "70000"}};
  reading.environment.files = {{"/run/pw", "topsecret"}};
  EXPECT_FALSE(reading.read(options()));
  return reading.problems();
}

}  // namespace hiveframe::config
