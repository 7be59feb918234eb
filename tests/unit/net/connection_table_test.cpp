#include "net/connection_table.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <vector>

namespace hiveframe::net {
namespace {

TEST(ConnectionTableTest, TheLongestWaitingGivesWay) {
  ConnectionTable table(2);
  EXPECT_TRUE(table.admit(1).admitted);
  EXPECT_TRUE(table.admit(2).admitted);
  table.set_busy(1);
  table.set_waiting(1);
  const auto admission = table.admit(3);
  EXPECT_TRUE(admission.admitted);
  EXPECT_EQ(admission.evicted, 2);
  EXPECT_EQ(table.size(), 2);
}

TEST(ConnectionTableTest, WhatIsBeingAnsweredStays) {
  ConnectionTable table(2);
  table.admit(1);
  table.admit(2);
  table.set_busy(1);
  table.set_busy(2);
  const auto admission = table.admit(3);
  EXPECT_FALSE(admission.admitted);
  EXPECT_EQ(admission.evicted, std::nullopt);
  EXPECT_EQ(table.evict(), std::nullopt);
  table.remove(1);
  EXPECT_TRUE(table.admit(3).admitted);
}

TEST(ConnectionTableTest, ThousandsThatAskNothingKeepNobodyOut) {
  ConnectionTable table(256);
  for (ConnectionTable::Id id = 1; id <= 100'000; ++id) {
    ASSERT_TRUE(table.admit(id).admitted);
    ASSERT_LE(table.size(), 256);
  }
}

TEST(ConnectionTableTest, IsWhatAnOrderedListWouldBe) {
  std::minstd_rand random(7);
  ConnectionTable table(8);
  std::vector<ConnectionTable::Id> waiting;
  std::map<ConnectionTable::Id, bool> there;  // whether it waits
  const auto forget = [&](ConnectionTable::Id id) { std::erase(waiting, id); };
  for (ConnectionTable::Id next = 1; next <= 20'000;) {
    const ConnectionTable::Id some = next - std::min<ConnectionTable::Id>(next - 1, random() % 12);
    switch (random() % 4) {
      case 0: {
        const auto admission = table.admit(next);
        if (there.size() < 8) {
          ASSERT_TRUE(admission.admitted && !admission.evicted);
        } else if (waiting.empty()) {
          ASSERT_FALSE(admission.admitted);
        } else {
          ASSERT_EQ(admission.evicted, waiting.front());
          there.erase(waiting.front());
          waiting.erase(waiting.begin());
        }
        if (admission.admitted) {
          waiting.push_back(next);
          there[next] = true;
        }
        ++next;
        break;
      }
      case 1:
        table.set_busy(some);
        if (there.contains(some)) forget(some);
        break;
      case 2:
        table.set_waiting(some);
        if (there.contains(some)) {
          forget(some);
          waiting.push_back(some);
        }
        break;
      default:
        table.remove(some);
        forget(some);
        there.erase(some);
    }
    ASSERT_EQ(table.size(), there.size());
  }
}

}  // namespace
}  // namespace hiveframe::net
