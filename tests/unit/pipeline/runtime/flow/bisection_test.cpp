#include "pipeline/runtime/flow/bisection.hpp"

#include <algorithm>
#include <bit>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <vector>

namespace hiveframe::runtime {
namespace {

struct Outcome {
  std::vector<std::size_t> written;  // in the order of writing
  std::vector<std::size_t> bad;      // in the order of finding
  std::vector<std::size_t> settled;  // both, in order
  std::size_t writes = 0;
};

// A sink that refuses any range for which `refuses` holds, and otherwise writes all of it.
template <class Refuses>
Outcome run(std::size_t records, Refuses refuses) {
  Outcome outcome;
  Bisection bisection(records);
  while (const auto range = bisection.next()) {
    if (range->begin >= range->end || range->end > records || outcome.writes > 4 * records + 4) {
      ADD_FAILURE() << "range [" << range->begin << ", " << range->end << ") after " << outcome.writes
                    << " writes";
      return outcome;
    }
    EXPECT_EQ(bisection.next(), range) << "asking again changes nothing";
    ++outcome.writes;
    if (refuses(*range)) {
      if (const auto bad = bisection.failed()) {
        outcome.bad.push_back(*bad);
        outcome.settled.push_back(*bad);
      }
    } else {
      for (std::size_t i = range->begin; i < range->end; ++i) {
        outcome.written.push_back(i);
        outcome.settled.push_back(i);
      }
      bisection.succeeded();
    }
  }
  return outcome;
}

Outcome run_with_bad(std::size_t records, const std::set<std::size_t>& bad) {
  return run(records, [&](RecordRange range) {
    const auto first = bad.lower_bound(range.begin);
    return first != bad.end() && *first < range.end;
  });
}

// Every record settled exactly once, from left to right, the bad ones as bad.
void expect_exact(const Outcome& outcome, std::size_t records, const std::set<std::size_t>& bad) {
  ASSERT_EQ(outcome.settled.size(), records);
  for (std::size_t i = 0; i < records; ++i)
    ASSERT_EQ(outcome.settled[i], i);
  ASSERT_EQ(outcome.bad, std::vector<std::size_t>(bad.begin(), bad.end()));
  const std::size_t depth = records <= 1 ? 1 : std::bit_width(records - 1);
  ASSERT_LE(outcome.writes, 2 * bad.size() * depth);
}

TEST(Bisection, OneBadAmongManyTakesFewWrites) {
  const Outcome outcome = run_with_bad(1024, {1023});
  expect_exact(outcome, 1024, {1023});
  EXPECT_EQ(outcome.writes, 11U) << "every left half is written and points to the right one";
}

TEST(Bisection, EverySubsetOfSmallBatches) {
  for (std::size_t records = 1; records <= 9; ++records) {
    for (unsigned mask = 1; mask < 1U << records; ++mask) {
      std::set<std::size_t> bad;
      for (std::size_t i = 0; i < records; ++i) {
        if ((mask >> i & 1U) != 0) bad.insert(i);
      }
      const Outcome outcome = run_with_bad(records, bad);
      ASSERT_NO_FATAL_FAILURE(expect_exact(outcome, records, bad)) << records << " records, mask " << mask;
    }
  }
}

TEST(Bisection, RandomBatches) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::size_t records = 1 + random() % 3000;
    const std::size_t count = 1 + random() % std::min<std::size_t>(records, 1 + random() % 40);
    std::set<std::size_t> bad;
    while (bad.size() < count)
      bad.insert(random() % records);
    const Outcome outcome = run_with_bad(records, bad);
    ASSERT_NO_FATAL_FAILURE(expect_exact(outcome, records, bad)) << "round " << round;
  }
}

TEST(Bisection, AllBad) {
  std::set<std::size_t> bad;
  for (std::size_t i = 0; i < 1000; ++i)
    bad.insert(i);
  const Outcome outcome = run_with_bad(1000, bad);
  ASSERT_EQ(outcome.bad.size(), 1000U);
  EXPECT_LE(outcome.writes, 2000U);
}

// Two records with one key: refused together, each good on its own.
TEST(Bisection, RecordsAtOddsWithEachOtherAreBothWritten) {
  for (std::size_t first = 0; first < 20; ++first) {
    for (std::size_t second = first + 1; second < 20; ++second) {
      const Outcome outcome =
          run(20, [&](RecordRange range) { return range.begin <= first && second < range.end; });
      ASSERT_TRUE(outcome.bad.empty()) << first << " and " << second;
      ASSERT_EQ(outcome.written.size(), 20U);
      ASSERT_TRUE(std::is_sorted(outcome.written.begin(), outcome.written.end()));
    }
  }
}

TEST(Bisection, TheFaultMayGoAway) {
  const Outcome outcome = run(64, [](RecordRange) { return false; });
  EXPECT_TRUE(outcome.bad.empty());
  EXPECT_EQ(outcome.written.size(), 64U);
}

TEST(Bisection, NothingToDoForAnEmptyBatch) { EXPECT_EQ(Bisection(0).next(), std::nullopt); }

}  // namespace
}  // namespace hiveframe::runtime
