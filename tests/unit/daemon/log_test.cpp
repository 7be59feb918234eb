#include "daemon/os/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <spdlog/spdlog.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/os/journal.hpp"
#include "daemon/os/repeated_events.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const RepeatedEvents::Clock::time_point noon{1000h};

LogEvent event_of(std::string_view line, LogLevel level = LogLevel::error) {
  LogEvent event = log_event(line);
  event.level = level;
  event.time = std::chrono::system_clock::time_point(1'700'000'000'123ms);
  return event;
}

TEST(LogEvent, SaysPipelineAndComponent) {
  struct Case {
    std::string_view line, pipeline, component;
  };
  for (const Case& each : {
           Case{"reloading", "", "daemon"},
           Case{"admin: on http://127.0.0.1:8610", "", "admin"},
           Case{"administration", "", "daemon"},
           Case{"[orders] started: a to b", "orders", "pipeline"},
           Case{"[orders-eu.2] sink: cannot write", "orders-eu.2", "sink"},
           Case{"[orders] sinks[12] file:///x did not answer", "orders", "sinks[12]"},
           Case{"[orders] dead_letter: cannot write", "orders", "dead_letter"},
           Case{"[orders] source /x did not answer", "orders", "source"},
           Case{"[orders] state store: disk full", "orders", "state store"},
           Case{"[orders] reload: replaced", "orders", "reload"},
           Case{"[orders] reloaded: replaced", "orders", "pipeline"},
           Case{"[orders] sinks[] x", "orders", "pipeline"},
           Case{"[orders] sinks[1", "orders", "pipeline"},
           Case{"[orders] sinking", "orders", "pipeline"},
           Case{"[orders] source", "orders", "pipeline"},
           Case{"[or ders] sink: x", "", "daemon"},
           Case{"[] sink: x", "", "daemon"},
           Case{"[orders]", "", "daemon"},
           Case{"", "", "daemon"},
       }) {
    const LogEvent event = log_event(each.line);
    EXPECT_EQ(event.pipeline, each.pipeline) << each.line;
    EXPECT_EQ(event.component, each.component) << each.line;
  }
}

TEST(LogFormat, Text) {
  EXPECT_EQ(format_event(event_of("[a] sink: full"), LogFormat::text, false),
            "2023-11-14T22:13:20.123Z error [a] sink: full\n");
  EXPECT_EQ(format_event(event_of("x", LogLevel::warning), LogFormat::text, false),
            "2023-11-14T22:13:20.123Z warn  x\n");
  EXPECT_EQ(format_event(event_of("x", LogLevel::debug), LogFormat::text, false),
            "2023-11-14T22:13:20.123Z debug x\n");
  EXPECT_THAT(format_event(event_of("x"), LogFormat::text, true), HasSubstr("\x1b[1;31merror\x1b[0m x\n"));
}

TEST(LogFormat, JournalHasPrioritiesAndNoTime) {
  EXPECT_EQ(format_event(event_of("[a] sink: full"), LogFormat::journal, true), "<3>[a] sink: full\n");
  EXPECT_EQ(format_event(event_of("x", LogLevel::warning), LogFormat::journal, false), "<4>x\n");
  EXPECT_EQ(format_event(event_of("x", LogLevel::info), LogFormat::journal, false), "<6>x\n");
  EXPECT_EQ(format_event(event_of("x", LogLevel::debug), LogFormat::journal, false), "<7>x\n");
}

TEST(LogFormat, Json) {
  rapidjson::Document json;
  json.Parse(format_event(event_of("[a] sink: \"full\"\n\xff\x1b[2J"), LogFormat::json, true).c_str());
  ASSERT_TRUE(json.IsObject());
  EXPECT_STREQ(json["time"].GetString(), "2023-11-14T22:13:20.123Z");
  EXPECT_STREQ(json["level"].GetString(), "error");
  EXPECT_STREQ(json["pipeline"].GetString(), "a");
  EXPECT_STREQ(json["component"].GetString(), "sink");
  EXPECT_STREQ(json["message"].GetString(), "\"full\"\\x0a\\xff\\x1b[2J");
  json.Parse(format_event(event_of("[a] sink /x did not answer"), LogFormat::json, false).c_str());
  EXPECT_STREQ(json["message"].GetString(), "sink /x did not answer");
  json.Parse(format_event(event_of("reloading"), LogFormat::json, false).c_str());
  EXPECT_FALSE(json.HasMember("pipeline"));
  EXPECT_STREQ(json["component"].GetString(), "daemon");
}

TEST(LogFormat, OneLineWhateverIsInIt) {
  for (const LogFormat format : {LogFormat::text, LogFormat::json, LogFormat::journal}) {
    const std::string line = format_event(event_of("a\nb\r\x1b[2J\u2028\xc3("), format, false);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_THAT(line, Not(HasSubstr("\r")));
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    EXPECT_THAT(line, Not(HasSubstr("\u2028")));
  }
}

TEST(RepeatedEvents, TheFirstIsShownAndTheOthersAreCounted) {
  RepeatedEvents repeated(1min);
  EXPECT_TRUE(repeated.show(event_of("[a] failed: x; again in 1s"), noon));
  EXPECT_FALSE(repeated.show(event_of("[a] failed: x; again in 1s500ms"), noon + 1s));
  EXPECT_FALSE(repeated.show(event_of("[a] failed: x; again in 34s"), noon + 59s));
  EXPECT_THAT(repeated.due(noon + 59s), IsEmpty());
  const auto due = repeated.due(noon + 60s);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].message, "failed: x; again in 34s (2 more like it within 1m, the last 1s ago)");
  EXPECT_EQ(due[0].event({}).pipeline, "a");
  EXPECT_EQ(due[0].event({}).level, LogLevel::error);
  EXPECT_THAT(repeated.due(noon + 61s), IsEmpty());
}

TEST(RepeatedEvents, WhatGoesOnIsCountedOnAndWhatEndedIsForgotten) {
  RepeatedEvents repeated(1min);
  EXPECT_TRUE(repeated.show(event_of("[a] x"), noon));
  EXPECT_FALSE(repeated.show(event_of("[a] x"), noon + 1s));
  EXPECT_EQ(repeated.due(noon + 60s).size(), 1U);
  EXPECT_FALSE(repeated.show(event_of("[a] x"), noon + 61s));
  const auto more = repeated.due(noon + 120s);
  ASSERT_EQ(more.size(), 1U);
  EXPECT_THAT(more[0].message, HasSubstr("(one more like it within 1m, the last 59s ago)"));
  EXPECT_THAT(repeated.due(noon + 180s), IsEmpty());
  EXPECT_TRUE(repeated.show(event_of("[a] x"), noon + 181s));
}

TEST(RepeatedEvents, OthersAreOthers) {
  RepeatedEvents repeated(1min);
  EXPECT_TRUE(repeated.show(event_of("[a] x"), noon));
  EXPECT_TRUE(repeated.show(event_of("[b] x"), noon));
  EXPECT_TRUE(repeated.show(event_of("[a] y"), noon));
  EXPECT_TRUE(repeated.show(event_of("[a] x", LogLevel::warning), noon));
}

TEST(RepeatedEvents, InformationAndAnswersAreNeverFolded) {
  RepeatedEvents repeated(1min);
  for (const char* answer : {"not reloaded: x", "admin: x", "[a] reload: failed: x"}) {
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(repeated.show(event_of(answer), noon)) << answer;
  }
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(repeated.show(event_of("[a] started", LogLevel::info), noon));
  RepeatedEvents nothing(0ms);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(nothing.show(event_of("[a] x"), noon));
}

TEST(RepeatedEvents, AtTheEndWhatWasCountedIsShown) {
  RepeatedEvents repeated(1min);
  repeated.show(event_of("[a] x"), noon);
  repeated.show(event_of("[a] x"), noon + 1s);
  EXPECT_EQ(repeated.due(noon + 2s, true).size(), 1U);
  EXPECT_THAT(repeated.due(noon + 2s, true), IsEmpty());
}

TEST(RepeatedEvents, RemembersNoMoreThanSoMany) {
  RepeatedEvents repeated(1min);
  for (int i = 0; i < 100'000; ++i) {
    std::string name;
    for (int rest = i; rest > 0; rest /= 26)
      name += static_cast<char>('a' + rest % 26);
    ASSERT_TRUE(repeated.show(event_of("[" + std::string("p") + name + "] x"), noon));
  }
  EXPECT_TRUE(repeated.show(event_of("[zzzzzzzz] x"), noon));
  EXPECT_TRUE(repeated.show(event_of("[zzzzzzzz] x"), noon)) << "there is no room to remember it";
}

TEST(LogLevels, OfOneComponent) {
  std::ostringstream out;
  Console console(out);
  {
    Log log(console, {.level = LogLevel::warning});
    log.set_level("sink", LogLevel::error);
    spdlog::warn("[a] sink: quiet");
    spdlog::warn("[a] sinks[1]: quiet");
    spdlog::error("[a] sink: loud");
    spdlog::warn("[a] source: heard");
    spdlog::info("[a] source: left out");
    log.set_level(LogLevel::info);
    spdlog::info("[a] source: now heard");
    EXPECT_EQ(log.levels().at(""), LogLevel::info);
    EXPECT_EQ(log.levels().at("sink"), LogLevel::error);
    log.forget_level("sink");
    spdlog::info("[a] sink: as all others");
    spdlog::debug("[a] source: quiet too");
    log.set_level("source", LogLevel::debug);
    spdlog::debug("[a] source: every detail");
    spdlog::debug("[a] sink: quiet as well");
    log.forget_level("source");
    spdlog::debug("[a] source: quiet again");
    EXPECT_EQ(log.levels().count("sink"), 0U);
    log.forget_level("sink");
    log.forget_level("");
    EXPECT_EQ(log.levels().at(""), LogLevel::info);
  }
  EXPECT_THAT(out.str(), Not(HasSubstr("quiet")));
  EXPECT_THAT(out.str(), Not(HasSubstr("left out")));
  for (const char* part : {"sink: loud", "source: heard", "now heard", "as all others", "every detail"})
    EXPECT_THAT(out.str(), HasSubstr(part));
}

TEST(Log, FoldsAndShowsTheRestAtTheEnd) {
  std::ostringstream out;
  Console console(out);
  {
    Log log(console, {.format = LogFormat::journal, .fold_within = 1h});
    for (int i = 0; i < 5; ++i)
      spdlog::error("[a] failed: {}", i);
    log.show_repeated();
    EXPECT_EQ(out.str(), "<3>[a] failed: 0\n");
  }
  EXPECT_THAT(out.str(), HasSubstr("<3>[a] failed: 4 (4 more like it within "));
}

TEST(Log, WhatWasFoldedStandsBeforeTheLastLine) {
  std::ostringstream out;
  Console console(out);
  {
    Log log(console, {.format = LogFormat::journal, .fold_within = 1h});
    spdlog::error("[a] failed: 1");
    spdlog::error("[a] failed: 2");
    log.show_all_repeated();
    log.write(LogLevel::info, "", "stopped");
  }
  EXPECT_THAT(out.str(), ::testing::EndsWith("(one more like it within 1s)\n<6>stopped\n"));
}

TEST(Journal, IsTheSocketThatTheVariableNames) {
  struct stat file {};
  ASSERT_EQ(fstat(STDERR_FILENO, &file), 0);
  const std::string here = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
  EXPECT_TRUE(is_journal(STDERR_FILENO, here));
  EXPECT_FALSE(is_journal(STDERR_FILENO, here + "1"));
  EXPECT_FALSE(is_journal(STDERR_FILENO, ""));
  EXPECT_FALSE(is_journal(-1, here));
}

}  // namespace
}  // namespace hiveframe::daemon
