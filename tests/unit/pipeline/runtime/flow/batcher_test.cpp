#include "pipeline/runtime/flow/batcher.hpp"

#include <gtest/gtest.h>

namespace hiveframe::runtime {
namespace {

using namespace std::chrono_literals;
constexpr Batcher::Clock::time_point start{std::chrono::hours(1)};

TEST(Batcher, IsFullByRecordsOrBytes) {
  const BatchLimits limits{.records = 3, .bytes = 100};
  Batcher by_records(limits);
  EXPECT_TRUE(by_records.empty());
  EXPECT_FALSE(by_records.add(2, 10, start));
  EXPECT_FALSE(by_records.empty());
  EXPECT_TRUE(by_records.add(1, 10, start));
  Batcher by_bytes(limits);
  EXPECT_FALSE(by_bytes.add(1, 99, start));
  EXPECT_TRUE(by_bytes.add(1, 1, start));
  EXPECT_EQ(by_bytes.records(), 2U);
  EXPECT_EQ(by_bytes.bytes(), 100U);
}

TEST(Batcher, MoreThanTheLimitsIsFullAtOnce) {
  Batcher batcher({.records = 3, .bytes = 100});
  EXPECT_TRUE(batcher.add(1000, 1000, start));
}

TEST(Batcher, WithoutLimitsIsNeverFull) {
  Batcher batcher({});
  EXPECT_FALSE(batcher.add(1'000'000'000, 1ULL << 60, start));
  EXPECT_EQ(batcher.deadline(), std::nullopt);
}

TEST(Batcher, LingerCountsFromTheFirstRecord) {
  Batcher batcher({.records = 10, .linger = 50ms});
  EXPECT_EQ(batcher.deadline(), std::nullopt);
  batcher.add(0, 0, start);
  EXPECT_EQ(batcher.deadline(), std::nullopt) << "nothing waits yet";
  batcher.add(1, 1, start + 10ms);
  batcher.add(1, 1, start + 40ms);
  EXPECT_EQ(batcher.deadline(), start + 60ms);
}

TEST(Batcher, ALingerOfZeroIsDueAtOnce) {
  Batcher batcher({.records = 10, .linger = 0ms});
  batcher.add(1, 1, start);
  EXPECT_EQ(batcher.deadline(), start);
}

}  // namespace
}  // namespace hiveframe::runtime
