#include "pipeline/record/storage.hpp"

#include <gtest/gtest.h>

namespace hiveframe::record {
namespace {

class CountingCharge : public Charge {
 public:
  explicit CountingCharge(std::size_t& held, std::size_t room = SIZE_MAX) : held_(held), room_(room) {}
  ~CountingCharge() override { held_ = 0; }
  void resize(std::size_t bytes) override { held_ = bytes; }
  bool try_resize(std::size_t bytes) override {
    if (bytes > room_) return false;
    held_ = bytes;
    return true;
  }

 private:
  std::size_t& held_;
  std::size_t room_;
};

TEST(Storage, KeepsWhatWasReservedUntilItIsKnownWhatItHolds) {
  std::size_t held = 0;
  Storage storage;
  storage.add(Buffer(100'000));
  storage.charge_to(std::make_unique<CountingCharge>(held), 300'000);
  EXPECT_EQ(held, 300'000u);
  EXPECT_TRUE(storage.has_room());
  EXPECT_EQ(held, 300'000u);
  storage.recharge();
  EXPECT_EQ(held, storage.footprint());
}

TEST(Storage, HasRoomAsLongAsItCanBeCharged) {
  std::size_t held = 0;
  Storage storage;
  storage.charge_to(std::make_unique<CountingCharge>(held, 1'000'000), 100'000);
  storage.add(Buffer(400'000));
  EXPECT_TRUE(storage.has_room());
  EXPECT_GE(held, storage.footprint());
  storage.add(Buffer(400'000));
  const std::size_t before = held;
  EXPECT_FALSE(storage.has_room());
  EXPECT_EQ(held, before);
}

TEST(Storage, IsChargedWithWhatItHolds) {
  std::size_t held = 0;
  {
    Storage storage;
    storage.add(Buffer(100'000));
    storage.charge_to(std::make_unique<CountingCharge>(held));
    EXPECT_GE(held, 100'000U);
    const std::size_t before = held;
    storage.arena.allocate(50'000, 8);
    storage.recharge();
    EXPECT_GE(held, before + 50'000);
  }
  EXPECT_EQ(held, 0U);
}

TEST(Storage, FindsMetadataOfTheRecordFirst) {
  Storage storage;
  static constexpr std::string_view names[] = {"offset", "line"};
  storage.meta_names = names;
  const Member shared[] = {{"file", Value::string("a.json")}};
  storage.shared_meta = shared;
  const Value own[] = {Value::int64(7), Value::int64(1)};
  Record record;
  EXPECT_FALSE(storage.meta(record, "offset"));
  record.meta = own;
  EXPECT_EQ(storage.meta(record, "offset")->as_int64(), 7);
  EXPECT_EQ(storage.meta(record, "file")->text(), "a.json");
  EXPECT_FALSE(storage.meta(record, "other"));
  const Value all = storage.meta_object(record, storage.arena);
  EXPECT_EQ(all.members().size(), 3U);
  EXPECT_EQ(all.find("line")->as_int64(), 1);
}

}  // namespace
}  // namespace hiveframe::record
