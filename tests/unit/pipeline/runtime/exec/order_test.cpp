// How many requests of a lane are under way at a sink, by what the sink can and the pipeline's `ordered`.

#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

class OrderTest : public PipelineTest {};

TEST_F(OrderTest, LanesAreWrittenSideBySideBySinksThatCan) {
  source_.lanes = 4;
  source_.records_per_lane = 400;
  sink_.concurrency = 4;
  sink_.stalled = true;
  run([this](Pipeline&) {
    await([this] { return sink_.overlapping >= 3; });
    sink_.stalled = false;
  });
  expect_all_once_in_order(sink_);
}

TEST_F(OrderTest, ALaneIsWrittenByOneRequestAtATime) {
  source_.records_per_lane = 400;
  sink_.concurrency = 4;
  sink_.batch_records = 10;
  EXPECT_EQ(run().state, State::finished);
  EXPECT_EQ(sink_.overlapping, 0);
  expect_all_once_in_order(sink_);
}

TEST_F(OrderTest, WithoutOrderALaneIsWrittenByAsManyRequestsAsTheSinkTakes) {
  spec_.ordered = false;
  source_.records_per_lane = 400;
  sink_.concurrency = 4;
  sink_.batch_records = 10;
  sink_.stalled = true;
  const Status status = run([this](Pipeline&) {
    await([this] { return sink_.overlapping >= 3; });
    sink_.stalled = false;
  });
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(sorted(sink_.received), expected());
}

TEST_F(OrderTest, WithoutOrderNothingIsLostByWritesThatFail) {
  spec_.ordered = false;
  source_.lanes = 3;
  source_.records_per_lane = 2000;
  sink_.concurrency = 4;
  sink_.batch_records = 10;
  sink_.fail_every = 3;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 2;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GT(status.retries, 100u);
  EXPECT_GT(status.rewinds, 0u);
  const std::set<Received> received(sink_.received.begin(), sink_.received.end());
  EXPECT_EQ(std::vector<Received>(received.begin(), received.end()), expected());
}

}  // namespace
}  // namespace hiveframe::runtime::test
