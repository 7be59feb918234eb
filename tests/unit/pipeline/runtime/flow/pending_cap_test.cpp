#include "pipeline/runtime/flow/pending_cap.hpp"

#include <gtest/gtest.h>

namespace hiveframe::runtime {
namespace {

bool holds_after(PendingCap& cap, std::uint64_t pending) {
  cap.update(pending);
  return cap.holds();
}

TEST(PendingCap, HoldsAtTheCapAndClearsAtHalf) {
  PendingCap cap(100);
  EXPECT_FALSE(cap.holds());
  EXPECT_FALSE(holds_after(cap, 99));
  EXPECT_TRUE(holds_after(cap, 100));
  EXPECT_TRUE(holds_after(cap, 150));
  EXPECT_TRUE(holds_after(cap, 51));
  EXPECT_FALSE(holds_after(cap, 50));
  EXPECT_FALSE(holds_after(cap, 99));
  EXPECT_TRUE(holds_after(cap, 100)) << "every time";
}

TEST(PendingCap, NeverHoldsWithNothingPending) {
  for (const std::uint64_t records : {0ULL, 1ULL}) {
    PendingCap cap(records);
    EXPECT_FALSE(holds_after(cap, 0));
    EXPECT_TRUE(holds_after(cap, 1));
    EXPECT_FALSE(holds_after(cap, 0));
  }
}

}  // namespace
}  // namespace hiveframe::runtime
