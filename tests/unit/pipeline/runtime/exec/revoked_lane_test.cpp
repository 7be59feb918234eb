// What becomes of lanes that their source is taken away.

#include <chrono>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

#include "tests/unit/pipeline/runtime/exec/lane_fixture.hpp"
#include "tests/unit/pipeline/runtime/exec/revoking_source.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::Contains;
using ::testing::Pair;
using namespace std::chrono_literals;

class RevokedLaneTest : public LaneTest {
 protected:
  RevokedLaneTest() {
    source_.endless = true;
    spec_.source = [this] { return std::make_unique<RevokingSource>(source_, revocation_); };
  }
  Revocation revocation_;
};

TEST_F(RevokedLaneTest, GoesOnWhereItWasGivenUpWhenItComesBack) {
  sink_.acks_at_flush = true;
  run([this](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written == 100; });
    revocation_.revoke = true;
    await([this] { return revocation_.released == 1 && source_.seeks == 2; });
    pipeline.stop();
  });
  EXPECT_THAT(source_.sought, Contains(Pair("lane-0", "100")));
  expect_all_once_in_order(sink_);
}

TEST_F(RevokedLaneTest, IsGivenUpAtTheDeadlineThoughTheSinkStandsStill) {
  revocation_.time = 20ms;
  source_.records_per_lane = 1000;
  sink_.batch_records = 5;
  sink_.stall_after = 50;
  run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    revocation_.revoke = true;
    await([this] { return revocation_.released == 1; });
    EXPECT_LT(sink_.received.size(), 1000u);
    sink_.stall_after = SIZE_MAX;
    await([&] { return source_.seeks == 2 && sink_.received_count >= 1000; });
    await([this] { return source_.committed == 1000; });
    pipeline.stop();
  });
  EXPECT_EQ(unique_received(), expected());
}

TEST_F(RevokedLaneTest, IsLetGoOfWhenThePipelineIsStoppedMeanwhile) {
  revocation_.time = 60s;
  sink_.acks_at_flush = true;
  for (int i = 0; i < 20; ++i) {
    revocation_.revoke = false;
    const Status status = run([this](Pipeline& pipeline) {
      await([this] { return source_.reads > 0; });
      revocation_.revoke = true;
      pipeline.stop();
    });
    EXPECT_EQ(status.state, State::stopped) << status.reason;
  }
}

TEST_F(RevokedLaneTest, TakesItsTroubleAlong) {
  source_.fail_reads = 1;
  spec_.retry.base_delay = 10min;
  spec_.retry.max_delay = 10min;
  revocation_.comes_back = false;
  run([this](Pipeline& pipeline) {
    await([&] { return pipeline.status().state == State::degraded; });
    revocation_.revoke = true;
    await([this] { return revocation_.released == 1; });
    EXPECT_EQ(pipeline.status().state, State::running) << pipeline.status().reason;
    pipeline.stop();
  });
}

TEST_F(RevokedLaneTest, TakesTheTroubleOfItsWritesAlong) {
  sink_.fail_every = 1;
  revocation_.time = 10ms;
  revocation_.comes_back = false;
  run([this](Pipeline& pipeline) {
    await([&] { return pipeline.status().state == State::degraded; });
    revocation_.revoke = true;
    await([this] { return revocation_.released == 1; });
    await([&] { return pipeline.status().state == State::running; });
    pipeline.stop();
  });
}

TEST_F(RevokedLaneTest, RefusalsThatComeAfterItWasGivenUpConcernNobody) {
  spec_.on_error = OnError::drop;
  revocation_.time = 10ms;
  sink_.stalled = true;
  sink_.reject = [](const Received& each) { return each.id == 3; };
  const Status status = run([this](Pipeline& pipeline) {
    await([this] { return sink_.stall_felt.load(); });
    revocation_.revoke = true;
    await([this] { return revocation_.released == 1; });
    sink_.stalled = false;
    await([this] { return source_.committed == 100; });
    pipeline.stop();
  });
  EXPECT_EQ(status.state, State::stopped) << status.reason;
}

}  // namespace
}  // namespace hiveframe::runtime::test
