#include "pipeline/runtime/flow/batcher.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace hiveframe::runtime {
namespace {

using namespace std::chrono_literals;
constexpr Batcher::Clock::time_point start{std::chrono::hours(1)};

TEST(Batcher, IsFullByRecordsOrBytes) {
  Batcher batcher({.records = 3, .bytes = 100});
  EXPECT_FALSE(batcher.add(2, 10, start));
  EXPECT_TRUE(batcher.add(1, 10, start));
  batcher.reset();
  EXPECT_TRUE(batcher.empty());
  EXPECT_FALSE(batcher.add(1, 99, start));
  EXPECT_TRUE(batcher.add(1, 1, start));
  EXPECT_EQ(batcher.records(), 2U);
  EXPECT_EQ(batcher.bytes(), 100U);
}

TEST(Batcher, FitsKeepsWithinTheLimits) {
  Batcher batcher({.records = 3, .bytes = 100});
  EXPECT_TRUE(batcher.fits(1000, 1000)) << "an empty batch takes anything";
  batcher.add(1, 60, start);
  EXPECT_TRUE(batcher.fits(1, 40));
  EXPECT_FALSE(batcher.fits(1, 41));
  EXPECT_TRUE(batcher.fits(2, 0));
  EXPECT_FALSE(batcher.fits(3, 0));
  EXPECT_FALSE(batcher.fits(1, std::numeric_limits<std::uint64_t>::max()));
  batcher.add(1000, 1000, start);
  EXPECT_FALSE(batcher.fits(1, 1));
}

TEST(Batcher, WithoutLimitsIsNeverFull) {
  Batcher batcher({});
  EXPECT_FALSE(batcher.add(1'000'000'000, 1ULL << 60, start));
  EXPECT_TRUE(batcher.fits(1, 1));
  EXPECT_EQ(batcher.deadline(), std::nullopt);
  EXPECT_FALSE(batcher.due(Batcher::Clock::time_point::max()));
}

TEST(Batcher, LingerCountsFromTheFirstRecord) {
  Batcher batcher({.records = 10, .linger = 50ms});
  EXPECT_EQ(batcher.deadline(), std::nullopt);
  batcher.add(0, 0, start);
  EXPECT_EQ(batcher.deadline(), std::nullopt) << "nothing waits yet";
  batcher.add(1, 1, start + 10ms);
  batcher.add(1, 1, start + 40ms);
  EXPECT_EQ(batcher.deadline(), start + 60ms);
  EXPECT_FALSE(batcher.due(start + 59ms));
  EXPECT_TRUE(batcher.due(start + 60ms));
  batcher.reset();
  EXPECT_FALSE(batcher.due(start + 60ms));
}

TEST(Batcher, ALingerOfZeroIsDueAtOnce) {
  Batcher batcher({.records = 10, .linger = 0ms});
  batcher.add(1, 1, start);
  EXPECT_TRUE(batcher.due(start));
}

}  // namespace
}  // namespace hiveframe::runtime
