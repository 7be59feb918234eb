#include "pipeline/runtime/flow/pending_cap.hpp"

#include <gtest/gtest.h>

namespace hiveframe::runtime {
namespace {

using Change = PendingCap::Change;

TEST(PendingCap, HoldsAtTheCapAndClearsAtHalf) {
  PendingCap cap(100);
  EXPECT_EQ(cap.update(99), Change::none);
  EXPECT_FALSE(cap.holds());
  EXPECT_EQ(cap.update(100), Change::reached);
  EXPECT_TRUE(cap.holds());
  EXPECT_EQ(cap.update(150), Change::none) << "said once";
  EXPECT_EQ(cap.update(51), Change::none);
  EXPECT_TRUE(cap.holds());
  EXPECT_EQ(cap.update(50), Change::cleared);
  EXPECT_FALSE(cap.holds());
  EXPECT_EQ(cap.update(99), Change::none);
}

TEST(PendingCap, NeverHoldsWithNothingPending) {
  for (const std::uint64_t records : {0ULL, 1ULL}) {
    PendingCap cap(records);
    EXPECT_EQ(cap.update(0), Change::none);
    EXPECT_FALSE(cap.holds());
    EXPECT_EQ(cap.update(1), Change::reached);
    EXPECT_EQ(cap.update(0), Change::cleared);
  }
}

}  // namespace
}  // namespace hiveframe::runtime
