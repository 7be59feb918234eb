#include "pipeline/runtime/flow/retry.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <vector>

namespace hiveframe::runtime {
namespace {

using namespace std::chrono_literals;
using Clock = Backoff::Clock;

constexpr Clock::time_point start{std::chrono::hours(1)};

RandomFraction always(double fraction) {
  return [fraction] { return fraction; };
}

TEST(Backoff, GrowsToTheMaximumAndStaysThere) {
  Backoff backoff({.base_delay = 1000ms, .max_delay = 30000ms, .exponential_base = 2.0, .jitter = false},
                  always(0));
  std::vector<Clock::duration> delays;
  delays.reserve(7);
  for (int i = 0; i < 7; ++i)
    delays.push_back(*backoff.next_delay(start));
  EXPECT_EQ(delays, (std::vector<Clock::duration>{1s, 2s, 4s, 8s, 16s, 30s, 30s}));
  EXPECT_EQ(backoff.failures(), 7U);
  backoff.reset();
  EXPECT_EQ(backoff.failures(), 0U);
  EXPECT_EQ(backoff.next_delay(start), 1s);
}

TEST(Backoff, JitterSpreadsOverTheUpperHalf) {
  const RetrySettings settings{.base_delay = 1000ms, .max_delay = 30000ms};
  EXPECT_EQ(Backoff(settings, always(0.0)).next_delay(start), 500ms);
  EXPECT_EQ(Backoff(settings, always(0.5)).next_delay(start), 750ms);
  EXPECT_LT(*Backoff(settings, always(0.999)).next_delay(start), 1000ms);
}

TEST(Backoff, JitterDoesNotSlowTheGrowth) {
  Backoff backoff({.base_delay = 100ms, .max_delay = 1000000ms}, always(0.0));
  backoff.next_delay(start);
  backoff.next_delay(start);
  EXPECT_EQ(backoff.next_delay(start), 200ms);  // half of 400
}

TEST(Backoff, NeverEndsWithoutMaxElapsedHoweverManyFailures) {
  std::mt19937_64 engine(1);
  Backoff backoff({.base_delay = 1ms, .max_delay = 30000ms, .exponential_base = 10.0},
                  [&] { return std::uniform_real_distribution<double>(0, 1)(engine); });
  for (int i = 0; i < 200'000; ++i) {
    const auto delay = backoff.next_delay(start + i * 1h);
    ASSERT_TRUE(delay.has_value());
    ASSERT_GE(*delay, 0s);
    ASSERT_LE(*delay, 30s);
    if (i > 10) {
      ASSERT_GE(*delay, 15s) << "a real pause every time";
    }
  }
}

TEST(Backoff, StandsExtremeSettings) {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto longest = std::chrono::milliseconds::max();
  for (const double base : {infinity, std::numeric_limits<double>::quiet_NaN(), -3.0, 0.0, 1e308}) {
    Backoff backoff(
        {.base_delay = longest, .max_delay = longest, .exponential_base = base, .max_elapsed = longest},
        always(1.0));
    for (int i = 0; i < 50; ++i) {
      const auto delay = backoff.next_delay(start);
      ASSERT_TRUE(delay.has_value());
      ASSERT_GT(*delay, 0s);
      ASSERT_LE(*delay, 24h * 365);
    }
    Backoff none({.base_delay = 0ms, .max_delay = longest, .exponential_base = base}, always(0.7));
    for (int i = 0; i < 50; ++i)
      ASSERT_EQ(none.next_delay(start), 0s);
  }
  Backoff negative({.base_delay = -5ms, .max_delay = -5ms, .jitter = false}, always(0));
  EXPECT_EQ(negative.next_delay(start), 0s);
}

TEST(Backoff, ABaseDelayBeyondTheMaximumIsCut) {
  Backoff backoff({.base_delay = 5000ms, .max_delay = 100ms, .jitter = false}, always(0));
  EXPECT_EQ(backoff.next_delay(start), 100ms);
  EXPECT_EQ(backoff.next_delay(start), 100ms);
}

TEST(Backoff, GivesUpOnlyAtMaxElapsedAndTriesOnceMoreThere) {
  Backoff backoff({.base_delay = 4000ms, .max_delay = 4000ms, .jitter = false, .max_elapsed = 10000ms},
                  always(0));
  EXPECT_EQ(backoff.next_delay(start), 4s);
  EXPECT_EQ(backoff.next_delay(start + 4s), 4s);
  EXPECT_EQ(backoff.next_delay(start + 8s), 2s) << "cut to end with the time allowed";
  EXPECT_EQ(backoff.next_delay(start + 10s), std::nullopt);
  backoff.reset();
  EXPECT_EQ(backoff.next_delay(start + 100s), 4s) << "time counts from the first failure after a success";
}

TEST(Backoff, MaxElapsedOfZeroGivesUpAtOnce) {
  Backoff backoff({.max_elapsed = 0ms}, always(0));
  EXPECT_EQ(backoff.next_delay(start), std::nullopt);
}

}  // namespace
}  // namespace hiveframe::runtime
