// A pipeline whose source, sinks or state fail: it waits, gives up where it is told to, and loses nothing.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(PipelineTest, ASinkThatFailsEveryThirdWriteGetsEverythingOnceInOrder) {
  source_.lanes = 2;
  source_.records_per_lane = 600;
  sink_.fail_every = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(status.sinks[0].retries, 10u);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, OpeningIsTriedUntilItWorks) {
  source_.fail_opens = 3;
  source_.fail_reads = 2;
  sink_.fail_opens = 4;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.retries, 9u);
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, GivingUpIsOptIn) {
  spec_.retry.max_elapsed = 20ms;
  sink_.fail_every = 1;
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("cannot write to the fake sink: scripted"));
  EXPECT_THAT(status.reason, HasSubstr("retry.max_elapsed"));
  EXPECT_EQ(status.retries, static_cast<std::uint64_t>(sink_.writes) - 1) << "the first try is none";
  EXPECT_EQ(status.sinks[0].retries, status.retries);
  EXPECT_THAT(status.reason, HasSubstr("gave up after " + std::to_string(sink_.writes) + " attempts"));
}

TEST_F(PipelineTest, GivingUpToOpenCountsTheSameWay) {
  spec_.retry.max_elapsed = 20ms;
  sink_.fail_opens = 1000;
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason,
              HasSubstr("gave up after " + std::to_string(1000 - sink_.fail_opens) + " attempts"));
  EXPECT_EQ(status.retries, 1000u - static_cast<unsigned>(sink_.fail_opens) - 1);
}

TEST_F(PipelineTest, PositionsThatCannotBeStoredAreGivenUpTheSameWay) {
  spec_.retry.max_elapsed = 20ms;
  source_.fail_commits = 1'000'000;
  source_.endless = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("cannot commit to the fake source: scripted; gave up after"));
}

TEST_F(PipelineTest, ASourceIsToldAgainWhatItCouldNotTake) {
  source_.fail_commits = 3;
  source_.endless = true;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return source_.committed == 100; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_EQ(status.retries, 3u);
}

TEST_F(PipelineTest, IsDegradedWhileItWaitsForTheWorld) {
  source_.endless = true;
  sink_.fail_every = 1;
  run([this](Pipeline& pipeline) {
    await([&] { return pipeline.status().state == State::degraded; });
    EXPECT_THAT(pipeline.status().reason, HasSubstr("scripted"));
    sink_.fail_every = 0;
    await([&] { return pipeline.status().state == State::running && sink_.writes > 1; });
    await([&] { return pipeline.status().sinks[0].written == 100; });
    pipeline.stop();
  });
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, AFailedFlushRewindsTheLaneAndNothingIsLost) {
  source_.lanes = 2;
  source_.records_per_lane = 500;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 3u);
  std::vector<Received> received = sorted(sink_.received);
  EXPECT_GT(received.size(), expected().size()) << "what was not flushed is written again";
  received.erase(std::unique(received.begin(), received.end()), received.end());
  EXPECT_EQ(received, expected());
  expect_order(sink_);
}

TEST_F(PipelineTest, ASourceThatCannotReplayIsSentAgainFromMemory) {
  source_.replayable = false;
  source_.records_per_lane = 500;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 2u);
  EXPECT_EQ(source_.seeks, 1) << "it cannot seek";
  std::vector<Received> received = sorted(sink_.received);
  received.erase(std::unique(received.begin(), received.end()), received.end());
  EXPECT_EQ(received, expected());
  expect_order(sink_);
}

TEST_F(PipelineTest, AnAckDestroyedUnsaidMeansAbandoned) {
  sink_.half_acks = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.rewinds, 1u);
  std::vector<Received> received = sorted(sink_.received);
  received.erase(std::unique(received.begin(), received.end()), received.end());
  EXPECT_EQ(received, expected());
}

TEST_F(PipelineTest, AFatalSinkStopsThePipelineWithItsMessage) {
  sink_.fatal = "permission denied";
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("sinks[0]: cannot write to the fake sink: permission denied"));
  EXPECT_GT(status.abandoned, 0u);
}

TEST_F(PipelineTest, AFatalSourceDeliversWhatItGaveBefore) {
  source_.fatal_after = "truncated";
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("truncated"));
  expect_all_once_in_order(sink_);
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_EQ(sink_.completions, 0);
}

TEST_F(PipelineTest, AReaderThatWentAwayEndsItQuietly) {
  sink_.closed = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::stopped);
  EXPECT_EQ(status.reason, "");
}

TEST_F(PipelineTest, AWriteThatStandsStillDoesNotKeepEarlierProgressFromBeingStored) {
  sink_.batch_records = 10;
  sink_.stall_after = 50;
  run([this](Pipeline&) {
    await([this] { return sink_.stall_felt.load(); });
    await([this] { return source_.committed == 50; });
    sink_.stall_after = SIZE_MAX;
  });
  expect_all_once_in_order(sink_);
}

}  // namespace
}  // namespace hiveframe::runtime::test
