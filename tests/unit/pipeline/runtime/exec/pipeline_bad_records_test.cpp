// What a pipeline does with bad records: stop, drop them, or keep them as dead letters.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

/// Finds every record bad, and looks at when it was read.
class SeesClock final : public pipeline::Transform {
 public:
  SeesClock(std::chrono::system_clock::time_point wanted, std::atomic<bool>& seen)
      : wanted_(wanted), seen_(seen) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    seen_ = draft.storage().read_at == wanted_;
    error = {record::DataError::Type::value, "looked at"};
    return pipeline::Verdict::reject;
  }

 private:
  std::chrono::system_clock::time_point wanted_;
  std::atomic<bool>& seen_;
};

TEST_F(PipelineTest, TheClockOfTheRunTellsWhenBatchesWereReadAndLettersWritten) {
  const std::chrono::system_clock::time_point noon{std::chrono::hours(12)};
  options_.wall_clock = [noon] { return noon; };
  add_dead_letters();
  std::atomic<bool> read_at_noon = false;
  spec_.transforms.push_back({"transforms[0] clock", std::make_shared<SeesClock>(noon, read_at_noon)});
  source_.records_per_lane = 1;
  EXPECT_EQ(run().state, State::finished);
  EXPECT_TRUE(read_at_noon);
  EXPECT_THAT(letters_.letter_seconds, ElementsAre(12 * 60 * 60));
}

TEST_F(PipelineTest, OnErrorStopDeliversWhatStandsBeforeAndGoesOnThere) {
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  const Status failed = run();
  EXPECT_EQ(failed.state, State::failed);
  EXPECT_THAT(failed.reason, HasSubstr("lane-0 record 37: picked 37"));
  ASSERT_EQ(sink_.received.size(), 37u);
  EXPECT_EQ(sink_.received.back(), (Received{0, 36}));

  spec_.transforms.clear();
  const Status mended = run();
  EXPECT_EQ(mended.state, State::finished) << mended.reason;
  expect_all_once_in_order(sink_);
}

TEST_F(PipelineTest, OnErrorDropGoesOn) {
  spec_.on_error = OnError::drop;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id % 2 == 1; });
  source_.refuse = {10, 99};
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.rejected, 51u);
  EXPECT_EQ(sink_.received.size(), 49u);
}

TEST_F(PipelineTest, OnErrorDeadLetterKeepsTheOriginal) {
  add_dead_letters();
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 5; });
  sink_.reject = [](const Received& each) { return each.id == 50; };
  source_.refuse = {70};
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.rejected, 3u);
  EXPECT_EQ(status.dead_letters, 3u);
  EXPECT_EQ(sink_.received.size(), 97u);
  std::sort(letters_.letters.begin(), letters_.letters.end());
  EXPECT_THAT(letters_.letters, ElementsAre("head of 70", "original 5", "original 50"));
}

TEST_F(PipelineTest, ALetterTellsHowOftenItsRecordWasTried) {
  add_dead_letters();
  source_.records_per_lane = 30;
  source_.refuse = {3};
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 13; });
  // All but the first are tried twice.
  sink_.batch_records = 1;
  sink_.fail_every = 2;
  sink_.reject = [](const Received& each) { return each.id % 15 == 0; };
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_THAT(letters_.attempts, UnorderedElementsAre(Pair("head of 3", 1), Pair("original 0", 1),
                                                      Pair("original 13", 1), Pair("original 15", 2)));
}

TEST_F(PipelineTest, AndInHowManyOfTheWritesThatWereHalvedForItItWas) {
  add_dead_letters();
  source_.records_per_lane = 8;
  source_.batch = 8;
  sink_.bad_batch = [](const Received& each) { return each.id == 1; };
  Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_THAT(letters_.attempts, UnorderedElementsAre(Pair("original 1", 4))) << "of 8, 4 and 2, and alone";
  // The third and the sixth write are those of the two and of it alone.
  sink_.received.clear();
  sink_.writes = 0;
  sink_.fail_every = 3;
  status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_THAT(letters_.attempts, UnorderedElementsAre(Pair("original 1", 6)));
  EXPECT_EQ(sink_.received.size(), 7u);
}

TEST_F(PipelineTest, AFailingDeadLetterSinkHoldsTheLaneAndLosesNoLetter) {
  add_dead_letters();
  letters_.fail_every = 2;
  letters_.batch_records = 1;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id % 5 == 0; });
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(letters_.letters.size(), 20u);
  EXPECT_EQ(sink_.received.size(), 80u);
  EXPECT_GT(status.sinks[1].retries, 0u);
}

TEST_F(PipelineTest, ARefusedBatchIsHalvedToTheBadRecords) {
  spec_.on_error = OnError::drop;
  source_.records_per_lane = 200;
  source_.batch = 100;
  sink_.bad_batch = [](const Received& each) { return each.id == 0 || each.id == 63 || each.id == 199; };
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.rejected, 3u);
  EXPECT_EQ(sink_.received.size(), 197u);
  EXPECT_EQ(sorted(sink_.received).size(), 197u);
  for (const Received& each : sink_.received)
    EXPECT_FALSE(sink_.bad_batch(each));
}

}  // namespace
}  // namespace hiveframe::runtime::test
