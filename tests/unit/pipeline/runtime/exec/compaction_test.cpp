#include "pipeline/runtime/exec/compaction.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace hiveframe::runtime::test {
namespace {

using record::Member;
using record::Value;
using Selections = std::vector<std::shared_ptr<record::Selection>>;

constexpr std::string_view meta_names[] = {"offset", "file"};

/// Tells what a storage is charged with, and whether it is gone.
class WatchedCharge final : public record::Charge {
 public:
  WatchedCharge(std::size_t& bytes, int& alive) : bytes_(bytes), alive_(alive) { ++alive_; }
  ~WatchedCharge() override { --alive_; }
  void resize(std::size_t bytes) override { bytes_ = bytes; }
  bool try_resize(std::size_t bytes) override {
    bytes_ = bytes;
    return true;
  }

 private:
  std::size_t& bytes_;
  int& alive_;
};

class CompactionTest : public ::testing::Test {
 protected:
  static std::string text_of(std::size_t i) {
    return "{\"id\":" + std::to_string(i) + ",\"fill\":\"" + std::string(80, 'x') + "\"}";
  }

  /// Records with all that a record can have, each made of its number.
  std::unique_ptr<record::Storage> storage(std::size_t count) {
    auto made = std::make_unique<record::Storage>();
    made->format = "json";
    made->meta_names = meta_names;
    made->schema = schema_;
    made->read_at = std::chrono::system_clock::time_point(std::chrono::seconds(1234));
    const auto shared = made->arena.array<Member>(1);
    shared[0] = {made->arena.copy("topic"), Value::string(made->arena.copy("orders"))};
    made->shared_meta = shared;
    std::size_t size = 0;
    for (std::size_t i = 0; i < count; ++i)
      size += text_of(i).size();
    record::Buffer& buffer = made->add(record::Buffer(size));
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string text = text_of(i);
      std::memcpy(buffer.data() + at, text.data(), text.size());
      record::Record record;
      record.original = {buffer.data() + at, text.size()};
      at += text.size();
      const auto meta = made->arena.array<Value>(2);
      meta[0] = Value::uint64(i);
      meta[1] = Value::string(made->arena.copy("file " + std::to_string(i)));
      record.meta = meta.data();
      const auto headers = made->arena.array<Member>(2);
      headers[0] = {made->arena.copy("h"), Value::string(made->arena.copy("one of " + std::to_string(i)))};
      headers[1] = {made->arena.copy("h"), Value::bytes(made->arena.copy("two of " + std::to_string(i)))};
      const auto envelope = made->arena.array<record::Envelope>(1);
      envelope[0] = {Value::string(made->arena.copy("key " + std::to_string(i))),
                     Value::timestamp(static_cast<std::int64_t>(i), 5), headers};
      record.envelope = envelope.data();
      made->records.push_back(record);
    }
    made->charge_to(std::make_unique<WatchedCharge>(charged_, charges_));
    return made;
  }
  static std::shared_ptr<record::Selection> select(const record::Storage& from,
                                                   const std::vector<std::uint32_t>& records) {
    auto selection = std::make_shared<record::Selection>();
    selection->records = records;
    for (const std::uint32_t i : records) {
      selection->encoded.push_back(from.records[i].original);
      selection->bytes += from.records[i].original.size();
    }
    selection->original_bytes = selection->bytes;
    return selection;
  }
  static void expect_whole(const record::Storage& storage, const record::Record& record, std::size_t i) {
    EXPECT_EQ(record.original, text_of(i));
    EXPECT_EQ(storage.meta(record, "offset")->as_uint64(), i);
    EXPECT_EQ(storage.meta(record, "file")->text(), "file " + std::to_string(i));
    EXPECT_EQ(storage.meta(record, "topic")->text(), "orders");
    ASSERT_NE(record.envelope, nullptr);
    EXPECT_EQ(record.envelope->key.text(), "key " + std::to_string(i));
    EXPECT_EQ(record.envelope->timestamp.seconds(), static_cast<std::int64_t>(i));
    ASSERT_EQ(record.envelope->headers.size(), 2u);
    EXPECT_EQ(record.envelope->headers[0].name, "h");
    EXPECT_EQ(record.envelope->headers[0].value.text(), "one of " + std::to_string(i));
    EXPECT_TRUE(record.envelope->headers[1].value.is(record::Kind::bytes));
    EXPECT_EQ(record.envelope->headers[1].value.text(), "two of " + std::to_string(i));
  }

  std::size_t charged_ = 0;
  int charges_ = 0;
  std::shared_ptr<const record::Schema> schema_ = std::make_shared<record::Schema>();
};

TEST_F(CompactionTest, OneOfTenThousandDoesNotPinTheRest) {
  auto original = storage(10000);
  const std::size_t before = charged_;
  Selections selections{select(*original, {7777})};
  std::vector<BadRecord> bad;
  const auto kept = keep_alive_only(std::move(original), selections, bad, false).storage;
  // AddressSanitizer sees to it that nothing points into what is gone.
  ASSERT_EQ(kept->records.size(), 1u);
  EXPECT_LT(kept->footprint(), before / 100);
  EXPECT_EQ(charged_, kept->footprint());
  EXPECT_EQ(charges_, 1);
  EXPECT_EQ(selections[0]->records, std::vector<std::uint32_t>{0});
  expect_whole(*kept, kept->records[0], 7777);
  EXPECT_EQ(selections[0]->encoded[0].data(), kept->records[0].original.data()) << "one copy, not two";
  EXPECT_EQ(kept->format, "json");
  EXPECT_EQ(kept->schema, schema_);
  EXPECT_EQ(kept->read_at, std::chrono::system_clock::time_point(std::chrono::seconds(1234)));
}

TEST_F(CompactionTest, WhatIsMostlyWantedStaysWhereItIs) {
  auto original = storage(100);
  const record::Storage* const address = original.get();
  std::vector<std::uint32_t> half;
  for (std::uint32_t i = 0; i < 100; i += 2)
    half.push_back(i);
  Selections selections{select(*original, half)};
  std::vector<BadRecord> bad;
  const auto kept = keep_alive_only(std::move(original), selections, bad, false).storage;
  EXPECT_EQ(kept.get(), address);
  EXPECT_EQ(selections[0]->records, half);
  EXPECT_EQ(charged_, kept->footprint()) << "with what the workers added";
}

TEST_F(CompactionTest, RecordsOfSeveralSinksAndBadOnesAreRenumbered) {
  auto original = storage(10000);
  Selections selections{select(*original, {5, 900, 9999}), select(*original, {900}), select(*original, {})};
  std::vector<BadRecord> bad;
  bad.push_back({3, "decode", {record::DataError::Type::syntax, "x"}});
  bad.push_back({1000, "decode", {record::DataError::Type::syntax, "y"}});
  const auto kept = keep_alive_only(std::move(original), selections, bad, false).storage;
  ASSERT_EQ(kept->records.size(), 5u) << "3, 5, 900, 1000, 9999";
  EXPECT_EQ(selections[0]->records, (std::vector<std::uint32_t>{1, 2, 4}));
  EXPECT_EQ(selections[1]->records, (std::vector<std::uint32_t>{2}));
  EXPECT_TRUE(selections[2]->records.empty());
  EXPECT_EQ(bad[0].record, 0u);
  EXPECT_EQ(bad[1].record, 3u);
  const std::size_t numbers[] = {3, 5, 900, 1000, 9999};
  for (std::size_t i = 0; i < 5; ++i)
    expect_whole(*kept, kept->records[i], numbers[i]);
}

TEST_F(CompactionTest, EncodedAndComputedTextIsCopied) {
  auto original = storage(10000);
  Selections selections{select(*original, {10, 20})};
  selections[0]->encoded[1] = original->arena.copy("rewritten 20");
  selections[0]->computed_columns = 2;
  for (const char* text : {"a10", "b10", "a20", ""})
    selections[0]->computed.push_back(original->arena.copy(text));
  std::vector<BadRecord> bad;
  const auto kept = keep_alive_only(std::move(original), selections, bad, false).storage;
  const record::Slice slice(kept, selections[0]);
  EXPECT_EQ(slice.encoded(0), text_of(10));
  EXPECT_EQ(slice.encoded(1), "rewritten 20");
  EXPECT_EQ(slice.computed(0, 0), "a10");
  EXPECT_EQ(slice.computed(0, 1), "b10");
  EXPECT_EQ(slice.computed(1, 0), "a20");
  EXPECT_EQ(slice.computed(1, 1), "");
}

TEST_F(CompactionTest, TreesAreCopiedWhereTheyAreWanted) {
  auto original = storage(10000);
  const auto items = original->arena.array<Value>(1);
  items[0] = Value::decimal(original->arena.copy("1e400"));
  const auto members = original->arena.array<Member>(2);
  members[0] = {original->arena.copy("name"), Value::string(original->arena.copy("text"))};
  members[1] = {original->arena.copy("list"), Value::list(items)};
  original->records[50].value = Value::object(members);
  original->records[50].tree = true;
  Selections selections{std::make_shared<record::Selection>()};
  selections[0]->records = {50};
  std::vector<BadRecord> bad;
  const auto kept = keep_alive_only(std::move(original), selections, bad, true).storage;
  ASSERT_EQ(kept->records.size(), 1u);
  const Value& value = kept->records[0].value;
  EXPECT_TRUE(kept->records[0].tree);
  EXPECT_EQ(value.find("name")->text(), "text");
  EXPECT_EQ(value.find("list")->items()[0].text(), "1e400");
}

TEST_F(CompactionTest, NothingWantedKeepsNothing) {
  auto original = storage(1000);
  Selections selections{select(*original, {})};
  std::vector<BadRecord> bad;
  const auto kept = keep_alive_only(std::move(original), selections, bad, false).storage;
  EXPECT_TRUE(kept->records.empty());
  EXPECT_LT(charged_, 10000u);
}

}  // namespace
}  // namespace hiveframe::runtime::test
