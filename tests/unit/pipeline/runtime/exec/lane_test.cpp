// What becomes of lanes: sent again from memory, lost by a worker, waiting in great number, limited.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/lane_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(LaneTest, AfterASourceThatCannotReplayWasSentAgainItIsReadOn) {
  source_.replayable = false;
  source_.records_per_lane = 3000;
  options_.pending_cap = 50;  // so that most of it is read after the first flushes
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(unique_received(), expected());
  expect_order(sink_);
}

TEST_F(LaneTest, WhatAFlushAtTheStopLosesIsSentAgainFromMemory) {
  source_.replayable = false;
  source_.endless = true;
  options_.commit_interval = 10min;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  const Status status = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 100; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_EQ(status.rewinds, 2u);
  EXPECT_EQ(unique_received(), expected());
}

TEST_F(LaneTest, WhatCannotBeMendedIsNotSentAgainFromMemory) {
  source_.replayable = false;
  source_.endless = true;
  sink_.reject = [](const Received& each) { return each.id == 50; };
  const auto before = std::chrono::steady_clock::now();
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("no 50"));
  EXPECT_EQ(status.rejected, 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - before, options_.shutdown_timeout / 2);
}

TEST_F(LaneTest, WhatIsSentAgainAtTheStopIsAbandonedAtTheDeadline) {
  source_.replayable = false;
  source_.endless = true;
  options_.commit_interval = 10min;
  options_.shutdown_timeout = 50ms;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = INT_MAX;
  const Status status = run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 100; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason,
              HasSubstr("100 records were read and not delivered, and fake gives its records only once"));
  EXPECT_EQ(status.lost, 100u);
  EXPECT_EQ(status.sinks[0].written, 0u) << "the sink has taken them, and never said that they are durable";
}

TEST_F(LaneTest, ABatchLargerThanTheCapIsFlushedWithoutWaitingForTheNextCheckpoint) {
  options_.commit_interval = 10min;
  options_.pending_cap = 10;
  source_.records_per_lane = 500;
  source_.batch = 50;
  sink_.acks_at_flush = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
}

/// Goes on until it is interrupted, as a long expression does, and then says what is not true.
class Endless final : public pipeline::Transform {
 public:
  explicit Endless(std::atomic<int>& begun) : begun_(begun) {}
  pipeline::Verdict apply(record::Draft&, pipeline::TransformContext& context,
                          record::DataError& error) const override {
    ++begun_;
    const std::atomic<bool>* const interrupted = context.inputs.interrupted;
    if (interrupted == nullptr) return pipeline::Verdict::keep;
    while (!*interrupted)
      std::this_thread::yield();
    error = {record::DataError::Type::expression, "the run ended"};
    return pipeline::Verdict::reject;
  }

 private:
  std::atomic<int>& begun_;
};

TEST_F(LaneTest, WorkIsInterruptedWhenTheTimeToDrainIsOver) {
  std::atomic<int> begun{0};
  add_dead_letters();
  spec_.transforms.push_back({"transforms[0] endless", std::make_shared<Endless>(begun)});
  options_.shutdown_timeout = 50ms;
  const Status status = run([&](Pipeline& pipeline) {
    await([&] { return begun > 0; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  EXPECT_EQ(status.rejected, 0u) << "nothing is known of the record";
  EXPECT_EQ(letters_.received_count, 0u);
  EXPECT_EQ(sink_.received_count, 0u);
  EXPECT_LE(begun, 3) << "no worker begins another record";
  EXPECT_EQ(source_.committed, 0);
}

TEST_F(LaneTest, AWorkerThatThrowsEndsThePipelineAtOnce) {
  add_transform(pipeline::Verdict::drop, [](std::int64_t id) -> bool {
    if (id == 42) throw std::runtime_error("a defect");
    return false;
  });
  const auto before = std::chrono::steady_clock::now();
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("a defect"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, options_.shutdown_timeout / 2);
  EXPECT_EQ(sink_.received.size(), 40u) << "what stands before that batch is delivered";
}

/// Adds text to every record.
class Swell final : public pipeline::Transform {
 public:
  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError&) const override {
    const record::Value value = draft.value();
    const auto members = draft.arena().array<record::Member>(3);
    members[0] = {"lane", *value.find("lane")};
    members[1] = {"id", *value.find("id")};
    members[2] = {"text", record::Value::string(draft.arena().copy(std::string(10'000, 'x')))};
    draft.replace(record::Value::object(members));
    return pipeline::Verdict::keep;
  }
};

TEST_F(LaneTest, BatchesThatSwellAreCutAndNothingIsLostOrRepeated) {
  memory_limit_ = 1 << 20;
  spec_.transforms.push_back({"transforms[0] swell", std::make_shared<Swell>()});
  add_dead_letters();
  source_.lanes = 3;
  source_.records_per_lane = 600;
  source_.batch = 300;
  source_.refuse = {7, 299, 300, 450};
  sink_.concurrency = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 1800u);
  EXPECT_EQ(status.rejected, 4u);
  EXPECT_EQ(sink_.received.size(), 1796u);
  EXPECT_EQ(letters_.letters.size(), 4u);
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_LT(sink_.largest_request, 300u) << "no batch was cut";
}

TEST_F(LaneTest, ABatchThatWasCutGoesOnWhereItsPartsWereDelivered) {
  memory_limit_ = 1 << 20;
  spec_.transforms.push_back({"transforms[0] swell", std::make_shared<Swell>()});
  source_.records_per_lane = 300;
  source_.batch = 300;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  sink_.fail_every = 3;
  options_.commit_interval = 1ms;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_order(sink_);
  std::vector<Received> once = sorted(sink_.received);
  once.erase(std::unique(once.begin(), once.end()), once.end());
  EXPECT_EQ(once, expected());
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_EQ(status.read, 300u);
}

TEST_F(LaneTest, WhatABatchThatWasCutCannotSendIsCounted) {
  memory_limit_ = 1 << 20;
  spec_.transforms.push_back({"transforms[0] swell", std::make_shared<Swell>()});
  source_.records_per_lane = 300;
  source_.batch = 300;
  source_.replayable = false;
  sink_.stall_after = 1;
  options_.shutdown_timeout = 10ms;
  const Status status = run([&](Pipeline& pipeline) {
    await([&] { return sink_.stall_felt.load(); });
    pipeline.stop();
  });
  EXPECT_GT(status.lost, 0u);
  EXPECT_EQ(status.lost, status.read - sink_.received.size());
}

TEST_F(LaneTest, NoMoreBatchesAreTransformedAtOnceThanParallelismSaysWhateverTheirLanes) {
  for (const std::size_t parallelism : {1U, 2U}) {
    spec_.parallelism = parallelism;
    source_.lanes = 6;
    source_.records_per_lane = 60;
    std::atomic<std::size_t> inside{0};
    std::atomic<std::size_t> most{0};
    spec_.transforms.clear();
    add_transform(pipeline::Verdict::drop, [&](std::int64_t) {
      const std::size_t now = ++inside;
      if (now > most) most = now;
      std::this_thread::yield();  // so that others meet it here
      --inside;
      return false;
    });
    sink_.received.clear();
    EXPECT_EQ(run().state, State::finished);
    expect_all_once_in_order(sink_);
    EXPECT_LE(most, parallelism);
  }
}

TEST_F(LaneTest, ManyLanesThatWaitForRecordsLeaveMemoryForOneThatHasSome) {
  memory_limit_ = 1 << 20;
  source_.lanes = 200;
  source_.records_per_lane = 5;
  source_.last_lane_has_more = 200;
  source_.endless = true;
  run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 1200; });
    pipeline.stop();
  });
  EXPECT_EQ(sink_.received.size(), 1200u);
  expect_order(sink_);
}

TEST_F(LaneTest, ALimitedRunLeavesWhatIsStoredAlone) {
  source_.endless = true;
  run([this](Pipeline& pipeline) {
    await([this] { return source_.committed == 100; });
    pipeline.stop();
  });
  sink_.received.clear();
  source_.commits.clear();

  options_.limit = 5;
  EXPECT_EQ(run().state, State::finished);
  EXPECT_EQ(sink_.received.size(), 5u);
  EXPECT_TRUE(source_.commits.empty());
  sink_.received.clear();

  options_.limit.reset();
  source_.endless = false;
  source_.records_per_lane = 120;
  EXPECT_EQ(run().state, State::finished);
  ASSERT_EQ(sink_.received.size(), 20u) << "the position of the first run is gone";
  EXPECT_EQ(sink_.received.front(), (Received{0, 100}));
}

TEST_F(LaneTest, ALimitedRunThatRewindsReadsAgainWhatItLost) {
  options_.limit = 30;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 1;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(status.abandoned, 0u);
  EXPECT_EQ(unique_received().size(), 30u);
}

TEST_F(LaneTest, ALimitEndsAPipelineThatWouldNot) {
  options_.limit = 100;
  source_.lanes = 2;
  source_.records_per_lane = 60;
  source_.endless = true;
  for (int i = 0; i < 30; ++i) {
    // Whether the limit or the last lane comes first is a matter of time.
    sink_.received.clear();
    EXPECT_EQ(run().state, State::finished);
    EXPECT_EQ(sink_.received.size(), 100u);
  }
}

TEST_F(LaneTest, AStateFolderThatCannotBeUsedFailsAtMostOnceBeforeAnythingIsWritten) {
  spec_.delivery = Delivery::at_most_once;
  spec_.retry.max_elapsed = 5ms;
  source_.lanes = 3;
  source_.fatal_commit = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, HasSubstr("commit refused"));
  EXPECT_TRUE(sink_.received.empty());
}

}  // namespace
}  // namespace hiveframe::runtime::test
