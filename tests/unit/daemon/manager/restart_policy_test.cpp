#include "daemon/manager/restart_policy.hpp"

#include <gtest/gtest.h>

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;

const RestartPolicy::Clock::time_point noon{1000h};

RestartSettings without_jitter() {
  RestartSettings settings;
  settings.backoff = {.base_delay = 1s, .max_delay = 8s, .exponential_base = 2.0, .jitter = false};
  settings.sound_after = 60s;
  return settings;
}

TEST(RestartPolicy, WaitsLongerAfterEachFailure) {
  RestartPolicy policy(Restart::on_failure, without_jitter(), [] { return 0.0; });
  for (const auto expected : {1s, 2s, 4s, 8s, 8s})
    EXPECT_EQ(policy.failed(noon, std::nullopt), expected);
  EXPECT_EQ(policy.failures(), 5U);
}

TEST(RestartPolicy, ASoundRunMakesTheNextFailureAFirstOne) {
  RestartPolicy policy(Restart::on_failure, without_jitter(), [] { return 0.0; });
  policy.failed(noon, std::nullopt);
  policy.failed(noon, std::nullopt);
  // Up, but not for long enough.
  EXPECT_EQ(policy.failed(noon + 60s, noon + 1ms), 4s);
  EXPECT_EQ(policy.failed(noon + 120s, noon + 60s), 1s);
  EXPECT_EQ(policy.failed(noon + 130s, std::nullopt), 2s);
}

TEST(RestartPolicy, ARequestMakesTheNextFailureAFirstOne) {
  RestartPolicy policy(Restart::on_failure, without_jitter(), [] { return 0.0; });
  policy.failed(noon, std::nullopt);
  policy.failed(noon, std::nullopt);
  policy.reset();
  EXPECT_EQ(policy.failed(noon, std::nullopt), 1s);
}

TEST(RestartPolicy, NeverIsNever) {
  RestartPolicy policy(Restart::never, without_jitter(), [] { return 0.0; });
  EXPECT_EQ(policy.failed(noon, noon - 24h), std::nullopt);
  EXPECT_EQ(policy.failed(noon, std::nullopt), std::nullopt);
}

TEST(RestartPolicy, PipelinesThatFailedTogetherDoNotStartTogether) {
  RestartSettings settings = without_jitter();
  settings.backoff.jitter = true;
  RestartPolicy early(Restart::on_failure, settings, [] { return 0.0; });
  RestartPolicy late(Restart::on_failure, settings, [] { return 0.5; });
  EXPECT_EQ(early.failed(noon, std::nullopt), 500ms);
  EXPECT_EQ(late.failed(noon, std::nullopt), 750ms);
}

TEST(RestartPolicy, TriesWithoutEnd) {
  RestartPolicy policy(Restart::on_failure, RestartSettings{}, [] { return 0.5; });
  auto now = noon;
  for (int i = 0; i < 10'000; ++i) {
    const auto delay = policy.failed(now, std::nullopt);
    ASSERT_TRUE(delay);
    ASSERT_LE(*delay, 1min);
    now += *delay;
  }
}

}  // namespace
}  // namespace hiveframe::daemon
