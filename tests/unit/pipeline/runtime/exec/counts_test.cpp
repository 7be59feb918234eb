// That every record which was read is accounted for, however a run ends, and that what is said of the rest is
// what the next run does.

#include <chrono>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/pipeline/runtime/exec/counts_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(CountsTest, StoppedInTheMiddle) {
  filter_every_third();
  source_.lanes = 3;
  source_.records_per_lane = 100'000;
  const Status status = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written >= 500; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_EQ(status.abandoned, 0u);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, StoppedWithASinkThatStandsStill) {
  filter_every_third();
  source_.lanes = 2;
  source_.records_per_lane = 10'000;
  sink_.stall_after = 200;
  options_.shutdown_timeout = 50ms;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    // Workers and their order hold as much as they can.
    int before = -1;
    await([&] { return std::exchange(before, source_.reads.load()) == source_.reads; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_GT(status.abandoned, 0u);
  EXPECT_EQ(status.lost, 0u);
  EXPECT_EQ(status.loses_because, "");
  expect_all_accounted_for(status);
  expect_written(status);
  EXPECT_THAT(log_.lines(),
              Contains(HasSubstr("not drained within 50ms: what is under way is abandoned, and the "
                                 "next run reads it again")));
  // As was said.
  sink_.stall_after = SIZE_MAX;
  sink_.cancelled = false;
  spec_.transforms.clear();
  const Status next = run();
  EXPECT_GE(next.read + status.filtered + status.sinks[0].written, 20'000u);
}

TEST_F(CountsTest, WhatASourceThatCannotReplayHasGivenIsLost) {
  filter_every_third();
  source_.replayable = false;
  source_.records_per_lane = 10'000;
  sink_.stall_after = 200;
  options_.shutdown_timeout = 50ms;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    int before = -1;
    await([&] { return std::exchange(before, source_.reads.load()) == source_.reads; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::failed);
  EXPECT_GT(status.lost, 30u) << "what workers and their order hold";
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_EQ(status.loses_because, "fake gives its records only once");
  EXPECT_THAT(status.reason, HasSubstr(std::to_string(status.lost) + " records were read and not delivered"));
  expect_all_accounted_for(status);
  expect_written(status);
  EXPECT_THAT(log_.lines(),
              Contains(HasSubstr("what is under way is lost, for fake gives its records only once")));
}

TEST_F(CountsTest, ASinkFailsForGoodInTheMiddle) {
  filter_every_third();
  source_.records_per_lane = 10'000;
  source_.lanes = 2;
  int writes = 0;
  sink_.reject = [&](const Received&) {
    if (++writes == 777) throw pipeline::Fatal({"write to", "the fake sink", "permission denied", ""});
    return false;
  };
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_GT(status.abandoned, 0u);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, ASinkFailsForGoodAndSoDoesStoringHowFarItGot) {
  spec_.retry.max_elapsed = 10ms;
  source_.fail_commits = 1'000'000;
  options_.commit_interval = 10min;
  sink_.batch_records = 5;
  sink_.reject = [](const Received& each) {
    if (each.id == 60) throw pipeline::Fatal({"write to", "the fake sink", "permission denied", ""});
    return false;
  };
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_GE(status.abandoned, 10u);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, WhatASinkTookAndNeverMadeDurableIsNotWritten) {
  source_.endless = true;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 1'000'000;
  options_.commit_interval = 10min;
  options_.shutdown_timeout = 50ms;
  const Status status = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 100; });
    pipeline.stop();
  });
  EXPECT_EQ(status.sinks[0].written, 0u);
  EXPECT_EQ(status.sinks[0].bytes, 0u);
  EXPECT_EQ(status.abandoned, 100u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, RecordsThatAreReadAgainCountOnce) {
  filter_every_third();
  source_.lanes = 2;
  source_.records_per_lane = 500;
  source_.refuse = {7, 400};
  spec_.on_error = OnError::drop;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(status.read, 1000u);
  EXPECT_EQ(status.rejected, 2u);
  EXPECT_EQ(status.filtered, 2 * 167u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, SoDoThoseThatAreSentAgainFromMemory) {
  filter_every_third();
  source_.replayable = false;
  source_.records_per_lane = 500;
  source_.refuse = {7, 400};
  spec_.on_error = OnError::drop;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(status.read, 500u);
  EXPECT_EQ(status.rejected, 2u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, ADryRunSaysNothingOfWhatIsDelivered) {
  options_.dry_run = true;
  options_.state_dir.clear();
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  EXPECT_THAT(run().reason, EndsWith("; set on_error to drop or to a dead_letter to go past it, or mend it"));
}

TEST_F(CountsTest, AtMostOnceLosesWhatWasUnderWay) {
  spec_.delivery = Delivery::at_most_once;
  source_.records_per_lane = 10'000;
  sink_.stall_after = 200;
  options_.shutdown_timeout = 50ms;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    int before = -1;
    await([&] { return std::exchange(before, source_.reads.load()) == source_.reads; });
    pipeline.stop();
  });
  EXPECT_GT(status.lost, 0u);
  EXPECT_GT(status.abandoned, 0u) << "what was not sent yet comes again";
  EXPECT_THAT(status.loses_because, HasSubstr("at_most_once"));
  expect_all_accounted_for(status);
  expect_written(status);
  // The next run reads exactly what was not lost.
  sink_.stall_after = SIZE_MAX;
  sink_.cancelled = false;
  const Status next = run();
  EXPECT_EQ(next.state, State::finished) << next.reason;
  EXPECT_EQ(next.read, 10'000 - status.sinks[0].written - status.lost);
}

TEST_F(CountsTest, AReaderThatWentAwayIsToldApart) {
  sink_.closed = true;
  const Status status = run();
  EXPECT_TRUE(status.output_closed);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, WithSeveralSinksTheOneThatLacksMostCounts) {
  SinkScript other;
  add_sink(other);
  sink_.stall_after = 0;
  options_.shutdown_timeout = 50ms;
  source_.endless = true;
  const Status status = run([&](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    await([&] { return other.received_count > 0; });
    pipeline.stop();
  });
  EXPECT_EQ(status.sinks[0].written, 0u);
  EXPECT_GT(status.sinks[1].written, 0u);
  EXPECT_EQ(status.abandoned, status.read);
}

}  // namespace
}  // namespace hiveframe::runtime::test
