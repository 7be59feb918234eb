// What a limited run counts, and what it promises of the next one.

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/counts_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(CountsTest, ALimitedRunDoesNotPromiseWhereTheNextOneBegins) {
  options_.limit = 60;
  add_transform(pipeline::Verdict::reject, [](std::int64_t id) { return id == 37; });
  const Status status = run();
  EXPECT_EQ(status.state, State::failed);
  EXPECT_THAT(status.reason, AllOf(HasSubstr("lane-0 record 37"), Not(HasSubstr("next run"))));
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, ALimitCountsWhatTheSourceRefused) {
  spec_.on_error = OnError::drop;
  source_.refused_beside = true;
  const std::vector<std::vector<std::int64_t>> refusals{
      {0, 2, 4}, {2}, {0, 1, 2}, {0, 1, 2, 3, 4, 5}, {3, 4, 5, 6}, {1, 2, 3, 50}, {99}};
  for (const std::vector<std::int64_t>& refuse : refusals) {
    for (const std::uint64_t limit : {1, 3, 4, 100, 1000}) {
      source_.refuse = refuse;
      options_.limit = limit;
      sink_.received.clear();
      const Status status = run();
      ASSERT_EQ(status.state, State::finished) << status.reason;
      const std::uint64_t read = std::min<std::uint64_t>(limit, 100);
      EXPECT_EQ(status.read, read);
      const auto refused = std::count_if(refuse.begin(), refuse.end(), [read](std::int64_t id) {
        return id < static_cast<std::int64_t>(read);
      });
      EXPECT_EQ(status.rejected, static_cast<std::uint64_t>(refused)) << "those that stand before the cut";
      expect_all_accounted_for(status);
      expect_written(status);
    }
  }
}

TEST_F(CountsTest, ALimitIsReachedThoughEveryRecordIsRefused) {
  spec_.on_error = OnError::drop;
  source_.refused_beside = true;
  source_.batch = 1;
  for (std::int64_t id = 0; id < 100; ++id)
    source_.refuse.push_back(id);
  options_.limit = 5;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_EQ(status.read, 5u);
  EXPECT_EQ(status.rejected, 5u);
  expect_all_accounted_for(status);
}

TEST_F(CountsTest, ALimitHoldsThoughTheLaneRewinds) {
  spec_.on_error = OnError::drop;
  source_.refuse = {3, 20, 21, 60};
  source_.refused_beside = true;
  options_.limit = 50;
  sink_.acks_at_flush = true;
  sink_.fail_flushes = 3;
  const Status status = run();
  EXPECT_EQ(status.state, State::finished) << status.reason;
  EXPECT_GE(status.rewinds, 1u);
  EXPECT_EQ(status.read, 50u);
  EXPECT_EQ(status.rejected, 3u);
  EXPECT_EQ(status.sinks[0].written, 47u);
  expect_all_accounted_for(status);
}

}  // namespace
}  // namespace hiveframe::runtime::test
