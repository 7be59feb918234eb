#include "pipeline/runtime/flow/tracker.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace hiveframe::runtime {
namespace {

TEST(Tracker, StartsFromTheCommittedPosition) {
  EXPECT_EQ(Tracker().watermark(), std::nullopt);
  EXPECT_EQ(Tracker("p0").watermark(), "p0");
}

TEST(Tracker, AdvancesOnlyOverContiguousDeliveries) {
  Tracker tracker("p0");
  EXPECT_EQ(tracker.begin("p1", 10), 0U);
  EXPECT_EQ(tracker.begin("p2", 20), 1U);
  EXPECT_EQ(tracker.begin("p3", 30), 2U);
  EXPECT_TRUE(tracker.complete(0, 2));
  EXPECT_TRUE(tracker.complete(0, 1));
  EXPECT_EQ(tracker.watermark(), "p0");
  EXPECT_EQ(tracker.settled_records(), 0U);
  EXPECT_EQ(tracker.unsettled_records(), 60U);
  EXPECT_TRUE(tracker.complete(0, 0));
  EXPECT_EQ(tracker.watermark(), "p3");
  EXPECT_EQ(tracker.settled_records(), 60U);
  EXPECT_EQ(tracker.settled_batches(), 3U);
  EXPECT_EQ(tracker.unsettled_records(), 0U);
}

TEST(Tracker, AWhollyFilteredBatchAdvances) {
  Tracker tracker;
  tracker.begin("p1", 0);
  EXPECT_TRUE(tracker.complete(0, 0));
  EXPECT_EQ(tracker.watermark(), "p1");
  EXPECT_EQ(tracker.settled_batches(), 1U);
  EXPECT_EQ(tracker.settled_records(), 0U);
}

TEST(Tracker, PositionsAreBytesAndMayBeEmpty) {
  Tracker tracker("p0");
  tracker.begin(std::string("\0\xff", 2), 1);
  tracker.begin("", 1);
  EXPECT_TRUE(tracker.complete(0, 0));
  EXPECT_EQ(tracker.watermark(), std::string("\0\xff", 2));
  EXPECT_TRUE(tracker.complete(0, 1));
  ASSERT_TRUE(tracker.watermark().has_value());
  EXPECT_EQ(*tracker.watermark(), "");
}

TEST(Tracker, RefusesAnswersItCannotHaveAskedFor) {
  Tracker tracker;
  EXPECT_FALSE(tracker.complete(0, 0));
  tracker.begin("p1", 1);
  tracker.begin("p2", 1);
  EXPECT_FALSE(tracker.complete(0, 2));
  EXPECT_FALSE(tracker.complete(1, 0));
  EXPECT_TRUE(tracker.complete(0, 1));
  EXPECT_FALSE(tracker.complete(0, 1)) << "twice";
  EXPECT_FALSE(tracker.abandon(0, 1)) << "delivered is delivered";
  EXPECT_TRUE(tracker.complete(0, 0));
  EXPECT_FALSE(tracker.complete(0, 0)) << "already behind the watermark";
  EXPECT_FALSE(tracker.complete(0, ~Sequence{0}));
  EXPECT_EQ(tracker.settled_records(), 2U);
  EXPECT_FALSE(tracker.needs_rewind());
}

TEST(Tracker, AbandonedHoldsTheWatermarkUntilRewind) {
  Tracker tracker("p0");
  for (const char* position : {"p1", "p2", "p3", "p4"})
    tracker.begin(position, 5);
  EXPECT_TRUE(tracker.abandon(0, 1));
  EXPECT_TRUE(tracker.needs_rewind());
  EXPECT_FALSE(tracker.complete(0, 1));
  EXPECT_TRUE(tracker.complete(0, 2));
  EXPECT_TRUE(tracker.complete(0, 0));
  EXPECT_EQ(tracker.watermark(), "p1");

  const Forgotten forgotten = tracker.rewind();
  EXPECT_EQ(forgotten.epoch, 1U);
  EXPECT_EQ(forgotten.records, 10U) << "the abandoned and the unanswered";
  EXPECT_EQ(forgotten.repeated_records, 5U);
  EXPECT_FALSE(tracker.needs_rewind());
  EXPECT_EQ(tracker.watermark(), "p1");
  EXPECT_EQ(tracker.unsettled_records(), 0U);
}

TEST(Tracker, LateAcksOfAnOldEpochAreRefused) {
  Tracker tracker;
  tracker.begin("p1", 1);
  tracker.rewind();
  EXPECT_EQ(tracker.begin("p1", 1), 0U) << "sequences start again";
  EXPECT_FALSE(tracker.complete(0, 0));
  EXPECT_FALSE(tracker.abandon(0, 0));
  EXPECT_EQ(tracker.watermark(), std::nullopt);
  EXPECT_TRUE(tracker.complete(1, 0));
  EXPECT_EQ(tracker.watermark(), "p1");
}

// The model keeps every batch ever begun and works everything out anew from that list.
class TrackerModel {
 public:
  struct Batch {
    Epoch epoch;
    Sequence sequence;
    std::string position;
    std::uint64_t records;
    enum { in_flight, delivered, abandoned } fate = in_flight;
  };

  void begin(std::string position, std::uint64_t records, Sequence sequence) {
    EXPECT_EQ(sequence, current().size());
    batches_.push_back({epoch_, sequence, std::move(position), records});
  }

  bool answer(Epoch epoch, Sequence sequence, bool delivered) {
    for (Batch& batch : batches_) {
      if (batch.epoch != epoch_ || epoch != epoch_ || batch.sequence != sequence) continue;
      if (batch.fate != Batch::in_flight) return false;
      batch.fate = delivered ? Batch::delivered : Batch::abandoned;
      return true;
    }
    return false;
  }

  Forgotten rewind() {
    const std::uint64_t records = settled_records();
    const std::uint64_t batches = settled_batches();
    Forgotten forgotten;
    for (const Batch& batch : current())
      (batch.fate == Batch::delivered ? forgotten.repeated_records : forgotten.records) += batch.records;
    for (const Batch& batch : contiguous())
      forgotten.repeated_records -= batch.records;
    watermark_ = watermark();
    settled_records_ = records;
    settled_batches_ = batches;
    forgotten.epoch = ++epoch_;
    return forgotten;
  }

  std::optional<std::string> watermark() const {
    std::optional<std::string> result = watermark_;
    for (const Batch& batch : contiguous())
      result = batch.position;
    return result;
  }
  std::uint64_t settled_records() const {
    std::uint64_t sum = settled_records_;
    for (const Batch& batch : contiguous())
      sum += batch.records;
    return sum;
  }
  std::uint64_t settled_batches() const { return settled_batches_ + contiguous().size(); }
  std::uint64_t unsettled_records() const {
    std::uint64_t sum = 0;
    for (const Batch& batch : current())
      sum += batch.records;
    for (const Batch& batch : contiguous())
      sum -= batch.records;
    return sum;
  }
  bool needs_rewind() const {
    const std::vector<Batch> batches = current();
    return std::any_of(batches.begin(), batches.end(),
                       [](const Batch& b) { return b.fate == Batch::abandoned; });
  }

 private:
  std::vector<Batch> current() const {
    std::vector<Batch> result;
    for (const Batch& batch : batches_) {
      if (batch.epoch == epoch_) result.push_back(batch);
    }
    return result;
  }
  std::vector<Batch> contiguous() const {
    std::vector<Batch> result;
    for (const Batch& batch : current()) {
      if (batch.fate != Batch::delivered) break;
      result.push_back(batch);
    }
    return result;
  }

  Epoch epoch_ = 0;
  std::vector<Batch> batches_;
  std::optional<std::string> watermark_;
  std::uint64_t settled_records_ = 0;
  std::uint64_t settled_batches_ = 0;
};

TEST(Tracker, AgreesWithANaiveModelUnderRandomInterleavings) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](std::uint64_t below) {
      return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random);
    };
    Tracker tracker;
    TrackerModel model;
    Sequence begun = 0;
    int next_position = 0;
    std::uint64_t accepted = 0;
    for (int step = 0; step < 250; ++step) {
      const std::uint64_t what = pick(100);
      if (what < 40) {
        const std::string position = "p" + std::to_string(next_position++);
        const std::uint64_t records = pick(4);
        const Sequence sequence = tracker.begin(position, records);
        model.begin(position, records, sequence);
        begun = sequence + 1;
      } else if (what < 97) {
        // Also answers of old epochs, of batches never begun, and second answers.
        const Epoch epoch = pick(10) == 0 ? pick(tracker.epoch() + 2) : tracker.epoch();
        const Sequence sequence = pick(begun + 2);
        const bool delivered = pick(40) != 0;
        const bool taken = delivered ? tracker.complete(epoch, sequence) : tracker.abandon(epoch, sequence);
        ASSERT_EQ(taken, model.answer(epoch, sequence, delivered)) << "seed " << seed << " step " << step;
        accepted += taken;
      } else {
        const Forgotten forgotten = tracker.rewind();
        const Forgotten expected = model.rewind();
        ASSERT_EQ(forgotten.epoch, expected.epoch) << "seed " << seed << " step " << step;
        ASSERT_EQ(forgotten.records, expected.records);
        ASSERT_EQ(forgotten.repeated_records, expected.repeated_records);
        begun = 0;
      }
      ASSERT_EQ(tracker.watermark(), model.watermark()) << "seed " << seed << " step " << step;
      ASSERT_EQ(tracker.settled_records(), model.settled_records());
      ASSERT_EQ(tracker.settled_batches(), model.settled_batches());
      ASSERT_EQ(tracker.unsettled_records(), model.unsettled_records());
      ASSERT_EQ(tracker.needs_rewind(), model.needs_rewind());
    }
    EXPECT_GT(accepted, 20U) << "the interleaving did next to nothing, seed " << seed;
  }
}

}  // namespace
}  // namespace hiveframe::runtime
