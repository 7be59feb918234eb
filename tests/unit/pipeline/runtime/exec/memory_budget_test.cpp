#include "pipeline/runtime/exec/memory_budget.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

namespace hiveframe::runtime::test {
namespace {

using ChargePtr = std::unique_ptr<record::Charge>;

class MemoryBudgetTest : public ::testing::Test {
 protected:
  /// What became of one reserve().
  struct Request {
    bool answered = false;
    ChargePtr charge;
  };

  std::shared_ptr<Request> reserve(
      MemoryBudget::Account& account, std::uint64_t bytes,
      std::function<bool()> given_up = [] { return false; }) {
    auto request = std::make_shared<Request>();
    const auto ask = [&account, bytes, given_up, request]() -> pipeline::Task<void> {
      std::function<bool()> gives_up = given_up;
      request->charge = co_await account.reserve(bytes, std::move(gives_up));
      request->answered = true;
    };
    // Kept until the end: the closure is what the coroutine runs in.
    asks_.push_back(std::make_unique<std::function<pipeline::Task<void>()>>(ask));
    boost::asio::co_spawn(strand_, (*asks_.back())(), boost::asio::detached);
    turn();
    return request;
  }
  void turn() {
    strand_.restart();
    strand_.poll();
  }

  MemoryBudget memory_{1000};  // outlives every charge
  std::vector<std::unique_ptr<std::function<pipeline::Task<void>()>>> asks_;
  boost::asio::io_context strand_;
};

TEST_F(MemoryBudgetTest, WaitsForRoomAndTakesItWhenItComes) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  const auto first = reserve(account, 800);
  ASSERT_TRUE(first->charge);
  const auto second = reserve(account, 300);
  EXPECT_FALSE(second->answered);
  EXPECT_EQ(account.held(), 800u);
  first->charge.reset();
  turn();
  ASSERT_TRUE(second->charge);
  EXPECT_EQ(account.held(), 300u);
  second->charge.reset();
  EXPECT_EQ(memory_.held(), 0u);
}

TEST_F(MemoryBudgetTest, OneThatHoldsNothingMayAlwaysTakeOne) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  EXPECT_TRUE(reserve(account, 5000)->charge);
}

TEST_F(MemoryBudgetTest, ANeighbourThatHoldsAllItMayLeavesRoomForOthers) {
  MemoryBudget::Account dead(memory_, strand_.get_executor());
  MemoryBudget::Account lively(memory_, strand_.get_executor());
  std::vector<std::shared_ptr<Request>> held;
  do
    held.push_back(reserve(dead, 50));
  while (held.back()->answered);
  const auto first = reserve(lively, 100);
  const auto second = reserve(lively, 100);
  EXPECT_TRUE(first->charge);
  EXPECT_TRUE(second->charge) << "within its guarantee";
  dead.cancel();
  turn();
}

TEST_F(MemoryBudgetTest, CancelAnswersThoseWhoWaitAndThoseWhoComeLater) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  const auto held = reserve(account, 1000);
  const auto waiting = reserve(account, 10);
  ASSERT_FALSE(waiting->answered);
  account.cancel();
  turn();
  EXPECT_TRUE(waiting->answered);
  EXPECT_FALSE(waiting->charge);
  const auto later = reserve(account, 10);
  EXPECT_TRUE(later->answered);
  EXPECT_FALSE(later->charge);
  held->charge.reset();
  turn();
  EXPECT_EQ(memory_.held(), 0u);
}

TEST_F(MemoryBudgetTest, OneThatGivesUpLeavesItsPlaceToTheNext) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  const auto held = reserve(account, 600);
  bool given_up = false;
  const auto large = reserve(account, 1000, [&given_up] { return given_up; });
  const auto small = reserve(account, 100);
  EXPECT_FALSE(large->answered);
  EXPECT_FALSE(small->answered) << "first come, first served";
  given_up = true;
  account.wake();
  turn();
  EXPECT_TRUE(large->answered);
  EXPECT_FALSE(large->charge);
  ASSERT_TRUE(small->charge);
  EXPECT_EQ(account.held(), 700u);
}

TEST_F(MemoryBudgetTest, AGrantThatIsStillOnItsWayWhenItIsCancelledIsNotLost) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  const auto held = reserve(account, 1000);
  const auto waiting = reserve(account, 400);
  ASSERT_FALSE(waiting->answered);
  account.cancel();      // the coroutine is woken …
  held->charge.reset();  // … and granted before it runs
  EXPECT_EQ(account.held(), 400u);
  turn();
  EXPECT_TRUE(waiting->answered);
  waiting->charge.reset();
  EXPECT_EQ(memory_.held(), 0u);
}

TEST_F(MemoryBudgetTest, AChargeFollowsWhatItsStorageHolds) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  ChargePtr charge = account.overdraw(100);
  charge->resize(5000);
  EXPECT_EQ(account.held(), 5000u) << "beyond the limit: it is held already";
  charge->resize(200);
  EXPECT_EQ(account.held(), 200u);
  const auto next = reserve(account, 800);
  EXPECT_TRUE(next->answered);
  charge.reset();
  EXPECT_EQ(account.held(), 800u);
}

TEST_F(MemoryBudgetTest, ShrinkingWakesWhoeverWaits) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  const auto held = reserve(account, 900);
  const auto waiting = reserve(account, 500);
  ASSERT_FALSE(waiting->answered);
  held->charge->resize(100);
  turn();
  EXPECT_TRUE(waiting->charge);
}

TEST_F(MemoryBudgetTest, AChargeMayOutliveItsAccount) {
  ChargePtr charge;
  {
    MemoryBudget::Account account(memory_, strand_.get_executor());
    charge = account.overdraw(300);
  }
  EXPECT_EQ(memory_.held(), 300u);
  charge->resize(100);
  EXPECT_EQ(memory_.held(), 100u);
  charge.reset();
  EXPECT_EQ(memory_.held(), 0u);
}

TEST_F(MemoryBudgetTest, AnAccountThatGoesWakesItsNeighbours) {
  MemoryBudget::Account account(memory_, strand_.get_executor());
  std::shared_ptr<Request> waiting;
  std::shared_ptr<Request> held;
  {
    MemoryBudget::Account neighbour(memory_, strand_.get_executor());
    held = reserve(account, 700);
    ASSERT_TRUE(held->charge);
    waiting = reserve(account, 300);
    ASSERT_FALSE(waiting->answered) << "that would be of the neighbour's guarantee";
  }
  turn();
  EXPECT_TRUE(waiting->charge);
}

TEST(MemoryBudgetThreadsTest, NothingLeaksAndNobodyIsForgottenWhenBytesComeBackOnManyThreads) {
  MemoryBudget memory(1000);
  constexpr int loops = 8;
  constexpr int rounds = 300;
  std::atomic<int> granted{0};
  {
    boost::asio::thread_pool pool(4);
    const auto strand = boost::asio::make_strand(pool.get_executor());
    MemoryBudget::Account account(memory, strand);
    const std::function<pipeline::Task<void>()> loop = [&]() -> pipeline::Task<void> {
      for (int i = 0; i < rounds; ++i) {
        std::function<bool()> never = [] { return false; };
        ChargePtr charge =
            co_await account.reserve(static_cast<std::uint64_t>(1 + (i * 37) % 400), std::move(never));
        EXPECT_TRUE(charge);
        ++granted;
        auto shared = std::make_shared<ChargePtr>(std::move(charge));
        boost::asio::post(pool, [shared] { shared->reset(); });
      }
    };
    for (int i = 0; i < loops; ++i)
      boost::asio::co_spawn(strand, loop(), boost::asio::detached);
    pool.join();
  }
  EXPECT_EQ(granted, loops * rounds);
  EXPECT_EQ(memory.held(), 0u);
}

}  // namespace
}  // namespace hiveframe::runtime::test
