// What a run says in the log: why records are dropped, and where it goes on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "pipeline/runtime/exec/rejections.hpp"
#include "tests/unit/pipeline/runtime/exec/counts_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

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
