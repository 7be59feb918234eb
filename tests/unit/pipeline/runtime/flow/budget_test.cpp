#include "pipeline/runtime/flow/budget.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>
#include <vector>

namespace hiveframe::runtime {
namespace {

using Ids = std::vector<Budget::WaiterId>;

TEST(Budget, ALonePipelineHasAllOfIt) {
  Budget budget(1000);
  const auto a = budget.add_pipeline();
  EXPECT_TRUE(budget.try_reserve(a, 400).granted);
  EXPECT_TRUE(budget.try_reserve(a, 600).granted);
  EXPECT_EQ(budget.held(), 1000U);
  const auto waiting = budget.try_reserve(a, 1);
  EXPECT_FALSE(waiting.granted);
  EXPECT_TRUE(budget.take_granted().empty());
  budget.release(a, 1);
  EXPECT_EQ(budget.take_granted(), Ids{waiting.waiter});
  EXPECT_TRUE(budget.take_granted().empty()) << "told once";
  EXPECT_EQ(budget.held(), 1000U) << "the bytes are taken already";
}

TEST(Budget, ADeadNeighbourCannotTouchAGuarantee) {
  Budget budget(1000);
  const auto dead = budget.add_pipeline();
  const auto alive = budget.add_pipeline();
  while (budget.try_reserve(dead, 10).granted) {
  }
  EXPECT_EQ(budget.held(dead), 750U) << "its guarantee and all that is lent";
  for (int i = 0; i < 25; ++i)
    ASSERT_TRUE(budget.try_reserve(alive, 10).granted) << i;
  EXPECT_FALSE(budget.try_reserve(alive, 10).granted);
  EXPECT_EQ(budget.held(), 1000U);
}

TEST(Budget, OverdraftOfANeighbourCannotTouchAGuaranteeEither) {
  Budget budget(1000);
  const auto dead = budget.add_pipeline();
  const auto alive = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(dead, 750).granted);
  budget.charge(dead, 5000);
  for (int i = 0; i < 25; ++i)
    ASSERT_TRUE(budget.try_reserve(alive, 10).granted) << i;
}

TEST(Budget, WhoHoldsNothingTakesOneRequestOfAnySize) {
  Budget budget(1000);
  const auto a = budget.add_pipeline();
  const auto b = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 750).granted);
  EXPECT_TRUE(budget.try_reserve(b, 5000).granted);
  EXPECT_FALSE(budget.try_reserve(b, 1).granted);
  budget.release(b, 5000);
  EXPECT_EQ(budget.take_granted().size(), 1U);
}

TEST(Budget, WhatIsUnderWayTakesMoreOnlyWhereThereIsRoom) {
  Budget budget(1000);
  const auto pipeline = budget.add_pipeline();
  EXPECT_TRUE(budget.try_charge(pipeline, 600));
  EXPECT_FALSE(budget.try_charge(pipeline, 151)) << "a quarter is left to others";
  EXPECT_EQ(budget.held(), 600u);
  EXPECT_TRUE(budget.try_charge(pipeline, 150));
  budget.release(pipeline, 1000);
  EXPECT_FALSE(budget.try_charge(pipeline, 1001)) << "though it holds nothing";
}

TEST(Budget, APipelineThatIsForgottenTakesNothing) {
  Budget budget(1000);
  const auto pipeline = budget.add_pipeline();
  budget.remove_pipeline(pipeline);
  budget.charge(pipeline, 10);
  EXPECT_FALSE(budget.try_charge(pipeline, 10));
  EXPECT_EQ(budget.held(), 0u);
}

TEST(Budget, ALimitOfZeroStillPassesOneAtATime) {
  Budget budget(0);
  const auto a = budget.add_pipeline();
  EXPECT_TRUE(budget.try_reserve(a, 10).granted);
  const auto second = budget.try_reserve(a, 10);
  EXPECT_FALSE(second.granted);
  budget.release(a, 10);
  EXPECT_EQ(budget.take_granted(), Ids{second.waiter});
}

TEST(Budget, WaitersOfOnePipelineAreServedInOrder) {
  Budget budget(100);
  const auto a = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 100).granted);
  const auto large = budget.try_reserve(a, 80);
  const auto small = budget.try_reserve(a, 10);
  const auto free_of_charge = budget.try_reserve(a, 0);
  EXPECT_FALSE(free_of_charge.granted) << "not even nothing passes its elders";
  budget.release(a, 10);
  EXPECT_TRUE(budget.take_granted().empty()) << "the small one may not pass the large one";
  budget.release(a, 80);
  EXPECT_EQ(budget.take_granted(), (Ids{large.waiter, small.waiter, free_of_charge.waiter}));
}

TEST(Budget, BorrowersAreServedInOrderOfArrival) {
  Budget budget(1000);
  const auto a = budget.add_pipeline();
  const auto b = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 250).granted);
  ASSERT_TRUE(budget.try_reserve(b, 250).granted);
  ASSERT_TRUE(budget.try_reserve(a, 500).granted);
  const auto first = budget.try_reserve(b, 100);
  const auto second = budget.try_reserve(a, 100);
  const auto third = budget.try_reserve(b, 100);
  budget.release(a, 200);
  EXPECT_EQ(budget.take_granted(), (Ids{first.waiter, second.waiter}));
  budget.release(a, 100);
  EXPECT_EQ(budget.take_granted(), Ids{third.waiter});
}

TEST(Budget, CancelLetsTheNextOnePass) {
  Budget budget(100);
  const auto a = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 90).granted);
  const auto large = budget.try_reserve(a, 50);
  const auto small = budget.try_reserve(a, 10);
  EXPECT_TRUE(budget.cancel(large.waiter));
  EXPECT_EQ(budget.take_granted(), Ids{small.waiter});
  EXPECT_FALSE(budget.cancel(large.waiter));
}

TEST(Budget, CancelOfAGrantedRequestSaysSoAndIsNotToldAgain) {
  Budget budget(100);
  const auto a = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 100).granted);
  const auto waiting = budget.try_reserve(a, 50);
  budget.release(a, 100);
  EXPECT_FALSE(budget.cancel(waiting.waiter));
  EXPECT_TRUE(budget.take_granted().empty());
  EXPECT_EQ(budget.held(), 50U);
  budget.release(a, 50);
  EXPECT_EQ(budget.held(), 0U);
}

TEST(Budget, ANewcomerWaitsForRoomRatherThanBreakTheLimit) {
  Budget budget(1000);
  const auto old = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(old, 1000).granted);
  const auto old_waits = budget.try_reserve(old, 10);
  const auto newcomer = budget.add_pipeline();
  EXPECT_TRUE(budget.try_reserve(newcomer, 10).granted) << "it holds nothing";
  const auto newcomer_waits = budget.try_reserve(newcomer, 100);
  EXPECT_FALSE(newcomer_waits.granted);
  budget.release(old, 100);
  EXPECT_EQ(budget.take_granted(), Ids{newcomer_waits.waiter}) << "before the borrower that waited longer";
  budget.release(old, 900);
  EXPECT_EQ(budget.take_granted(), Ids{old_waits.waiter});
}

TEST(Budget, ARemovedPipelineGivesUpItsShareAndMayReleaseLater) {
  Budget budget(1000);
  const auto a = budget.add_pipeline();
  const auto b = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 250).granted);
  ASSERT_TRUE(budget.try_reserve(b, 700).granted);
  const auto withdrawn = budget.try_reserve(b, 100);
  budget.remove_pipeline(b);
  EXPECT_FALSE(budget.cancel(withdrawn.waiter));
  EXPECT_EQ(budget.held(b), 700U);
  const auto waiting = budget.try_reserve(a, 100);
  EXPECT_FALSE(waiting.granted) << "what the removed one holds still counts against the limit";
  budget.release(b, 700);
  EXPECT_EQ(budget.take_granted(), Ids{waiting.waiter});
  EXPECT_EQ(budget.held(b), 0U);
  EXPECT_THROW(budget.try_reserve(b, 1), std::out_of_range);
  EXPECT_TRUE(budget.try_reserve(a, 650).granted) << "all of it is the last one's";
}

TEST(Budget, ReleasingTooMuchIsReleasingAll) {
  Budget budget(100);
  const auto a = budget.add_pipeline();
  ASSERT_TRUE(budget.try_reserve(a, 60).granted);
  budget.release(a, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(budget.held(), 0U);
  EXPECT_TRUE(budget.try_reserve(a, std::numeric_limits<std::uint64_t>::max()).granted);
  EXPECT_FALSE(budget.try_reserve(a, std::numeric_limits<std::uint64_t>::max()).granted);
}

}  // namespace
}  // namespace hiveframe::runtime
