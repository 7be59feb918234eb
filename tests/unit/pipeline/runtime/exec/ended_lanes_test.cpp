// Lanes that have ended take room until they are stored as done: how many there may be, and what becomes of
// the rest meanwhile.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using namespace std::chrono_literals;

/// Waits for more before it writes.
class PatientSink final : public pipeline::Sink {
 public:
  explicit PatientSink(SinkScript& script) : inner_(script) {}

  pipeline::SinkTraits traits() const override {
    pipeline::SinkTraits traits = inner_.traits();
    traits.gains_by_waiting = true;
    return traits;
  }
  pipeline::Task<void> open(pipeline::SinkContext context) override {
    return inner_.open(std::move(context));
  }
  pipeline::Task<std::vector<pipeline::Rejection>> write(pipeline::WriteRequest& request) override {
    return inner_.write(request);
  }
  pipeline::Task<void> flush() override { return inner_.flush(); }
  pipeline::Task<void> close() override { return inner_.close(); }
  void cancel() noexcept override { inner_.cancel(); }

 private:
  FakeSink inner_;
};

class EndedLanesTest : public PipelineTest {
 protected:
  static constexpr std::size_t cap = 20;

  EndedLanesTest() {
    options_.ended_lanes_cap = cap;
    options_.commit_interval = 10min;  // what is to be stored before that has to be asked for
    source_.lanes = 500;
    source_.at_a_time = 4;
    source_.records_per_lane = 3;
  }

  void expect_few_were_held() const {
    // The last one was opened while fewer than the cap had ended and no more than so many were read. Beside
    // them, one that was let go of may live until its coroutine has given way.
    EXPECT_LE(source_.most_lanes_held, cap + 2 * source_.at_a_time);
  }
};

TEST_F(EndedLanesTest, ThereAreNeverMoreThanTheCapAndAllAreReadWithoutWaitingForTheInterval) {
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
  expect_few_were_held();
}

TEST_F(EndedLanesTest, AreFlushedWhereTheSinkSaysNothingBefore) {
  sink_.acks_at_flush = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
  expect_few_were_held();
}

TEST_F(EndedLanesTest, AreWrittenTogetherThoughNothingElseFillsABatch) {
  spec_.sinks.front().make = [this] { return std::make_unique<PatientSink>(sink_); };
  spec_.batch.records = 100'000;
  spec_.batch.linger = 10min;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
  expect_few_were_held();
  EXPECT_LE(sink_.writes, 500 / 4) << "each was written by itself";
}

TEST_F(EndedLanesTest, AreLetGoOfWherePositionsAreStoredAhead) {
  spec_.delivery = Delivery::at_most_once;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
  expect_few_were_held();
}

TEST_F(EndedLanesTest, AreLetGoOfWhereNothingIsStored) {
  options_.limit = 1400;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(sink_.received.size(), 1400u);
  expect_few_were_held();
}

TEST_F(EndedLanesTest, AreKeptWhileStoringFailsAndLetGoOfAfterwards) {
  options_.commit_interval = 5ms;
  source_.fail_commits = 20;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  expect_all_once_in_order(sink_);
  expect_few_were_held();
}

TEST_F(EndedLanesTest, ThatRewindAreReadAgain) {
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 5;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  std::vector<Received> received = sorted(sink_.received);
  received.erase(std::unique(received.begin(), received.end()), received.end());
  EXPECT_EQ(received, expected());
  expect_few_were_held();
}

TEST_F(EndedLanesTest, HoldTheSourceNoLongerThanThePipelineRuns) {
  sink_.stalled = true;
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return source_.lanes_held >= cap && source_.lanes_being_read == 0; });
    pipeline.stop();
    sink_.stalled = false;
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
  expect_few_were_held();
}

TEST_F(EndedLanesTest, DoNotHoldASourceWhoseLanesAreAllBeingRead) {
  source_.endless = true;
  source_.at_a_time = SIZE_MAX;
  source_.lanes = 10 * cap;
  run([this](Pipeline& pipeline) {
    await([this] { return sink_.received_count == 30 * cap; });
    EXPECT_EQ(source_.lanes_held, 10 * cap);
    pipeline.stop();
  });
  expect_all_once_in_order(sink_);
}

}  // namespace
}  // namespace hiveframe::runtime::test
