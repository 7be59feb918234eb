// A pipeline's life with a scripted source and scripted sinks, on real threads.

#include "pipeline/runtime/exec/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(PipelineTest, MovesEveryRecordOnceInOrder) {
  source_.lanes = 3;
  source_.records_per_lane = 1000;
  source_.batch = 7;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 3000u);
  EXPECT_EQ(status.sinks[0].written, 3000u);
  EXPECT_EQ(status.memory, 0u);
  EXPECT_EQ(sink_.completions, 1);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, ToldToStopWhileItsOutputIsPublishedItHasFinished) {
  std::promise<Pipeline*> running;
  sink_.at_completion = [&running] { running.get_future().get()->stop(); };
  const Status status = run([&running](Pipeline& pipeline) { running.set_value(&pipeline); });
  EXPECT_EQ(status.state, State::finished);
  EXPECT_EQ(sink_.completions, 1);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, AFinishedPipelineLeavesNothingBehind) {
  run();
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(PipelineTest, AnEmptyLaneIsDone) {
  source_.records_per_lane = 0;
  EXPECT_EQ(run().state, State::finished);
  EXPECT_TRUE(sink_.received.empty());
}

TEST_F(PipelineTest, NoLanesAtAll) {
  source_.lanes = 0;
  EXPECT_EQ(run().state, State::finished);
}

TEST_F(PipelineTest, WritesOfOneSinkDoNotOverlapUnlessItSaysSo) {
  source_.lanes = 4;
  sink_.fail_every = 5;
  run();
  EXPECT_EQ(sink_.overlapping, 0);
}

TEST_F(PipelineTest, LanesTakeTurnsAtASinkThatTakesOneRequestAtATime) {
  source_.lanes = 3;
  source_.records_per_lane = 500;
  sink_.stalled = true;
  run([this](Pipeline&) {
    // Every lane has something to write before the first write is let go.
    await([this] { return sink_.stall_felt && source_.reads >= 6; });
    sink_.stalled = false;
  });
  expect_all_once_in_order(sink_);
  std::map<std::int64_t, std::size_t> last;
  for (std::size_t i = 0; i < sink_.received.size(); ++i)
    last[sink_.received[i].lane] = i;
  for (const auto& [lane, at] : last)
    EXPECT_GT(at, 1000u) << "lane " << lane << " was done before the others had their turns";
}

TEST_F(PipelineTest, AcksThatComeAtTheFlush) {
  source_.lanes = 2;
  sink_.acks_at_flush = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(sink_.flushes, 0);
  EXPECT_EQ(status.abandoned, 0u);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, FanOutWritesToEverySink) {
  SinkScript other;
  other.fail_every = 4;
  add_sink(other);
  source_.lanes = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
  expect_all_once_in_order(other);
}

TEST_F(PipelineTest, DroppedRecordsCountAsFiltered) {
  add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id % 10 != 0; });
  const Status status = run();
  EXPECT_EQ(status.filtered, 90u);
  EXPECT_EQ(status.sinks[0].written, 10u);
  EXPECT_EQ(sink_.received.size(), 10u);
}

TEST_F(PipelineTest, AWhollyFilteredPipelineFinishes) {
  add_transform(pipeline::Verdict::drop, [](std::int64_t) { return true; });
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.filtered, 100u);
}

TEST_F(PipelineTest, RequestsAreCutToTheSinksBatchSize) {
  source_.records_per_lane = 1000;
  source_.batch = 300;
  sink_.batch_records = 64;
  run();
  EXPECT_LE(sink_.largest_request, 64u);
  EXPECT_GT(sink_.largest_request, 32u);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, StopDrainsAndTheNextRunGoesOn) {
  source_.endless = true;
  sink_.acks_at_flush = true;
  const Status stopped = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written >= 50; });
    pipeline.stop();
  });
  EXPECT_EQ(stopped.state, State::stopped);
  EXPECT_EQ(stopped.abandoned, 0u);
  EXPECT_EQ(sink_.completions, 0);
  EXPECT_FALSE(std::filesystem::is_empty(folder_));

  source_.endless = false;
  EXPECT_EQ(run().state, State::finished);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, StopWithAStuckSinkEndsAtTheDeadlineAndAbandons) {
  sink_.stalled = true;
  options_.shutdown_timeout = 50ms;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped);
  EXPECT_TRUE(sink_.cancelled);
  EXPECT_GT(status.abandoned, 0u);
  EXPECT_EQ(status.memory, 0u);

  sink_.stalled = false;
  sink_.cancelled = false;
  EXPECT_EQ(run().state, State::finished);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, AStandingSinkHoldsTheSourceWithinTheBudget) {
  memory_limit_ = 1 << 20;
  source_.records_per_lane = 200000;
  source_.batch = 100;
  sink_.stalled = true;
  run([this](Pipeline& pipeline) {
    int before = -1;
    await([&] {
      const int reads = source_.reads;
      return sink_.stall_felt && std::exchange(before, reads) == reads;
    });
    EXPECT_LT(source_.reads, 2000) << "it reads on although nothing is written";
    EXPECT_LE(pipeline.status().memory, memory_limit_ + (256 << 10));
    sink_.stalled = false;
  });
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, UnacknowledgedRecordsAreCappedAndTheCapFlushes) {
  options_.commit_interval = 10min;
  options_.pending_cap = 100;
  source_.records_per_lane = 2000;
  sink_.acks_at_flush = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(sink_.flushes, 10);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, AtMostOnceNeverRepeatsAndLosesOnlyWhatIsUncertain) {
  spec_.delivery = Delivery::at_most_once;
  source_.records_per_lane = 300;
  sink_.fail_every = 4;
  sink_.outcome_unknown = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(status.lost, 0u);
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_EQ(sink_.received.size() + status.lost, 300u);
  std::vector<Received> received = sorted(sink_.received);
  EXPECT_EQ(std::unique(received.begin(), received.end()), received.end());
}

TEST_F(PipelineTest, TheLimitCountsRecordsReadAndStoresNothing) {
  options_.limit = 25;
  source_.lanes = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 25u);
  EXPECT_EQ(sink_.received.size(), 25u);
}

TEST_F(PipelineTest, PositionsAreCommittedToTheSourceOnlyWhenDelivered) {
  sink_.acks_at_flush = true;
  run();
  ASSERT_FALSE(source_.commits.empty());
  EXPECT_EQ(source_.commits.back().position, "100");
}

TEST_F(PipelineTest, TwoRunsOfOneNameExcludeEachOther) {
  source_.endless = true;
  run([this](Pipeline& first) {
    await([this] { return sink_.writes > 0; });
    SinkScript unused;
    PipelineSpec spec = spec_;
    spec.sinks.clear();
    Engine engine({.threads = 1, .memory_limit = 1 << 20});
    Pipeline second(spec, options_, engine);
    std::promise<void> ended;
    second.start([&ended] { ended.set_value(); });
    ended.get_future().wait();
    EXPECT_EQ(second.status().state, State::failed);
    EXPECT_THAT(second.status().reason, HasSubstr(std::to_string(getpid())));
    first.stop();
  });
}

TEST_F(PipelineTest, TellsHowItsWorkIsSpread) {
  source_.records_per_lane = 5'000;
  sink_.batch_records = 400;
  const Status status = run();
  ASSERT_EQ(status.state, State::finished) << status.reason;
  const SinkStatus& sink = status.sinks.front();
  const auto total = [](const HistogramStatus& histogram) {
    return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
  };
  EXPECT_EQ(total(sink.batches), static_cast<std::uint64_t>(sink_.writes));
  EXPECT_DOUBLE_EQ(sink.batches.sum, static_cast<double>(sink.written)) << "each record in one batch";
  EXPECT_EQ(total(sink.latencies), sink.written);
  EXPECT_GT(sink.latencies.sum, 0);
  EXPECT_GT(sink.busy.count(), 0);
  EXPECT_EQ(sink.queued, 0u);
  EXPECT_EQ(status.oldest_in_flight, std::nullopt);
  EXPECT_GT(status.transforming.count(), 0);
  ASSERT_TRUE(status.stored);
  EXPECT_GE(*status.stored, status.started);
}

TEST_F(PipelineTest, TellsWhatWaitsForASinkThatStandsStill) {
  sink_.stalled = true;
  source_.records_per_lane = 10'000;
  run([this](Pipeline& pipeline) {
    await([&pipeline] { return pipeline.status().sinks.front().queued > 0; });
    EXPECT_EQ(pipeline.status().sinks.front().batches.sum, 0);
    await([&pipeline] { return pipeline.status().oldest_in_flight.has_value(); });
    const auto oldest = *pipeline.status().oldest_in_flight;
    EXPECT_LE(oldest, std::chrono::system_clock::now());
    EXPECT_EQ(pipeline.status().oldest_in_flight, oldest) << "it grows older, and nothing else";
    sink_.stalled = false;
  });
}

}  // namespace
}  // namespace hiveframe::runtime::test
