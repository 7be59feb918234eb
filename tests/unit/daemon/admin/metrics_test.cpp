#include "daemon/admin/metrics.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array bounds{1.0, 10.0};

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    seen_.version = "1.2.3";
    seen_.steady_now = std::chrono::steady_clock::time_point(1h);
    seen_.now = std::chrono::system_clock::time_point(1000h);
    seen_.engine.memory_limit = 1024;
    PipelineView& pipeline = seen_.pipelines.emplace_back();
    pipeline.name = "orders";
    pipeline.state = PipelineState::running;
    pipeline.configuration = std::make_shared<const PipelineConfiguration>();
    runtime::Status& run = pipeline.status.emplace();
    run.started = seen_.steady_now - 10min;
    run.state = runtime::State::running;
    run.read = 100;
    run.rejected_by = {{"decode", "syntax", 3}};
    run.stored = seen_.steady_now - 2s;
    run.oldest_in_flight = seen_.now - 1500ms;
    run.transforming = 2500ms;
    runtime::SinkStatus& sink = run.sinks.emplace_back();
    sink.name = "sink";
    sink.written = 90;
    sink.busy = 500ms;
    sink.batches = {bounds, {1, 2, 3}, 60};
  }
  runtime::Status& run() { return *seen_.pipelines.front().status; }
  std::string text() { return metrics_.text(seen_); }

  Metrics metrics_;
  Observation seen_;
};

TEST_F(MetricsTest, TellsWhatConnectorsTellOfThemselves) {
  using Type = pipeline::Measure::Type;
  run().measures = {{"lag_records", "Lag", Type::gauge, {{"topic", "t"}}, 7},
                    {"requests_total", "Sent", Type::counter, {}, 3}};
  run().sinks[0].measures = {{"requests_total", "Sent", Type::counter, {}, 5}};
  const std::string all = text();
  for (const char* line : {"hiveframe_lag_records{pipeline=\"orders\",component=\"source\",topic=\"t\"} 7\n",
                           "hiveframe_requests_total{pipeline=\"orders\",component=\"source\"} 3\n",
                           "hiveframe_requests_total{pipeline=\"orders\",component=\"sink\"} 5\n"})
    EXPECT_THAT(all, HasSubstr(line));
  // Of a run that is over they tell nothing that is still so.
  run().state = runtime::State::stopped;
  EXPECT_THAT(text(), Not(HasSubstr("hiveframe_lag_records")));
}

TEST_F(MetricsTest, TellsWhatIsKnown) {
  const std::string all = text();
  for (const char* line :
       {"hiveframe_build_info{version=\"1.2.3\"} 1\n",
        "hiveframe_records_read_total{pipeline=\"orders\"} 100\n",
        "hiveframe_sink_records_total{pipeline=\"orders\",sink=\"sink\"} 90\n",
        "hiveframe_rejected_records_total{pipeline=\"orders\",stage=\"decode\",error=\"syntax\"} 3\n",
        "hiveframe_pipeline_state{pipeline=\"orders\",state=\"running\"} 1\n",
        "hiveframe_pipeline_state{pipeline=\"orders\",state=\"failed\"} 0\n",
        "hiveframe_state_age_seconds{pipeline=\"orders\"} 2\n",
        "hiveframe_stream_records_total{stream=\"orders\"} 100\n",
        "hiveframe_stream_lag_seconds{stream=\"orders\"} 1.5\n",
        "hiveframe_stage_busy_seconds_total{pipeline=\"orders\",stage=\"transforms\"} 2.5\n",
        "hiveframe_stage_busy_seconds_total{pipeline=\"orders\",stage=\"sink\"} 0.5\n",
        "hiveframe_sink_batch_records_bucket{pipeline=\"orders\",sink=\"sink\",le=\"10\"} 3\n",
        "hiveframe_sink_batch_records_bucket{pipeline=\"orders\",sink=\"sink\",le=\"+Inf\"} 6\n",
        "hiveframe_sink_batch_records_count{pipeline=\"orders\",sink=\"sink\"} 6\n",
        "hiveframe_sink_batch_records_sum{pipeline=\"orders\",sink=\"sink\"} 60\n",
        "hiveframe_memory_limit_bytes 1024\n"})
    EXPECT_THAT(all, HasSubstr(line));
}

TEST_F(MetricsTest, EachFamilyStandsOnceWithHelpAndType) {
  seen_.pipelines.push_back(seen_.pipelines.front());
  seen_.pipelines.back().name = "returns";
  std::istringstream lines(text());
  std::map<std::string, std::string> types;
  std::set<std::string> helps;
  std::set<std::string> samples;
  std::string current;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, std::regex("# HELP ([a-z_]+) .+"))) {
      EXPECT_TRUE(helps.insert(match[1]).second) << line;
    } else if (std::regex_match(line, match, std::regex("# TYPE ([a-z_]+) (counter|gauge|histogram)"))) {
      current = match[1];
      EXPECT_TRUE(types.emplace(match[1], match[2]).second) << line;
      EXPECT_EQ(match[2] == "counter", current.ends_with("_total")) << line;
    } else {
      ASSERT_TRUE(std::regex_match(line, match, std::regex(R"re(([a-z_]+)(\{.*\})? [-+.\deInfNa]+)re")))
          << line;
      EXPECT_TRUE(match[1].str().starts_with(current)) << line << " does not stand with its family";
      EXPECT_TRUE(samples.insert(match[1].str() + match[2].str()).second) << "twice: " << line;
    }
  }
  EXPECT_EQ(helps.size(), types.size());
  EXPECT_GT(types.size(), 30u);
}

TEST_F(MetricsTest, LabelsMayHoldAnything) {
  seen_.pipelines.front().name = "a\"b\\c\nd";
  EXPECT_THAT(text(), HasSubstr("hiveframe_records_read_total{pipeline=\"a\\\"b\\\\c\\nd\"} 100\n"));
}

TEST_F(MetricsTest, WhatARewindTakesBackIsNoReset) {
  static_cast<void>(text());
  run().read = 60;
  EXPECT_THAT(text(), HasSubstr("hiveframe_records_read_total{pipeline=\"orders\"} 100\n"));
  run().read = 101;
  EXPECT_THAT(text(), HasSubstr("hiveframe_records_read_total{pipeline=\"orders\"} 101\n"));
}

TEST_F(MetricsTest, AnotherRunIsOne) {
  static_cast<void>(text());
  run().started = seen_.steady_now;
  run().read = 7;
  EXPECT_THAT(text(), HasSubstr("hiveframe_records_read_total{pipeline=\"orders\"} 7\n"));
}

TEST_F(MetricsTest, OnePipelineThatComesBackIsAnother) {
  static_cast<void>(text());
  std::vector<PipelineView> pipelines = std::exchange(seen_.pipelines, {});
  EXPECT_THAT(text(), Not(HasSubstr("orders")));
  seen_.pipelines = std::move(pipelines);
  run().read = 5;
  EXPECT_THAT(text(), HasSubstr("hiveframe_records_read_total{pipeline=\"orders\"} 5\n"));
}

TEST_F(MetricsTest, WhatHasEndedDoesNotAge) {
  run().state = runtime::State::stopped;
  const std::string all = text();
  EXPECT_THAT(all, Not(HasSubstr("hiveframe_state_age_seconds{")));
  EXPECT_THAT(all, HasSubstr("hiveframe_stream_lag_seconds{stream=\"orders\"} 0\n"));
}

TEST_F(MetricsTest, OneThatNeverRanHasAState) {
  seen_.pipelines.front().status.reset();
  const std::string all = text();
  EXPECT_THAT(all, HasSubstr("hiveframe_pipeline_state{pipeline=\"orders\",state=\"running\"} 1\n"));
  EXPECT_THAT(all, Not(HasSubstr("hiveframe_records_read_total{")));
}

TEST(ProcessNumbersTest, AreOfThisProcess) {
  const ProcessNumbers numbers = process_numbers();
  EXPECT_GT(numbers.cpu_time.count(), 0);
  EXPECT_GT(numbers.resident_bytes, 1u << 20);
  EXPECT_GE(numbers.open_files, 3u);
  EXPECT_GT(numbers.most_open_files, numbers.open_files);
  const auto age = std::chrono::system_clock::now() - numbers.started;
  EXPECT_GT(age, -1s);
  EXPECT_LT(age, 1h);
}

TEST_F(MetricsTest, WhatBecameOfDeadLettersWhereThereCanBeSome) {
  EXPECT_EQ(text().find("hiveframe_dead_letters_replayed_total"), std::string::npos);
  PipelineConfiguration configuration;
  configuration.spec.dead_letter.emplace();
  PipelineView& pipeline = seen_.pipelines.front();
  pipeline.configuration = std::make_shared<const PipelineConfiguration>(std::move(configuration));
  pipeline.letters_replayed = 12;
  pipeline.letters_discarded = 3;
  pipeline.status.reset();
  const std::string all = text();
  for (const char* line : {"hiveframe_dead_letters_replayed_total{pipeline=\"orders\"} 12\n",
                           "hiveframe_dead_letters_discarded_total{pipeline=\"orders\"} 3\n"})
    EXPECT_NE(all.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace hiveframe::daemon
