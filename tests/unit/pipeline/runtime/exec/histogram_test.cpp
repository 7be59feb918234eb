#include "pipeline/runtime/exec/histogram.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;

constexpr std::array bounds{1.0, 2.5, 10.0};

TEST(HistogramTest, CountsByTheFirstBoundThatIsNotExceeded) {
  Histogram histogram(bounds);
  for (const double value : {0.0, 1.0, 1.1, 2.5, 9.0, 10.5, 1e300})
    histogram.add(value);
  const HistogramStatus status = histogram.snapshot();
  EXPECT_THAT(status.counts, ElementsAre(2, 2, 1, 2));
  EXPECT_DOUBLE_EQ(status.sum, 1e300);
}

TEST(HistogramTest, AValueMayComeManyTimes) {
  Histogram histogram(bounds);
  histogram.add(2, 1'000'000'000'000);
  histogram.add(20, 0);
  const HistogramStatus status = histogram.snapshot();
  EXPECT_THAT(status.counts, ElementsAre(0, 1'000'000'000'000, 0, 0));
  EXPECT_DOUBLE_EQ(status.sum, 2e12);
}

TEST(HistogramTest, LosesNothingOfSeveralThreads) {
  Histogram histogram(bounds);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&histogram] {
      for (int n = 0; n < 10'000; ++n)
        histogram.add(2);
    });
  }
  for (std::thread& each : threads)
    each.join();
  EXPECT_THAT(histogram.snapshot().counts, ElementsAre(0, 40'000, 0, 0));
  EXPECT_DOUBLE_EQ(histogram.snapshot().sum, 80'000);
}

TEST(HistogramTest, TheBoundsOfTheRuntimeRise) {
  for (const auto each : {batch_bounds, latency_bounds}) {
    EXPECT_LE(each.size(), Histogram::most_bounds);
    for (std::size_t i = 1; i < each.size(); ++i)
      EXPECT_LT(each[i - 1], each[i]);
  }
}

}  // namespace
}  // namespace hiveframe::runtime::test
