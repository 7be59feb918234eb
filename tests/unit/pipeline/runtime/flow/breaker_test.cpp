#include "pipeline/runtime/flow/breaker.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace hiveframe::runtime {
namespace {

using namespace std::chrono_literals;
using State = Breaker::State;
using Clock = Breaker::Clock;

constexpr Clock::time_point start{std::chrono::hours(1)};

Breaker::Permit permit(Breaker& breaker, Clock::time_point now) {
  const Breaker::Decision decision = breaker.allow(now);
  EXPECT_TRUE(decision.permit.has_value());
  return decision.permit.value_or(Breaker::Permit{~0ULL});
}

// A breaker with the default settings that opened at `start`.
Breaker opened() {
  Breaker breaker{{}};
  for (int i = 0; i < 5; ++i)
    breaker.on_failure(permit(breaker, start), start);
  EXPECT_EQ(breaker.state(), State::open);
  return breaker;
}

TEST(Breaker, OpensAfterConsecutiveFailures) {
  Breaker breaker{{}};
  for (int i = 0; i < 4; ++i)
    breaker.on_failure(permit(breaker, start), start);
  EXPECT_EQ(breaker.state(), State::closed);
  breaker.on_success(permit(breaker, start));
  for (int i = 0; i < 4; ++i)
    breaker.on_failure(permit(breaker, start), start);
  EXPECT_EQ(breaker.state(), State::closed) << "a success in between starts the count anew";
  breaker.on_failure(permit(breaker, start), start);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.transitions(), 1U);
}

TEST(Breaker, LetsNothingThroughUntilTheTimeout) {
  Breaker breaker = opened();
  const Breaker::Decision early = breaker.allow(start + 29999ms);
  EXPECT_FALSE(early.permit.has_value());
  EXPECT_EQ(early.wait_until, start + 30s);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_TRUE(breaker.allow(start + 30s).permit.has_value());
  EXPECT_EQ(breaker.state(), State::half_open);
}

TEST(Breaker, CountsTrialCalls) {
  Breaker breaker = opened();
  const Clock::time_point now = start + 30s;
  std::vector<Breaker::Permit> trials;
  trials.reserve(3);
  for (int i = 0; i < 3; ++i)
    trials.push_back(permit(breaker, now));
  const Breaker::Decision fourth = breaker.allow(now);
  EXPECT_FALSE(fourth.permit.has_value());
  EXPECT_EQ(fourth.wait_until, Clock::time_point::max());
  breaker.on_success(trials[0]);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_TRUE(breaker.allow(now).permit.has_value()) << "an answer makes room for another trial";
  breaker.on_success(trials[1]);
  EXPECT_EQ(breaker.state(), State::closed);
}

TEST(Breaker, AFailedTrialOpensAgainForAFullTimeout) {
  Breaker breaker = opened();
  const auto first = permit(breaker, start + 30s);
  const auto second = permit(breaker, start + 30s);
  breaker.on_success(first);
  breaker.on_failure(second, start + 31s);
  EXPECT_EQ(breaker.state(), State::open);
  EXPECT_EQ(breaker.allow(start + 32s).wait_until, start + 61s);
  const auto third = permit(breaker, start + 61s);
  breaker.on_success(third);
  EXPECT_EQ(breaker.state(), State::half_open) << "the success before does not count any more";
}

TEST(Breaker, LateAnswersFromAnEarlierStateDoNotCount) {
  Breaker breaker{
      {.failure_threshold = 1, .success_threshold = 1, .timeout = 1000ms, .half_open_max_calls = 1}};
  const auto slow_failure = permit(breaker, start);
  const auto slow_success = permit(breaker, start);
  breaker.on_failure(permit(breaker, start), start);
  ASSERT_EQ(breaker.state(), State::open);
  breaker.on_failure(slow_failure, start + 900ms);
  EXPECT_EQ(breaker.allow(start + 900ms).wait_until, start + 1s)
      << "a late failure does not prolong the wait";
  const auto trial = permit(breaker, start + 1s);
  breaker.on_success(slow_success);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_FALSE(breaker.allow(start + 1s).permit.has_value()) << "nor does it free a trial's place";
  breaker.on_success(trial);
  EXPECT_EQ(breaker.state(), State::closed);
  EXPECT_EQ(breaker.transitions(), 3U);
}

TEST(Breaker, ACancelledTrialGivesItsPlaceBack) {
  Breaker breaker{
      {.failure_threshold = 1, .success_threshold = 1, .timeout = 1000ms, .half_open_max_calls = 1}};
  const auto stale = permit(breaker, start);
  breaker.on_failure(permit(breaker, start), start);
  const auto trial = permit(breaker, start + 1s);
  breaker.on_cancelled(stale);
  EXPECT_FALSE(breaker.allow(start + 1s).permit.has_value());
  breaker.on_cancelled(trial);
  EXPECT_EQ(breaker.state(), State::half_open);
  EXPECT_TRUE(breaker.allow(start + 1s).permit.has_value());
}

TEST(Breaker, ThresholdsOfZeroCannotLockIt) {
  Breaker breaker{{.failure_threshold = 0, .success_threshold = 0, .timeout = 0ms, .half_open_max_calls = 0}};
  breaker.on_failure(permit(breaker, start), start);
  EXPECT_EQ(breaker.state(), State::open);
  breaker.on_success(permit(breaker, start));
  EXPECT_EQ(breaker.state(), State::closed);
}

}  // namespace
}  // namespace hiveframe::runtime
