#include "daemon/admin/rates.hpp"

#include <gtest/gtest.h>

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;

class RatesTest : public ::testing::Test {
 protected:
  RatesTest() {
    view_.name = "orders";
    view_.status.emplace();
    view_.status->started = begin_;
    view_.status->sinks.resize(2);
  }
  void passed(std::uint64_t read) {
    view_.status->read = read;
    view_.status->read_bytes = read * 100;
    view_.status->sinks[1].written = read / 2;
  }
  /// As the server does it, with so many records each second.
  void run(std::chrono::seconds from, std::chrono::seconds to, std::uint64_t per_second) {
    for (auto at = from; at < to; at += Rates::every) {
      rates_.look({view_}, begin_ + at);
      passed(view_.status->read + per_second * 5);
    }
  }
  double records(std::chrono::seconds at) const { return rates_.rate(view_, begin_ + at)->records_read; }

  const Rates::Time begin_ = Rates::Time(1h);
  Rates rates_;
  PipelineView view_;
};

TEST_F(RatesTest, BeginsWithTheRun) {
  passed(500);
  const auto rate = rates_.rate(view_, begin_ + 10s);
  ASSERT_TRUE(rate);
  EXPECT_DOUBLE_EQ(rate->records_read, 50);
  EXPECT_DOUBLE_EQ(rate->bytes_read, 5'000);
  EXPECT_DOUBLE_EQ(rate->records_written, 25);
  EXPECT_FALSE(rates_.rate(view_, begin_)) << "no time has passed";
}

TEST_F(RatesTest, IsOfTheLastMinute) {
  run(0s, 600s, 1'000);
  EXPECT_NEAR(records(600s), 1'000, 20);
  run(600s, 700s, 10);
  EXPECT_NEAR(records(700s), 10, 1) << "what was a while ago does not count";
}

TEST_F(RatesTest, AnotherRunBeginsAnew) {
  run(0s, 100s, 1'000);
  view_.status->started = begin_ + 100s;
  passed(70);
  EXPECT_DOUBLE_EQ(records(110s), 7);
  rates_.look({view_}, begin_ + 110s);
  EXPECT_DOUBLE_EQ(records(110s), 7);
}

TEST_F(RatesTest, WhatARewindTakesBackIsNotBelowZero) {
  run(0s, 120s, 1'000);
  passed(1);
  EXPECT_EQ(records(120s), 0);
}

TEST_F(RatesTest, NothingPassesOneThatEndedLongAgo) {
  run(0s, 20s, 1'000);
  view_.status->ended = begin_ + 20s;
  EXPECT_GT(records(21s), 0);
  EXPECT_EQ(records(1h), 0);
}

TEST_F(RatesTest, NothingOfOneThatNeverRan) {
  view_.status.reset();
  rates_.look({view_}, begin_);
  EXPECT_FALSE(rates_.rate(view_, begin_ + 1s));
}

}  // namespace
}  // namespace hiveframe::daemon
