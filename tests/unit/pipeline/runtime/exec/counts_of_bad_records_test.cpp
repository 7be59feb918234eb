// That bad records and their letters are counted once, whatever becomes of the run.

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/runtime/exec/counts_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

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

}  // namespace
}  // namespace hiveframe::runtime::test
