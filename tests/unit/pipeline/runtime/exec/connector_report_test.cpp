// What a source says of itself between the calls of the runtime; and one that keeps its positions itself.

#include <algorithm>
#include <gmock/gmock.h>

#include "pipeline/runtime/state/state_store.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::IsEmpty;

class ConnectorReportTest : public PipelineTest {
 protected:
  ConnectorReportTest() { source_.endless = true; }
};

TEST_F(ConnectorReportTest, WhatWaitsIsDegradedUntilItWorks) {
  run([this](Pipeline& pipeline) {
    await([&] { return pipeline.status().state == State::running; });
    source_.report.load()->waits("cannot read from there: no answer");
    EXPECT_EQ(pipeline.status().state, State::degraded);
    EXPECT_EQ(pipeline.status().reason, "source: cannot read from there: no answer");
    source_.report.load()->works();
    EXPECT_EQ(pipeline.status().state, State::running);
    EXPECT_EQ(pipeline.status().reason, "");
    pipeline.stop();
  });
}

TEST_F(ConnectorReportTest, TroubleThatItReportsIsNotOverBecauseACallSucceeds) {
  source_.at_a_time = 1;
  source_.lanes = 2;
  run([this](Pipeline& pipeline) {
    await([&] { return source_.lanes_being_read == 1U && pipeline.status().state == State::running; });
    source_.report.load()->waits("cannot read from there: no answer");
    // Returns from next(), which waits for the first lane to end, without having failed.
    source_.at_a_time = 2;
    await([&] { return source_.lanes_being_read == 2U; });
    EXPECT_EQ(pipeline.status().state, State::degraded);
    pipeline.stop();
  });
}

TEST_F(ConnectorReportTest, NumbersAreShownAsTheyWereShownLast) {
  run([this](Pipeline& pipeline) {
    await([&] { return pipeline.status().state == State::running; });
    EXPECT_THAT(pipeline.status().measures, IsEmpty());
    source_.report.load()->show({{"a", "A"}, {"b", "B"}});
    source_.report.load()->show(
        {{"lag_records", "Lag", pipeline::Measure::Type::gauge, {{"topic", "t"}}, 7}});
    const std::vector<pipeline::Measure> shown = pipeline.status().measures;
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_STREQ(shown[0].name, "lag_records");
    EXPECT_EQ(shown[0].value, 7);
    pipeline.stop();
  });
}

TEST_F(PipelineTest, ASourceThatKeepsItsPositionsIsToldThemAndNoneIsStored) {
  source_.position_at_source = true;
  source_.endless = true;
  run([this](Pipeline& pipeline) {
    await([&] { return source_.committed == 100; });
    pipeline.stop();
  });
  EXPECT_THAT(source_.sought, IsEmpty());
  // The next run goes on where the source says, which is what the runtime does not know.
  source_.committed = 0;
  run([this](Pipeline& pipeline) {
    await([&] { return source_.committed == 100; });
    pipeline.stop();
  });
  EXPECT_THAT(source_.sought, IsEmpty()) << "a position of the state store was sought";
  EXPECT_EQ(sink_.received.size(), 200U);
}

TEST_F(PipelineTest, ASourceThatKeepsItsPositionsIsSoughtWhereALaneRewinds) {
  source_.position_at_source = true;
  sink_.fail_flushes = 1;
  sink_.acks_at_flush = true;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished);
  EXPECT_GE(status.rewinds, 1U);
  EXPECT_GE(source_.seeks, 1) << "the lane went on behind what was not delivered";
  EXPECT_GT(sink_.received.size(), 100U) << "nothing came again";
  std::vector<Received> different = sorted(sink_.received);
  different.erase(std::unique(different.begin(), different.end()), different.end());
  EXPECT_EQ(different, expected());
}

}  // namespace
}  // namespace hiveframe::runtime::test
