#include "net/connection_clock.hpp"

#include <gtest/gtest.h>

namespace hiveframe::net {
namespace {

using Phase = ConnectionClock::Phase;
using std::chrono::milliseconds;

constexpr ConnectionClock::TimePoint start{std::chrono::hours(1)};

Limits limits() {
  Limits result;
  result.handshake_time = milliseconds(100);
  result.head_time = milliseconds(200);
  result.body_time = milliseconds(300);
  result.idle_time = milliseconds(400);
  result.write_time = milliseconds(500);
  return result;
}

TEST(ConnectionClockTest, EachPhaseHasItsTime) {
  const std::pair<Phase, int> expected[] = {{Phase::handshake, 100},
                                            {Phase::head, 200},
                                            {Phase::body, 300},
                                            {Phase::idle, 400},
                                            {Phase::writing, 500}};
  for (const auto& [phase, time] : expected) {
    ConnectionClock clock(limits());
    clock.enter(phase, start);
    EXPECT_EQ(clock.phase(), phase);
    EXPECT_EQ(clock.deadline(), start + milliseconds(time));
    EXPECT_FALSE(clock.is_over(start + milliseconds(time - 1)));
    EXPECT_TRUE(clock.is_over(start + milliseconds(time)));
  }
}

TEST(ConnectionClockTest, AHandlersTimeIsItsOwn) {
  ConnectionClock clock(limits());
  clock.enter(Phase::head, start);
  clock.enter(Phase::handling, start);
  EXPECT_FALSE(clock.is_over(start + std::chrono::hours(1000)));
  EXPECT_EQ(clock.deadline(), ConnectionClock::TimePoint::max());
}

TEST(ConnectionClockTest, OnlyWhoIsWaitedForGivesWay) {
  ConnectionClock clock(limits());
  for (const Phase each : {Phase::handshake, Phase::head, Phase::idle}) {
    clock.enter(each, start);
    EXPECT_TRUE(clock.waits_for_request());
  }
  for (const Phase each : {Phase::body, Phase::handling, Phase::writing, Phase::closing}) {
    clock.enter(each, start);
    EXPECT_FALSE(clock.waits_for_request());
  }
}

}  // namespace
}  // namespace hiveframe::net
