#include "pipeline/record/storage.hpp"

#include <cstring>
#include <gtest/gtest.h>

#include "pipeline/record/equal.hpp"

namespace hiveframe::record {
namespace {

TEST(Buffer, KeepsItsBytesWhileItGrows) {
  Buffer buffer;
  EXPECT_EQ(buffer.capacity(), 0U);
  std::size_t filled = 0;
  // From the heap into mapped memory and on.
  for (const std::size_t capacity : {10UL, 5000UL, 900'000UL, 1'100'000UL, 1'100'001UL, 9'000'000UL}) {
    buffer.grow(capacity);
    ASSERT_EQ(buffer.capacity(), capacity);
    for (; filled < capacity; ++filled)
      buffer.data()[filled] = static_cast<char>(filled * 31);
    for (std::size_t i = 0; i < Buffer::padding; ++i)
      ASSERT_EQ(buffer.data()[capacity + i], 0);
    for (std::size_t i = 0; i < filled; i += 97)
      ASSERT_EQ(buffer.data()[i], static_cast<char>(i * 31));
  }
  buffer.grow(5);
  EXPECT_EQ(buffer.capacity(), 9'000'000U);
}

TEST(Buffer, MovesWithoutLosingItsSize) {
  Buffer first(2'000'000);
  first.data()[1'999'999] = 'x';
  Buffer second = std::move(first);
  EXPECT_EQ(first.capacity(), 0U);  // NOLINT(bugprone-use-after-move): what is left behind is empty
  EXPECT_EQ(second.data()[1'999'999], 'x');
  second = Buffer(3);
  EXPECT_EQ(second.capacity(), 3U);
}

class CountingCharge : public Charge {
 public:
  explicit CountingCharge(std::size_t& held) : held_(held) {}
  ~CountingCharge() override { held_ = 0; }
  void resize(std::size_t bytes) override { held_ = bytes; }

 private:
  std::size_t& held_;
};

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

TEST(DeepCopy, OutlivesTheOriginal) {
  Arena kept;
  Value copy;
  {
    Arena gone;
    const Value items[] = {Value::string(gone.copy("text")), Value::decimal(gone.copy("1e400")),
                           Value::bytes(gone.copy("\0x"))};
    const Member members[] = {{gone.copy("list"), Value::list(items)}, {gone.copy("n"), Value::int64(4)}};
    const Value original = Value::object(members);
    copy = deep_copy(original, kept);
    EXPECT_TRUE(equal(copy, original));
  }
  EXPECT_EQ(copy.find("list")->items()[1].text(), "1e400");
  EXPECT_EQ(copy.find("n")->as_int64(), 4);
}

}  // namespace
}  // namespace hiveframe::record
