// That every record which was read is accounted for, however a run ends, and that what is said of the rest is
// what the next run does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "pipeline/runtime/exec/rejections.hpp"
#include "tests/unit/pipeline/runtime/exec/log_capture.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

class CountsTest : public PipelineTest {
 protected:
  /// Of a pipeline with one sink that has ended.
  void expect_all_accounted_for(const Status& status) const {
    EXPECT_EQ(status.read,
              status.filtered + status.rejected + status.sinks[0].written + status.abandoned + status.lost)
        << "filtered " << status.filtered << ", rejected " << status.rejected << ", written "
        << status.sinks[0].written << ", abandoned " << status.abandoned << ", lost " << status.lost;
    std::uint64_t by_stage = 0;
    for (const RejectedStatus& each : status.rejected_by)
      by_stage += each.records;
    EXPECT_EQ(by_stage, status.rejected);
  }
  void expect_written(const Status& status) const {
    EXPECT_EQ(status.sinks[0].written, sink_.received.size());
  }
  void filter_every_third() {
    add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id % 3 == 0; });
  }

  LogCapture log_;
};

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

TEST_F(CountsTest, ABadRecordStopsThePipelineAmongOthers) {
  source_.batch = 50;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id >= 37 && id < 42; });
  add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id % 10 == 0; });
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_EQ(status.rejected, 1u) << "what stands behind it comes again, and counts then";
  EXPECT_EQ(status.filtered, 4u);
  EXPECT_EQ(status.sinks[0].written, 33u);
  expect_all_accounted_for(status);
  expect_written(status);
  EXPECT_THAT(status.reason,
              EndsWith("; what stands before it is delivered, and the next run begins with it: set on_error "
                       "to drop or to a dead_letter to go past it, or mend it"))
      << "nothing tells the lane from one that was mended";
  for (const LaneStatus& lane : status.lanes)
    EXPECT_FALSE(lane.ended) << "not all of it was sent";
}

TEST_F(CountsTest, ADryRunSaysNothingOfWhatIsDelivered) {
  options_.dry_run = true;
  options_.state_dir.clear();
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  EXPECT_THAT(run().reason, EndsWith("; set on_error to drop or to a dead_letter to go past it, or mend it"));
}

TEST_F(CountsTest, ARefusedRecordAmongFewThatAreKept) {
  source_.records_per_lane = 1000;
  source_.batch = 1000;
  source_.refuse = {500};
  add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id != 10 && id != 990; });
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(sink_.received, ElementsAre(Received{0, 10})) << "the other stands behind the bad one";
  EXPECT_EQ(status.filtered, 499u);
  EXPECT_EQ(status.abandoned, status.read - 501) << "what was read and stands behind it";
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, ABadRecordOfASourceThatCannotReplay) {
  source_.replayable = false;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_EQ(status.rejected, 1u);
  EXPECT_GE(status.lost, 2u);
  EXPECT_EQ(status.abandoned, 0u);
  expect_all_accounted_for(status);
  EXPECT_THAT(status.reason,
              AllOf(HasSubstr("fake gives its records only once"), Not(HasSubstr("next run"))));
}

TEST_F(CountsTest, ALimitedRunDoesNotPromiseWhereTheNextOneBegins) {
  options_.limit = 60;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, AllOf(HasSubstr("lane-0 record 37"), Not(HasSubstr("next run"))));
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, ALimitCountsWhatTheSourceRefused) {
  spec_.on_error = OnError::drop;
  source_.refused_beside = true;
  const std::vector<std::vector<std::int64_t>> refusals{
      {0, 2, 4}, {2}, {0, 1, 2}, {0, 1, 2, 3, 4, 5}, {3, 4, 5, 6}, {1, 2, 3, 50}, {99}};
  for (const std::vector<std::int64_t>& refuse : refusals) {
    for (const std::uint64_t limit : {1, 3, 4, 100, 1000}) {
      source_.refuse = refuse;
      options_.limit = limit;
      sink_.received.clear();
      const Status status = run();
      ASSERT_EQ(status.state, State::finished) << status.reason;
      const std::uint64_t read = std::min<std::uint64_t>(limit, 100);
      EXPECT_EQ(status.read, read);
      const auto refused = std::count_if(refuse.begin(), refuse.end(), [read](std::int64_t id) {
        return id < static_cast<std::int64_t>(read);
      });
      EXPECT_EQ(status.rejected, static_cast<std::uint64_t>(refused)) << "those that stand before the cut";
      expect_all_accounted_for(status);
      expect_written(status);
    }
  }
}

TEST_F(CountsTest, ALimitIsReachedThoughEveryRecordIsRefused) {
  spec_.on_error = OnError::drop;
  source_.refused_beside = true;
  source_.batch = 1;
  for (std::int64_t id = 0; id < 100; ++id)
    source_.refuse.push_back(id);
  options_.limit = 5;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 5u);
  EXPECT_EQ(status.rejected, 5u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, ALimitHoldsThoughTheLaneRewinds) {
  spec_.on_error = OnError::drop;
  source_.refuse = {3, 20, 21, 60};
  source_.refused_beside = true;
  options_.limit = 50;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(status.read, 50u);
  EXPECT_EQ(status.rejected, 3u);
  EXPECT_EQ(status.sinks[0].written, 47u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, BadRecordsBeforeTheFailure) {
  spec_.on_error = OnError::drop;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id % 4 == 1; });
  sink_.reject = [](const Received& each) {
    if (each.id >= 60) throw pipeline::Fatal({"write to", "the fake sink", "permission denied", ""});
    return each.id % 4 == 2;
  };
  sink_.batch_records = 5;
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_GT(status.rejected, 15u);
  EXPECT_GT(status.sinks[0].rejected, 10u);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, ARefusedBatchIsCountedByItsRecords) {
  spec_.on_error = OnError::drop;
  source_.records_per_lane = 200;
  source_.batch = 100;
  sink_.bad_batch = [](const Received& each) { return each.id == 0 || each.id == 63 || each.id == 199; };
  const Status status = run();
  EXPECT_EQ(status.sinks[0].rejected, 3u);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, ARefusedRecordThatStopsThePipeline) {
  sink_.reject = [](const Received& each) { return each.id == 50; };
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_EQ(status.rejected, 1u);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, BadRecordsWithoutTheirLettersAreNotTakenCareOf) {
  add_dead_letters();
  letters_.fatal = "no space";
  source_.records_per_lane = 7;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id > 1; });
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_EQ(status.read, 7u);
  EXPECT_EQ(status.dead_letters, 0u) << "none was written";
  EXPECT_EQ(status.abandoned, 5u + 2u - status.sinks[0].written);
  expect_all_accounted_for(status);
  expect_written(status);
}

TEST_F(CountsTest, LettersCountWhenTheirSinkHasSaidThatTheyAreDurable) {
  add_dead_letters();
  letters_.acks_at_flush = true;
  letters_.fail_flushes = 1'000'000;
  source_.endless = true;
  source_.refuse = {3};
  options_.shutdown_timeout = 50ms;
  const Status status = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[1].written > 0; });
    EXPECT_EQ(pipeline.status().dead_letters, 0u);
    pipeline.stop();
  });
  EXPECT_EQ(status.dead_letters, 0u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, LettersThatAreWrittenAgainCountOnce) {
  add_dead_letters();
  letters_.acks_at_flush = true;
  letters_.fail_flushes = 2;
  source_.refuse = {3, 50};
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(status.dead_letters, 2u);
  EXPECT_EQ(status.rejected, 2u);
  expect_all_accounted_for(status);
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

// Why records are dropped

TEST_F(CountsTest, DroppedRecordsSayWhyOnceForEachReason) {
  spec_.on_error = OnError::drop;
  source_.refuse = {5, 7};
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id % 10 == 1; });
  sink_.reject = [](const Received& each) { return each.id % 10 == 2; };
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_THAT(
      log_.lines(),
      ElementsAre(HasSubstr("lane-0 record 1: picked 1 (value error in transforms[0] by_id); it is dropped"),
                  HasSubstr("lane-0 record 5: too long (length error in source)"),
                  HasSubstr("lane-0 record 2: no 2 (refused by sinks[0])")));
  ASSERT_EQ(status.rejected_by.size(), 3u);
  EXPECT_EQ(status.rejected_by[0].records, 10u);
  EXPECT_EQ(status.rejected_by[1].records, 2u);
  EXPECT_EQ(status.rejected_by[2].stage, "sinks[0]");
  EXPECT_EQ(status.rejected_by[2].records, 10u);
  EXPECT_EQ(status.rejected, 22u);
}

TEST_F(CountsTest, AReasonIsSaidOnceThoughTheLaneRewinds) {
  spec_.on_error = OnError::drop;
  source_.refuse = {5, 7};
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 3;
  const Status status = run();
  EXPECT_GE(status.rewinds, 1u);
  std::size_t said = 0;
  for (const std::string& line : log_.lines())
    said += line.find("it is dropped") != std::string::npos ? 1 : 0;
  EXPECT_EQ(said, 1u);
}

TEST(Rejections, WritesNoMoreThanSoManyLines) {
  const LogCapture log;
  Rejections rejections("orders", true);
  for (int stage = 0; stage < 100; ++stage) {
    for (int i = 0; i < 3; ++i)
      rejections.add("line 1", "transforms[" + std::to_string(stage) + "]", {});
  }
  EXPECT_EQ(rejections.total(), 300u);
  EXPECT_EQ(rejections.counts().size(), 100u);
  ASSERT_EQ(log.lines().size(), 21u);
  EXPECT_THAT(log.lines().back(), HasSubstr("for more reasons than are shown here"));
}

// Where a run goes on

TEST_F(CountsTest, ARunThatGoesOnSaysWhere) {
  source_.endless = true;
  const auto stop_at = [this](std::size_t records) {
    run([&](Pipeline& pipeline) {
      await([&] { return sink_.received_count >= records; });
      pipeline.stop();
    });
  };
  stop_at(100);
  EXPECT_THAT(log_.lines(), Not(Contains(HasSubstr("goes on"))));
  source_.records_per_lane = 120;
  stop_at(120);
  EXPECT_THAT(log_.lines(),
              ElementsAre("[test] goes on where an earlier run stopped: lane-0 at position 100"));
  options_.from_start = true;
  stop_at(240);
  EXPECT_EQ(log_.lines().size(), 1u);
}

TEST_F(CountsTest, WithSeveralLanesItSaysHowMany) {
  source_.endless = true;
  source_.lanes = 3;
  for (const int seeks : {3, 6}) {
    run([&](Pipeline& pipeline) {
      await([&] { return source_.seeks == seeks && sink_.received_count == 300; });
      pipeline.stop();
    });
  }
  EXPECT_THAT(log_.lines(), ElementsAre("[test] goes on where an earlier run stopped, in 3 lanes"));
}

}  // namespace
}  // namespace hiveframe::runtime::test
