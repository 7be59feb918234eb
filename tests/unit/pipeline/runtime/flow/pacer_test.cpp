#include "pipeline/runtime/flow/pacer.hpp"

#include <gtest/gtest.h>

namespace hiveframe::runtime {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = Pacer::Clock;

const Clock::time_point start{hours(1000)};

// What reserve() makes who comes at `now` wait.
milliseconds waits(Pacer& pacer, std::uint64_t records, Clock::time_point now) {
  return std::chrono::duration_cast<milliseconds>(pacer.reserve(records, now) - now);
}

TEST(Pacer, SpreadsRecordsEvenly) {
  Pacer pacer(10);
  Clock::time_point now = start;
  std::uint64_t records = 0;
  while (now < start + seconds(100)) {
    now = std::max(now, pacer.reserve(3, now));
    records += 3;
  }
  EXPECT_NEAR(static_cast<double>(records), 1000, 5);
}

TEST(Pacer, NobodyWaitsForTheFirst) {
  Pacer pacer(1);
  EXPECT_LE(waits(pacer, 1, start), milliseconds(0));
  EXPECT_EQ(waits(pacer, 1, start), milliseconds(900));
  EXPECT_EQ(waits(pacer, 1, start), milliseconds(1900));
}

TEST(Pacer, WhoWakesUpLateLosesNothing) {
  Pacer pacer(100);
  Clock::time_point now = start;
  std::uint64_t records = 0;
  while (now < start + seconds(60)) {
    now = std::max(now, pacer.reserve(10, now)) + milliseconds(30);  // a busy machine
    records += 10;
  }
  EXPECT_NEAR(static_cast<double>(records), 6000, 40);
}

TEST(Pacer, TimeInWhichNothingCameIsNotMadeUpFor) {
  Pacer pacer(10);
  static_cast<void>(pacer.reserve(1, start));
  const Clock::time_point later = start + hours(1);
  EXPECT_LE(waits(pacer, 1, later), milliseconds(0));
  EXPECT_LE(waits(pacer, 1, later), milliseconds(0)) << "a moment's worth";
  EXPECT_EQ(waits(pacer, 1, later), milliseconds(100));
}

TEST(Pacer, AHugeBatchAtATinyRateOverflowsNothing) {
  Pacer pacer(1e-9);
  Clock::time_point last = start;
  for (int i = 0; i < 10; ++i) {
    const Clock::time_point at = pacer.reserve(UINT64_MAX, start);
    EXPECT_GE(at, last - Pacer::moment);
    EXPECT_LE(at, start + hours(24 * 366));
    last = at;
  }
}

TEST(Pacer, SaysWhatIsWorthReadingAtOnce) {
  EXPECT_EQ(Pacer(1000).records_at_once(), 100U);
  EXPECT_EQ(Pacer(5).records_at_once(), 1U);
  EXPECT_EQ(Pacer(1e-6).records_at_once(), 1U);
  EXPECT_EQ(Pacer(1e300).records_at_once(), 1'000'000'000U);
}

}  // namespace
}  // namespace hiveframe::runtime
