#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "daemon/cli/numbers.hpp"
#include "daemon/cli/progress.hpp"
#include "daemon/cli/summary.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using runtime::State;
using runtime::Status;

TEST(Numbers, Commas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(with_commas(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(Numbers, Rates) {
  EXPECT_EQ(megabytes_per_second(1, 0s), "-");
  EXPECT_EQ(megabytes_per_second(0, 1s), "0.00");
  EXPECT_EQ(megabytes_per_second(1'234'000, 1s), "1.23");
  EXPECT_EQ(megabytes_per_second(9'996'000, 1s), "10.0");
  EXPECT_EQ(megabytes_per_second(99'960'000, 1s), "100");
  EXPECT_EQ(megabytes_per_second(1'500'000'000, 2s), "750");
}

TEST(Numbers, Times) {
  EXPECT_EQ(short_time(-1s), "0.00 s");
  EXPECT_EQ(short_time(120ms), "0.12 s");
  EXPECT_EQ(short_time(999ms), "1.0 s");
  EXPECT_EQ(short_time(9960ms), "10 s");
  EXPECT_EQ(short_time(59600ms), "1 min 0 s");
  EXPECT_EQ(short_time(125s), "2 min 5 s");
  EXPECT_EQ(short_time(3599600ms), "1 h 0 min");
  EXPECT_EQ(short_time(11040s), "3 h 4 min");
  EXPECT_EQ(short_time(51h), "2 d 3 h");
}

Status status(std::string name, State state) {
  Status status;
  status.name = std::move(name);
  status.state = state;
  status.started = std::chrono::steady_clock::time_point(100s);
  return status;
}

TEST(Progress, ShowsShareRateAndTimeLeft) {
  Progress progress;
  std::array<Status, 1> pipelines{status("orders", State::running)};
  pipelines[0].expected_bytes = 1'000'000'000;
  const auto at = [](std::chrono::seconds s) { return std::chrono::steady_clock::time_point(s); };
  EXPECT_EQ(progress.line(pipelines, at(100s), 100), "orders  0 %  0 records  - MB/s");
  pipelines[0].read = 1'234'567;
  pipelines[0].read_bytes = 200'000'000;
  pipelines[0].rejected = 3;
  EXPECT_EQ(progress.line(pipelines, at(102s), 100),
            "orders  20 %  1,234,567 records  100 MB/s  3 rejected  8.0 s left");
  // The rate is that of the last seconds.
  pipelines[0].read_bytes = 210'000'000;
  progress.line(pipelines, at(103s), 100);
  pipelines[0].read_bytes = 210'000'000;
  EXPECT_EQ(progress.line(pipelines, at(107s), 100),
            "orders  21 %  1,234,567 records  0.00 MB/s  3 rejected");
}

TEST(Progress, MoreThanExpectedIsAllOfIt) {
  Progress progress;
  std::array<Status, 1> pipelines{status("orders", State::running)};
  pipelines[0].expected_bytes = 10;
  pipelines[0].read_bytes = 20;
  EXPECT_EQ(progress.line(pipelines, std::chrono::steady_clock::time_point(101s), 100),
            "orders  100 %  0 records  0.00 MB/s");
}

TEST(Progress, ShowsNoRateWhereNoBytesAreKnown) {
  Progress progress;
  std::array<Status, 1> pipelines{status("made", State::running)};
  pipelines[0].read = 600'000;
  EXPECT_EQ(progress.line(pipelines, std::chrono::steady_clock::time_point(102s), 100),
            "made  600,000 records  - MB/s");
}

TEST(Progress, SaysWhyItWaits) {
  Progress progress;
  std::array<Status, 2> pipelines{status("a", State::finished), status("b", State::degraded)};
  pipelines[1].reason = "sink: cannot write to\nx";
  const auto now = std::chrono::steady_clock::time_point(101s);
  EXPECT_EQ(progress.line(pipelines, now, 200),
            "1 of 2 pipelines ended  0 records  0.00 MB/s  b  degraded: sink: cannot write to x");
  EXPECT_EQ(progress.line(pipelines, now, 30), "1 of 2 pipelines ended  0 reco");
  EXPECT_EQ(progress.line(pipelines, now, 0), "");
}

TEST(Summary, IsAligned) {
  Status orders = status("orders", State::finished);
  orders.ended = orders.started + 2s;
  orders.read = 500000;
  orders.read_bytes = 100'000'000;
  orders.filtered = 400000;
  orders.sinks.push_back({"sink", "paid.ndjson", 100000, 0, 0, 0, 0});
  Status fan = status("größe", State::failed);
  fan.ended = fan.started + 500ms;
  fan.read = 10;
  fan.rejected = 2;
  fan.rejected_by = {{"decode", "syntax", 1}, {"sinks[1]", "rejected", 1}};
  fan.abandoned = 2;
  fan.lost = 1;
  fan.loses_because = "stdin gives its records only once";
  fan.retries = 1;
  fan.sinks.push_back({"sinks[0]", "a", 3, 0, 0, 0, 0});
  fan.sinks.push_back({"sinks[1]", "b", 2, 0, 1, 0, 0});
  const std::array<Status, 2> pipelines{orders, fan};
  EXPECT_EQ(summary_text(pipelines),
            "pipeline      state        read  filtered  written  rejected    time  MB/s\n"
            "orders        finished  500,000   400,000  100,000         0   2.0 s  50.0\n"
            "größe         failed         10         0        5         2  0.50 s     -\n"
            "  sinks[0] a                                     3         0\n"
            "  sinks[1] b                                     2         1\n"
            "größe: 1 rejected: syntax error in decode\n"
            "größe: 1 rejected: refused by sinks[1]\n"
            "größe: 1 retry\n"
            "größe: 2 records were not delivered: the next run reads them again\n"
            "größe: 1 record was lost: stdin gives its records only once\n");
}

TEST(Summary, WhatNobodyWantsToReadAnyMoreIsNoLoss) {
  Status head = status("head", State::stopped);
  head.ended = head.started + 1s;
  head.abandoned = 2;
  head.lost = 3;
  head.output_closed = true;
  EXPECT_THAT(summary_text({&head, 1}), testing::Not(testing::HasSubstr("records")));
}

TEST(Summary, ADryRunPromisesNothingOfTheNextRun) {
  Status tried = status("tried", State::failed);
  tried.ended = tried.started + 1s;
  tried.read = 2;
  tried.abandoned = 1;
  tried.rejected = 1;
  tried.rejected_by = {{"decode", "syntax", 1}};
  EXPECT_THAT(summary_text({&tried, 1}), testing::HasSubstr("the next run reads it again"));
  EXPECT_THAT(summary_text({&tried, 1}, true), testing::Not(testing::HasSubstr("next run")));
  EXPECT_THAT(summary_text({&tried, 1}, true),
              testing::HasSubstr("tried: 1 rejected: syntax error in decode"));
}

TEST(Summary, JsonHasEverything) {
  Status orders = status("orders", State::failed);
  orders.ended = orders.started + 2s;
  orders.reason = "a \"quote\"";
  orders.read = 5;
  orders.rejected = 1;
  orders.rejected_by = {{"decode", "syntax", 1}};
  orders.lost = 1;
  orders.loses_because = "stdin gives its records only once";
  orders.sinks.push_back({"sink", "x", 3, 30, 0, 2, 1});
  orders.lanes.push_back({"/in/a", "byte 7", true});
  rapidjson::Document json;
  json.Parse(summary_json({&orders, 1}, 1));
  ASSERT_FALSE(json.HasParseError());
  const auto& pipeline = json["pipelines"][0];
  EXPECT_STREQ(pipeline["reason"].GetString(), "a \"quote\"");
  EXPECT_DOUBLE_EQ(pipeline["seconds"].GetDouble(), 2.0);
  for (const char* key :
       {"read", "filtered", "written", "rejected", "retries", "abandoned", "lost", "repeated"})
    EXPECT_TRUE(pipeline[key].IsUint64()) << key;
  EXPECT_STREQ(pipeline["lost_because"].GetString(), "stdin gives its records only once");
  EXPECT_STREQ(pipeline["rejected_by"][0]["stage"].GetString(), "decode");
  EXPECT_STREQ(pipeline["rejected_by"][0]["error"].GetString(), "syntax");
  EXPECT_EQ(pipeline["rejected_by"][0]["records"].GetUint(), 1U);
  EXPECT_EQ(pipeline["sinks"][0]["retries"].GetUint(), 2U);
  EXPECT_STREQ(pipeline["positions"][0]["position"].GetString(), "byte 7");
  EXPECT_EQ(json["exit_status"].GetInt(), 1);
}

}  // namespace
}  // namespace hiveframe::daemon
