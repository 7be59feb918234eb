#include "pipeline/runtime/flow/lane_tally.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

namespace hiveframe::runtime {
namespace {

constexpr LaneTally::Left every[] = {LaneTally::to_read, LaneTally::to_send, LaneTally::to_deliver,
                                     LaneTally::on_its_way, LaneTally::to_return};

TEST(LaneTallyTest, NoLanesHaveNothingLeft) {
  const LaneTally tally;
  for (const LaneTally::Left what : every)
    EXPECT_EQ(tally.count(what), 0u);
}

TEST(LaneTallyTest, ALaneCountsInWhatIsLeftOfIt) {
  LaneTally tally;
  LaneTally::Entry lane(tally);
  lane.set(LaneTally::to_send | LaneTally::to_return);
  lane.set(LaneTally::to_send | LaneTally::to_return);
  EXPECT_EQ(tally.count(LaneTally::to_send), 1u);
  EXPECT_EQ(tally.count(LaneTally::to_return), 1u);
  EXPECT_EQ(tally.count(LaneTally::to_read), 0u);
  lane.set(LaneTally::to_return);
  EXPECT_EQ(tally.count(LaneTally::to_send), 0u);
}

TEST(LaneTallyTest, WhatIsLeftOutOrGoneCountsNoMore) {
  LaneTally tally;
  LaneTally::Entry left_out(tally);
  left_out.set(LaneTally::to_send);
  left_out.leave_out();
  left_out.set(LaneTally::to_send);
  {
    LaneTally::Entry gone(tally);
    gone.set(LaneTally::to_send);
    EXPECT_EQ(tally.count(LaneTally::to_send), 1u);
  }
  EXPECT_EQ(tally.count(LaneTally::to_send), 0u);
}

TEST(LaneTallyTest, CountsAsOneWouldByLookingAtEach) {
  std::mt19937 random(7);
  LaneTally tally;
  std::vector<std::unique_ptr<LaneTally::Entry>> lanes;
  std::vector<unsigned> left;
  for (int step = 0; step < 20000; ++step) {
    if (lanes.size() < 20 && random() % 4 == 0) {
      lanes.push_back(std::make_unique<LaneTally::Entry>(tally));
      left.push_back(0);
    }
    if (lanes.empty()) continue;
    const std::size_t which = random() % lanes.size();
    if (random() % 16 == 0) {
      lanes.erase(lanes.begin() + static_cast<std::ptrdiff_t>(which));
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      left[which] = random() % 32;
      lanes[which]->set(left[which]);
    }
    for (const LaneTally::Left what : every) {
      std::size_t expected = 0;
      for (const unsigned each : left)
        expected += (each & what) != 0 ? 1 : 0;
      ASSERT_EQ(tally.count(what), expected) << "after step " << step;
    }
  }
}

}  // namespace
}  // namespace hiveframe::runtime
