// Records that become several, and records that may go on only so fast, through a whole pipeline.
#include <gmock/gmock.h>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// Every record goes on so many times.
class Copies final : public pipeline::Transform {
 public:
  explicit Copies(std::size_t count) : count_(count) {}
  pipeline::Verdict apply(record::Draft&, pipeline::TransformContext& context,
                          record::DataError&) const override {
    context.parts = count_;
    return pipeline::Verdict::split;
  }
  [[nodiscard]] bool splits() const noexcept override { return true; }
  bool part(const record::Value& whole, std::size_t, record::Arena&, record::Value& made,
            record::DataError&) const override {
    made = whole;
    return true;
  }

 private:
  std::size_t count_;
};

class SplitRecords : public PipelineTest {
 protected:
  SplitRecords() { spec_.transforms.push_back({"transforms[0] copies", std::make_shared<Copies>(3)}); }

  /// Each record so often as it was split, and these together.
  static std::vector<Received> copies(const std::vector<Received>& of, std::size_t count = 3) {
    std::vector<Received> all;
    for (const Received& each : of)
      all.insert(all.end(), count, each);
    return all;
  }
};

TEST_F(SplitRecords, AllOfThemArriveAndCountAtTheSink) {
  source_.lanes = 2;
  source_.records_per_lane = 500;
  sink_.batch_records = 7;  // requests end in the midst of a record's parts
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 1000U);
  EXPECT_EQ(status.filtered, 0U);
  EXPECT_EQ(status.sinks[0].written, 3000U);
  EXPECT_EQ(status.memory, 0U);
  EXPECT_EQ(sorted(sink_.received), copies(expected()));
}

TEST_F(SplitRecords, WhatWasNotDeliveredIsReadAndSplitAgain) {
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 100U);
  EXPECT_EQ(status.sinks[0].written, 300U);
  EXPECT_GT(status.rewinds, 0U);
  EXPECT_EQ(status.abandoned, 0U);
  std::map<Received, std::size_t> found;
  for (const Received& each : sink_.received)
    ++found[each];
  ASSERT_EQ(found.size(), 100U);
  for (const auto& [record, count] : found) {
    EXPECT_GE(count, 3U);
    EXPECT_EQ(count % 3, 0U);
  }
}

TEST_F(SplitRecords, ABadOneStopsThePipelineBehindTheWholeOnesBeforeIt) {
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  const Status failed = run();
  EXPECT_EQ(failed.state, State::failed);
  EXPECT_THAT(failed.reason, HasSubstr("lane-0 record 37: picked 37"));
  std::vector<Received> before = expected();
  before.resize(37);
  EXPECT_EQ(sink_.received, copies(before));

  spec_.transforms.pop_back();
  EXPECT_EQ(run().state, State::finished);
  EXPECT_EQ(sink_.received, copies(expected()));
}

TEST_F(SplitRecords, ARecordOfWhichAPartIsBadHasOneLetter) {
  add_dead_letters();
  spec_.transforms.push_back({"transforms[1] copies", std::make_shared<Copies>(2)});
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 5; });
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.rejected, 1U);
  EXPECT_EQ(status.sinks[0].written, 99U * 6U);
  EXPECT_THAT(letters_.letters, ElementsAre("original 5"));
}

TEST_F(SplitRecords, WhatIsAbandonedCountsAsItWasRead) {
  sink_.stalled = true;
  options_.shutdown_timeout = 50ms;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    pipeline.stop();
  });
  EXPECT_GT(status.abandoned, 0U);
  EXPECT_LE(status.abandoned, status.read);
}

/// Lets everything pass, at a rate.
class AtARate final : public pipeline::Transform {
 public:
  explicit AtARate(double rate) : rate_(rate) {}
  pipeline::Verdict apply(record::Draft&, pipeline::TransformContext&, record::DataError&) const override {
    return pipeline::Verdict::keep;
  }
  [[nodiscard]] std::optional<double> records_per_second() const noexcept override { return rate_; }

 private:
  double rate_;
};

class PacedPipeline : public PipelineTest {
 protected:
  void add_rate(double rate) {
    spec_.transforms.push_back({"transforms[0] throttle", std::make_shared<AtARate>(rate)});
  }
};

TEST_F(PacedPipeline, PassesOnNoMoreThanItsRateAllows) {
  add_rate(400);
  source_.lanes = 4;
  source_.records_per_lane = 30;
  source_.batch = 1000;
  const auto begun = std::chrono::steady_clock::now();
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  // 120 records take 300 ms, less the moment that may be made up for and the last read, for which nobody
  // waits.
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 100ms);
  expect_all_once_in_order(sink_);
}

TEST_F(PacedPipeline, AStopDoesNotWaitForIt) {
  add_rate(0.001);
  source_.lanes = 2;
  const Status stopped = run([this](Pipeline& pipeline) {
    await([this] { return sink_.received_count > 0; });
    pipeline.stop();
  });
  EXPECT_EQ(stopped.state, State::stopped);
  EXPECT_EQ(stopped.abandoned, 0U);
  EXPECT_LT(stopped.read, 20U) << "no more is read than can go on soon";

  spec_.transforms.clear();
  EXPECT_EQ(run().state, State::finished);
  expect_all_once_in_order(sink_);
}

TEST_F(PacedPipeline, AFailureBesideItDoesNotWaitEither) {
  add_rate(0.001);
  source_.lanes = 2;
  source_.fatal_after = "the disk is gone";
  source_.records_per_lane = 1;
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("the disk is gone"));
}

TEST_F(PacedPipeline, WhatALaneReadsAgainIsNotSentTwice) {
  add_rate(2000);
  source_.records_per_lane = 200;
  source_.batch = 10;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.sinks[0].written, 200U);
  expect_order(sink_);
  std::vector<Received> once = sorted(sink_.received);
  once.erase(std::unique(once.begin(), once.end()), once.end());
  EXPECT_EQ(once, expected());
}

}  // namespace
}  // namespace hiveframe::runtime::test
