#include "pipeline/runtime/exec/tap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace hiveframe::runtime::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TapSample sample_of(const std::string& record) {
  TapSample sample;
  sample.before.record = record;
  return sample;
}

std::vector<std::string> taken(Tap::Viewer& viewer) {
  std::vector<std::string> records;
  for (const auto& each : viewer.take())
    records.push_back(each->before.record);
  return records;
}

class TapTest : public ::testing::Test {
 protected:
  std::shared_ptr<Tap> tap_ = std::make_shared<Tap>();
  const Tap::Clock::time_point begin_ = Tap::Clock::time_point(1h);
};

TEST_F(TapTest, IsWatchedAsLongAsSomebodyLooks) {
  EXPECT_FALSE(tap_->watched());
  auto first = tap_->look(1, [] {});
  auto second = tap_->look(1, [] {});
  EXPECT_TRUE(tap_->watched());
  first.reset();
  EXPECT_TRUE(tap_->watched());
  second.reset();
  EXPECT_FALSE(tap_->watched());
  EXPECT_THAT(tap_->choose(100, begin_), IsEmpty());
}

TEST_F(TapTest, ShowsAllOfLittle) {
  const auto viewer = tap_->look(10, [] {});
  EXPECT_THAT(tap_->choose(3, begin_), ElementsAre(0, 1, 2));
  EXPECT_THAT(tap_->choose(0, begin_), IsEmpty());
}

TEST_F(TapTest, ShowsSomeOfMuchSpreadOverIt) {
  const auto viewer = tap_->look(10, [] {});
  const std::vector<std::uint32_t> chosen = tap_->choose(1'000, begin_);
  ASSERT_THAT(chosen, SizeIs(10));
  for (std::size_t i = 0; i < chosen.size(); ++i)
    EXPECT_EQ(chosen[i] / 100, i) << "one of each tenth";
  EXPECT_THAT(tap_->choose(1'000, begin_ + 10ms), IsEmpty()) << "that was all for this second";
  EXPECT_THAT(tap_->choose(1'000, begin_ + 510ms), SizeIs(5));
  EXPECT_THAT(tap_->choose(1'000, begin_ + 1h), SizeIs(10)) << "nothing is saved up";
}

TEST_F(TapTest, DoesNotShowAlwaysTheSamePlace) {
  const auto viewer = tap_->look(1, [] {});
  std::set<std::uint32_t> places;
  for (int second = 0; second < 50; ++second) {
    for (const std::uint32_t each : tap_->choose(10, begin_ + second * 1s))
      places.insert(each);
  }
  EXPECT_THAT(places, SizeIs(10));
}

TEST_F(TapTest, NobodyGetsMoreThanTheMost) {
  const auto viewer = tap_->look(1e9, [] {});
  EXPECT_THAT(tap_->choose(1'000'000, begin_), SizeIs(100));
}

TEST_F(TapTest, LargeRecordsArePaidFor) {
  const auto viewer = tap_->look(100, [] {});
  static_cast<void>(tap_->choose(1, begin_));
  for (int i = 0; i < 3; ++i)
    tap_->show(sample_of(std::string(Tap::bytes_per_second, 'x')), begin_);
  EXPECT_THAT(tap_->choose(1, begin_ + 1s), IsEmpty());
  EXPECT_THAT(tap_->choose(1, begin_ + 4s), SizeIs(1));
}

TEST_F(TapTest, EachViewerGetsWhatItWants) {
  const auto quick = tap_->look(10, [] {});
  const auto slow = tap_->look(1, [] {});
  for (int i = 0; i < 10; ++i)
    tap_->show(sample_of(std::to_string(i)), begin_ + i * 100ms);
  EXPECT_THAT(taken(*quick), SizeIs(10));
  EXPECT_THAT(taken(*slow), ElementsAre("0"));
  EXPECT_THAT(taken(*quick), IsEmpty()) << "each once";
}

TEST_F(TapTest, WhoDoesNotKeepUpMissesSome) {
  int arrivals = 0;
  const auto viewer = tap_->look(100, [&arrivals] { ++arrivals; });
  for (std::size_t i = 0; i < Tap::most_waiting + 5; ++i)
    tap_->show(sample_of(std::to_string(i)), begin_ + i * 1s);
  EXPECT_EQ(arrivals, 1) << "there was something already";
  EXPECT_EQ(viewer->missed(), 5u);
  const std::vector<std::string> records = taken(*viewer);
  ASSERT_THAT(records, SizeIs(Tap::most_waiting));
  EXPECT_EQ(records.front(), "0");
  tap_->show(sample_of("again"), begin_ + 1h);
  EXPECT_EQ(arrivals, 2);
}

TEST_F(TapTest, WhatWaitsTakesLittleMemory) {
  const auto viewer = tap_->look(100, [] {});
  for (int i = 0; i < 20; ++i)
    tap_->show(sample_of(std::string(Tap::most_waiting_bytes / 10, 'x')), begin_ + i * 1s);
  EXPECT_THAT(taken(*viewer), SizeIs(10));
  EXPECT_EQ(viewer->missed(), 10u);
  tap_->show(sample_of(std::string(2 * Tap::most_waiting_bytes, 'x')), begin_ + 1h);
  EXPECT_THAT(taken(*viewer), SizeIs(1)) << "one in any case";
}

TEST_F(TapTest, ViewersComeAndGoWhileRecordsPass) {
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!over) {
        if (!tap_->watched()) continue;
        for (const std::uint32_t each : tap_->choose(10))
          tap_->show(sample_of(std::to_string(each)));
      }
    });
  }
  std::atomic<int> arrived{0};
  for (int i = 0; i < 50; ++i) {
    const auto viewer = tap_->look(100, [&arrived] { ++arrived; });
    while (viewer->take().empty())
      std::this_thread::yield();
  }
  over = true;
  for (std::thread& each : threads)
    each.join();
  EXPECT_GE(arrived, 50);
}

}  // namespace
}  // namespace hiveframe::runtime::test
