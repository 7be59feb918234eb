// Exactly once through a sink that commits several writes together, later than it answers them.

#include <gmock/gmock.h>

#include "tests/unit/pipeline/runtime/exec/gathering_sink.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

class GatheredCommitsTest : public PipelineTest {
 protected:
  GatheredCommitsTest() {
    spec_.delivery = Delivery::exactly_once;
    spec_.sinks.front().make = [this] { return std::make_unique<GatheringSink>(ledger_); };
    source_.lanes = 3;
    source_.records_per_lane = 500;
  }
  void expect_each_once_in_order() const {
    EXPECT_EQ(sorted(ledger_.rows), expected());
    std::map<std::int64_t, std::int64_t> next;
    for (const Received& each : ledger_.rows)
      EXPECT_EQ(each.id, next[each.lane]++) << "of lane " << each.lane;
  }

  GatheredLedger ledger_;
};

TEST_F(GatheredCommitsTest, WritesOfManyLanesAreOneCommit) {
  const Status status = run();
  EXPECT_EQ(status.state, State::finished);
  expect_each_once_in_order();
  EXPECT_LT(ledger_.commits, 3 * 500 / 7);
  EXPECT_THAT(ledger_.positions, SizeIs(3));
}

TEST_F(GatheredCommitsTest, WhatWasAbortedIsReadAgainAndCommittedOnce) {
  ledger_.abort_every = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished);
  EXPECT_GE(status.rewinds, 1U);
  expect_each_once_in_order();
}

TEST_F(GatheredCommitsTest, EverySecondOneMayBeAborted) {
  ledger_.abort_every = 2;
  ledger_.at_most = 33;
  EXPECT_EQ(run().state, State::finished);
  expect_each_once_in_order();
}

TEST_F(GatheredCommitsTest, OfABatchThatIsCommittedInPartOnlyTheRestComesAgain) {
  // A commit ends within batches of ten, which are written seven at a time.
  source_.lanes = 1;
  ledger_.abort_every = 2;
  ledger_.at_most = 7;
  EXPECT_EQ(run().state, State::finished);
  expect_each_once_in_order();
}

TEST_F(GatheredCommitsTest, BatchesThatAreToStayWholeAreCountedOnce) {
  ledger_.whole_batches = true;
  ledger_.abort_every = 2;
  ledger_.at_most = 33;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished);
  EXPECT_EQ(status.read, 1500U);
  EXPECT_EQ(status.sinks[0].written, 1500U);
  EXPECT_EQ(status.abandoned, 0U);
  expect_each_once_in_order();
}

TEST_F(GatheredCommitsTest, PositionsOfWhatWasFilteredAreCommittedToo) {
  add_transform(pipeline::Verdict::drop, [](std::int64_t id) { return id % 10 != 0; });
  ledger_.abort_every = 3;
  run();
  EXPECT_EQ(ledger_.rows.size(), 3U * 50);
  EXPECT_THAT(ledger_.positions,
              Each(::testing::Field(&std::pair<const std::string, pipeline::Position>::second, "500")));
}

TEST_F(GatheredCommitsTest, WhatWasAbortedIsReadAgainThoughNothingNewComes) {
  source_.endless = true;
  ledger_.abort_every = 2;
  run([this](Pipeline& pipeline) {
    await([&] { return ledger_.committed >= 3 * 500U; });
    EXPECT_GE(pipeline.status().rewinds, 1U);
    pipeline.stop();
  });
  expect_each_once_in_order();
}

TEST_F(GatheredCommitsTest, AStopCommitsWhatWasTakenAndTheNextRunGoesOnThere) {
  source_.endless = true;
  ledger_.at_most = 1'000'000;
  run([](Pipeline& pipeline) {
    await([&] { return pipeline.status().sinks[0].written >= 200; });
    pipeline.stop();
  });
  const std::size_t before = ledger_.rows.size();
  EXPECT_GE(before, 200U);
  source_.endless = false;
  run();
  expect_each_once_in_order();
}

}  // namespace
}  // namespace hiveframe::runtime::test
