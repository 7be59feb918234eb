// Records that are too long for simdjson: judged and read as the same record that is not, in little memory.

#include <cstdlib>
#include <gtest/gtest.h>
#include <malloc.h>
#include <new>

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/unit/pipeline/codec/nested.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"
#include "tests/unit/pipeline/codec/random_json.hpp"

namespace {

// What is allocated now, and at most since Measured began. The tests of this program have one thread.
std::size_t live = 0;
std::size_t most = 0;

// Not inlined: GCC would see malloc() where it expects what belongs to delete, and warn.
[[gnu::noinline]] void* allocate(std::size_t size) noexcept {
  void* const block = std::malloc(size != 0 ? size : 1);
  live += malloc_usable_size(block);
  most = std::max(most, live);
  return block;
}
[[gnu::noinline]] void release(void* block) noexcept {
  live -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

// All forms for single objects, or AddressSanitizer's own would be freed by ours.
void* operator new(std::size_t size) {
  void* const block = allocate(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { release(block); }

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Value;

constexpr std::size_t threshold = 256 * 1024;
constexpr std::size_t mebibyte = 1024 * 1024;

class Measured {
 public:
  Measured() : before_(live) { most = live; }
  [[nodiscard]] std::size_t held() const noexcept { return live - std::min(live, before_); }
  [[nodiscard]] std::size_t peak() const noexcept { return most - before_; }

 private:
  std::size_t before_;
};

/// So many items, separated by commas.
std::string many(std::size_t count, std::string_view item) {
  std::string text;
  text.reserve(count * (item.size() + 1));
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) text += ',';
    text += item;
  }
  return text;
}

std::string object_of(std::size_t count, std::string_view prefix = "k") {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i)
    text += (i != 0 ? ",\"" : "\"") + std::string(prefix) + std::to_string(i) + "\":1";
  return text + "}";
}

/// Decodes one record after the other with one decoder.
class Reader {
 public:
  explicit Reader(std::size_t most_tree_bytes = SIZE_MAX) { decoder_->limit_tree(most_tree_bytes); }

  bool decode(const std::string& text) {
    storage_ = std::make_unique<record::Storage>();
    storage_->format = "json";
    record::Buffer& buffer = storage_->add(record::Buffer(text.size()));
    std::memcpy(buffer.data(), text.data(), text.size());
    std::memset(buffer.data() + text.size(), '7', record::Buffer::padding);
    record_ = {};
    record_.original = {buffer.data(), text.size()};
    draft_.emplace(*storage_, record_, storage_->arena);
    const Measured measured;
    const bool good = decoder_->decode(*draft_, error);
    peak = measured.peak();
    return good;
  }
  record::Draft& draft() { return *draft_; }
  Decoder& decoder() { return *decoder_; }

  DataError error;
  std::size_t peak = 0;  // of memory while it decoded

 private:
  std::unique_ptr<Decoder> decoder_ = find_format("json")->decoder();
  std::unique_ptr<record::Storage> storage_;
  record::Record record_;
  std::optional<record::Draft> draft_;
};

TEST(JsonDecoderLarge, WhatADecoderTakesDoesNotGrowWithItsRecords) {
  const std::size_t size = 6 * mebibyte;
  const std::pair<const char*, std::string> records[] = {
      {"one string", "[\"" + std::string(15 * mebibyte, 'x') + "\"]"},
      {"escapes", "[\"" + nested(size / 2, "\\n", "", "") + "\"]"},
      {"numbers", "[" + many(size / 2, "1") + "]"},
      {"decimals", "[" + many(size / 6, "1e400") + "]"},
      {"lists", "[" + many(size / 3, "[]") + "]"},
      {"objects", "[" + many(size / 8, "{\"a\":1}") + "]"},
      {"names", object_of(size / 12)},
      {"bad at its end", "[" + many(size / 2, "1") + "}"},
      {"as long as simdjson reads it", "[" + many(threshold / 2 - 1, "1") + "]"},
      {"as long, and exact", "[" + many(threshold / 6 - 1, "1e400") + "]"}};
  const Measured all;
  Reader reader(12 * mebibyte);
  for (int round = 0; round < 2; ++round) {
    for (const auto& [what, text] : records) {
      reader.decode(text);
      EXPECT_LT(reader.peak, 10 * mebibyte) << what;
      reader.decode("[1]");
      EXPECT_LT(all.held(), 12 * mebibyte) << what;
    }
  }
}

TEST(JsonDecoderLarge, CheckingTakesNoMemoryForATree) {
  Reader reader;
  ASSERT_TRUE(reader.decode("1"));
  for (const std::string& text :
       {"[\"" + std::string(15 * mebibyte, 'x') + "\"]", "[" + many(mebibyte, "1") + "]",
        "[" + many(mebibyte, "\"\\u00e9\"") + "]", "[" + many(mebibyte / 4, "{\"a\":[1.5]}") + "]"}) {
    ASSERT_TRUE(reader.decode(text));
    EXPECT_LT(reader.peak, mebibyte / 4) << text.substr(0, 20);
  }
}

TEST(JsonDecoderLarge, LookingTakesMemoryForWhatIsFoundOnly) {
  Reader reader;
  const std::string text =
      R"({"a":{"x":"no","b":"found\n"},"list":[)" + many(mebibyte, "1") + R"(],"last":17})";
  ASSERT_TRUE(reader.decode(text));
  const std::string_view below[] = {"a", "b"};
  const std::string_view last[] = {"last"};
  const Measured measured;
  EXPECT_EQ(reader.draft().find(below)->text(), "found\n");
  EXPECT_EQ(reader.draft().glance(last)->as_int64(), 17);
  EXPECT_LT(measured.peak(), mebibyte / 4);
}

TEST(JsonDecoderLarge, ATreeTakesLittleMoreThanWhatTheDecoderSaid) {
  Reader reader;
  for (const std::string& text :
       {"[" + many(mebibyte, "1") + "]", "[" + many(mebibyte, "null") + "]", object_of(100'000),
        object_of(100'000, "\\t"), "[" + many(mebibyte / 4, R"({"a":["b\n",{}]})") + "]",
        nested(500, "[0,", many(100'000, "[1]"), "]"), "[" + many(100'000, "\"\\ud83d\\ude00\"") + "]"}) {
    ASSERT_TRUE(reader.decode(text)) << reader.error.message;
    const std::size_t said = reader.decoder().tree_bytes();
    const Measured measured;
    EXPECT_FALSE(reader.draft().value().is_null());
    EXPECT_LT(measured.peak(), said + mebibyte) << text.substr(0, 20);
  }
}

TEST(JsonDecoderLarge, SaysOfATreeWhatIsSaidOfItInAShortRecord) {
  for (const std::string& text :
       {std::string("1"), std::string("[]"), std::string("{}"), std::string("\"a\""),
        std::string("[\"a\\n\"]"),
        std::string("[1,-2,3.5,18446744073709551615,true,false,null,\"x\",[],{},[[1]],{\"a\":{\"b\":[]}}]"),
        object_of(1000), nested(511, "[1,2,", "3", "]")}) {
    Reader reader;
    ASSERT_TRUE(reader.decode(text + std::string(8192, ' ')));
    // Up to the escaped text, which may be as long as the record.
    const bool escapes = text.find('\\') != std::string::npos;
    const std::size_t tree = reader.decoder().tree_bytes() - (escapes ? text.size() + 8192 : 0);
    ASSERT_TRUE(reader.decode(text + std::string(threshold, ' ')));
    if (text == "1") continue;  // simdjson is not asked
    EXPECT_EQ(reader.decoder().tree_bytes() - (escapes ? text.size() + threshold : 0), tree) << text;
  }
}

TEST(JsonDecoderLarge, NamesOfATreeThatIsTooLargeAreNotCompared) {
  std::string text = object_of(100'000);
  text.back() = ',';
  text += "\"k1\":1}";
  Reader reader;
  EXPECT_FALSE(reader.decode(text));
  EXPECT_EQ(reader.error.type, DataError::Type::duplicate_key);
  Reader limited(mebibyte);
  EXPECT_TRUE(limited.decode(text));
  EXPECT_GT(limited.decoder().tree_bytes(), mebibyte);
  EXPECT_FALSE(limited.decode(text + "}"));
  EXPECT_EQ(limited.error.type, DataError::Type::syntax);
}

/// Both ways must come to the same: as it is, and behind so much space that it is not given to simdjson.
void expect_same(const std::string& text, int& good, int& bad) {
  OneRecord plain("json", text);
  Reader large;
  const bool valid = plain.decode();
  ASSERT_EQ(large.decode(text + std::string(threshold + 1 - std::min(threshold, text.size()), ' ')), valid)
      << text;
  (valid ? good : bad)++;
  if (!valid) {
    ASSERT_EQ(large.error.type, plain.error.type) << text;
    const bool at_end = plain.error.message.find("end of the record") != std::string::npos ||
                        plain.error.message.find("is no part of a character") != std::string::npos ||
                        plain.error.message.find("is not closed") != std::string::npos;
    // Where the end was missed, space stands there now.
    if (!at_end) {
      ASSERT_EQ(large.error.message.substr(0, 40), plain.error.message.substr(0, 40)) << text;
    }
    // Exactly the same is said by the reader that has the last word.
    json::ExactReader exact;
    json::ExactReader checking;
    record::Arena arena;
    Value value;
    DataError said;
    DataError checked;
    ASSERT_FALSE(exact.read(text, arena, value, said)) << text;
    ASSERT_FALSE(checking.check(text, SIZE_MAX, checked)) << text;
    ASSERT_EQ(checked.type, said.type) << text;
    ASSERT_EQ(checked.message, said.message) << text;
    return;
  }
  if (plain.value().is(record::Kind::object)) {
    for (const record::Member& member : plain.value().members()) {
      const std::string_view path[] = {member.name};
      const auto found = large.draft().find(path);
      ASSERT_TRUE(found) << text;
      ASSERT_TRUE(record::equal(*found, member.value)) << text;
      ASSERT_EQ(found->kind(), member.value.kind()) << text;
      const auto glanced = large.draft().glance(path);
      ASSERT_TRUE(glanced && record::equal(*glanced, member.value)) << text;
      const std::string_view below[] = {member.name, "k1"};
      const auto deeper = large.draft().find(below);
      const Value* const wanted = member.value.is(record::Kind::object) ? member.value.find("k1") : nullptr;
      ASSERT_EQ(deeper.has_value(), wanted != nullptr) << text;
      if (wanted != nullptr) {
        ASSERT_TRUE(record::equal(*deeper, *wanted)) << text;
      }
    }
    const std::string_view absent[] = {"no such name"};
    ASSERT_FALSE(large.draft().find(absent)) << text;
  }
  ASSERT_TRUE(record::equal(large.draft().value(), plain.value())) << text;
  ASSERT_EQ(large.draft().value().kind(), plain.value().kind()) << text;
}

TEST(JsonDecoderLarge, IsJudgedAndReadAsAShortRecord) {
  RandomJson random(26);
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_same(random.spoiled(random.value(0)), good, bad));
  }
  EXPECT_GT(good, 1000);
  EXPECT_GT(bad, 500);
}

TEST(JsonDecoderLarge, OddOnesAreJudgedAndReadAsAShortRecord) {
  int good = 0;
  int bad = 0;
  for (const std::string& text : {std::string(""),
                                  std::string(" "),
                                  std::string("\"\\\\\""),
                                  std::string(R"({"\\":1,"\"":2,"\\\"":{"}":"]"}})"),
                                  std::string(R"({"a":1,"\u0061":2})"),
                                  std::string(R"({"a":{"b":1,"b":2},"a":1})"),
                                  std::string(R"({"z":1,"b":2,"b":3,"z":4})"),
                                  std::string(R"({"k":[{"k":1}],"l":{"k":2,"l":3}})"),
                                  object_of(13) + "x",
                                  object_of(1000),
                                  object_of(300, "\\u00e9"),
                                  "{" + object_of(40).substr(1, 200) + R"(,"k9":1,"k3":2,"k3":3})",
                                  "[" + many(255, "1") + "]",
                                  "[" + many(256, "1") + "]",
                                  "[" + many(257, "[]") + "]",
                                  "{\"a\":" + object_of(256) + ",\"b\":" + object_of(257) + ",\"c\":[" +
                                      many(300, object_of(300)) + "]}",
                                  nested(512, "[", "", "]"),
                                  nested(513, "[", "", "]"),
                                  nested(300, "{\"a\":[", "1", "]}"),
                                  nested(255, "{\"k0\":{\"k1\":", "[]", "}}"),
                                  std::string("[1e400,-0,1.10,9007199254740993.0]"),
                                  std::string("{\"a\":\"\\ud800\"}"),
                                  std::string("{\"a\\x\":1}"),
                                  std::string("{\"a\":\"\x01\"}"),
                                  std::string("{\"a\n\":1}"),
                                  std::string("\xEF\xBB\xBF{}"),
                                  std::string("[1,]"),
                                  std::string("{,}"),
                                  std::string("[tru]"),
                                  std::string("[01]"),
                                  std::string("[-]"),
                                  std::string("[1.]"),
                                  std::string("[\"\\u12g4\"]"),
                                  std::string("[\"\\u12\\n\"]")}) {
    ASSERT_NO_FATAL_FAILURE(expect_same(text, good, bad));
  }
  EXPECT_GT(good, 10);
  EXPECT_GT(bad, 10);
}

}  // namespace
}  // namespace hiveframe::codec
