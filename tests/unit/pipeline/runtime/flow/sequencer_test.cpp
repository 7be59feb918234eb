#include "pipeline/runtime/flow/sequencer.hpp"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

namespace hiveframe::runtime {
namespace {

using Box = std::unique_ptr<int>;  // movable, not copyable

Box box(int value) { return std::make_unique<int>(value); }

TEST(Sequencer, ReleasesInOrder) {
  Sequencer<Box> sequencer;
  for (Sequence i = 0; i < 3; ++i)
    ASSERT_TRUE(sequencer.begin(i));
  EXPECT_TRUE(sequencer.push(0, 2, box(2)));
  EXPECT_FALSE(sequencer.pop().has_value());
  EXPECT_TRUE(sequencer.push(0, 0, box(0)));
  EXPECT_EQ(**sequencer.pop(), 0);
  EXPECT_FALSE(sequencer.pop().has_value());
  EXPECT_TRUE(sequencer.push(0, 1, box(1)));
  EXPECT_EQ(**sequencer.pop(), 1);
  EXPECT_EQ(**sequencer.pop(), 2);
  EXPECT_FALSE(sequencer.pop().has_value());
  EXPECT_EQ(sequencer.size(), 0U);
}

TEST(Sequencer, RefusesWhatWasNotBegunAndLeavesItInHand) {
  Sequencer<Box> sequencer;
  ASSERT_TRUE(sequencer.begin(0));
  EXPECT_FALSE(sequencer.begin(0));
  EXPECT_FALSE(sequencer.begin(2));
  Box result = box(7);
  EXPECT_FALSE(sequencer.push(0, 1, std::move(result)));
  EXPECT_FALSE(sequencer.push(1, 0, std::move(result)));
  EXPECT_FALSE(sequencer.push(0, ~Sequence{0}, std::move(result)));
  ASSERT_NE(result, nullptr);
  EXPECT_TRUE(sequencer.push(0, 0, std::move(result)));
  EXPECT_FALSE(sequencer.push(0, 0, box(8))) << "twice";
  EXPECT_EQ(**sequencer.pop(), 7);
  EXPECT_FALSE(sequencer.push(0, 0, box(9))) << "released";
}

TEST(Sequencer, ResetDropsTheOldEpoch) {
  Sequencer<std::shared_ptr<int>> sequencer;
  std::weak_ptr<int> watched;
  {
    auto held = std::make_shared<int>(1);
    watched = held;
    sequencer.begin(0);
    sequencer.begin(1);
    ASSERT_TRUE(sequencer.push(0, 1, std::move(held)));
  }
  ASSERT_FALSE(watched.expired());
  sequencer.reset(1);
  EXPECT_TRUE(watched.expired());
  EXPECT_FALSE(sequencer.push(0, 0, std::make_shared<int>(2)));
  ASSERT_TRUE(sequencer.begin(0));
  EXPECT_FALSE(sequencer.push(0, 0, std::make_shared<int>(2))) << "same number, old epoch";
  EXPECT_TRUE(sequencer.push(1, 0, std::make_shared<int>(3)));
  EXPECT_EQ(**sequencer.pop(), 3);
}

TEST(Sequencer, DroppedResultsMayCallBack) {
  struct Probe {
    std::function<void()> on_destruction;
    ~Probe() { on_destruction(); }
  };
  Sequencer<std::unique_ptr<Probe>> sequencer;
  std::size_t seen_size = 99;
  Epoch seen_epoch = 99;
  sequencer.begin(0);
  auto probe = std::make_unique<Probe>();
  probe->on_destruction = [&] {
    seen_size = sequencer.size();
    seen_epoch = sequencer.epoch();
  };
  ASSERT_TRUE(sequencer.push(0, 0, std::move(probe)));
  sequencer.reset(4);
  EXPECT_EQ(seen_size, 0U);
  EXPECT_EQ(seen_epoch, 4U);
}

TEST(Sequencer, AnyOrderOfArrivalLeavesInOrder) {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    Sequencer<int> sequencer;
    std::vector<Sequence> away;  // with the workers
    Sequence begun = 0;
    Epoch epoch = 0;
    std::vector<int> released;
    for (int step = 0; step < 400; ++step) {
      const auto what = random() % 100;
      if (what < 45) {
        ASSERT_TRUE(sequencer.begin(begun));
        away.push_back(begun++);
      } else if (what < 99) {
        if (away.empty()) continue;
        const std::size_t which = random() % away.size();
        const Sequence sequence = away[which];
        away.erase(away.begin() + static_cast<std::ptrdiff_t>(which));
        ASSERT_TRUE(sequencer.push(epoch, sequence, static_cast<int>(sequence)));
        if (epoch > 0) {
          EXPECT_FALSE(sequencer.push(epoch - 1, sequence, -1));
        }
        while (auto result = sequencer.pop())
          released.push_back(*result);
      } else {
        sequencer.reset(++epoch);
        away.clear();
        begun = 0;
        released.clear();
      }
      std::vector<int> expected(released.size());
      std::iota(expected.begin(), expected.end(), 0);
      ASSERT_EQ(released, expected) << "seed " << seed;
      // Everything up to the oldest still with a worker is out, and no more than was begun is held.
      const Sequence oldest = away.empty() ? begun : *std::min_element(away.begin(), away.end());
      ASSERT_EQ(released.size(), oldest);
      ASSERT_EQ(sequencer.size(), begun - oldest);
    }
  }
}

}  // namespace
}  // namespace hiveframe::runtime
