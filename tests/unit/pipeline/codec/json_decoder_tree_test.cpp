// Looking into a record and building its tree: what is found, how long it lives, what it takes.

#include <gtest/gtest.h>

#include "pipeline/record/equal.hpp"
#include "tests/unit/pipeline/codec/nested.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Kind;
using record::Value;

TEST(JsonDecoderTree, AGlanceSeesWhatFindFinds) {
  const std::vector<std::vector<std::string_view>> paths = {
      {"s"},      {"e"},     {"i"},      {"u"}, {"d"},      {"t"}, {"n"},  {"l"}, {"o"},
      {"o", "s"}, {"o", ""}, {"o", "x"}, {"x"}, {"s", "x"}, {""},  {"si"}, {}};
  const std::string text =
      R"({"s":"text","e":"a\n\u20ac","i":-7,"u":18446744073709551615,"d":1.5,"t":true,"n":null,"l":[1,"x"],)"
      R"("o":{"":0,"s":"below"},"si":"same first byte","":"no name")";
  // The second is read exactly, for a number that no double is.
  for (const std::string& document : {text + "}", text + R"(,"z":1e400})"}) {
    OneRecord record("json", document);
    ASSERT_TRUE(record.decode()) << document;
    int found = 0;
    for (const auto& path : paths) {
      const std::optional<Value> glanced = record.draft().glance(path);
      const std::optional<Value> wanted = record.find(path);
      ASSERT_EQ(glanced.has_value(), wanted.has_value());
      if (!wanted) continue;
      ++found;
      EXPECT_EQ(glanced->kind(), wanted->kind());
      EXPECT_TRUE(record::equal(*glanced, *wanted));
    }
    EXPECT_EQ(found, 14);
    EXPECT_FALSE(record.draft().record().tree) << "looking must not build the tree";
  }
}

TEST(JsonDecoderTree, FindLooksBelowMembersOnly) {
  OneRecord record("json",
                   R"({"a":{"b":{"c":"d\n"}},"l":[{"a":1}],"n":null,"b":true,"u":18446744073709551615})");
  ASSERT_TRUE(record.decode());
  EXPECT_EQ(record.find({"a", "b", "c"})->text(), "d\n");
  EXPECT_EQ(record.find({"a", "b"})->find("c")->text(), "d\n");
  EXPECT_TRUE(record.find({"n"})->is_null());
  EXPECT_TRUE(record.find({"b"})->as_boolean());
  EXPECT_EQ(record.find({"u"})->as_uint64(), UINT64_MAX);
  EXPECT_FALSE(record.find({"x"}));
  EXPECT_FALSE(record.find({"a", "x"}));
  EXPECT_FALSE(record.find({"n", "x"}));
  EXPECT_FALSE(record.find({"l", "a"}));
  EXPECT_FALSE(record.find({"a", "b", "c", "d"}));
  EXPECT_TRUE(record.find({})->is(Kind::object));
  EXPECT_FALSE(record.draft().record().tree) << "looking must not build the tree";
  OneRecord scalar("json", "5");
  ASSERT_TRUE(scalar.decode());
  EXPECT_FALSE(scalar.find({"a"}));
}

TEST(JsonDecoderTree, ValuesOutliveTheNextRecord) {
  const auto decoder = find_format("json")->decoder();
  record::Storage storage;
  record::Arena arena;
  DataError error;
  std::vector<Value> kept;
  std::vector<std::string> expected;
  const std::vector<std::string> texts = {R"({"a":"plain text"})", R"({"a":"esc\taped"})",
                                          R"({"a":"x","n":1e400})", R"({"a":"last \u00e9"})"};
  for (const std::string& text : texts) {
    record::Buffer& buffer = storage.add(record::Buffer(text.size()));
    std::memcpy(buffer.data(), text.data(), text.size());
    record::Record record;
    record.original = {buffer.data(), text.size()};
    record::Draft draft(storage, record, arena);
    ASSERT_TRUE(decoder->decode(draft, error));
    const std::string_view path[] = {"a"};
    kept.push_back(draft.find(path).value());
    expected.emplace_back(kept.back().text());
    kept.push_back(*draft.value().find("a"));
    expected.emplace_back(kept.back().text());
  }
  for (std::size_t i = 0; i < kept.size(); ++i)
    EXPECT_EQ(kept[i].text(), expected[i]);
  EXPECT_EQ(kept[0].text(), "plain text");
  EXPECT_EQ(kept[3].text(), "esc\taped");
  EXPECT_EQ(kept[7].text(), "last \u00e9");
}

TEST(JsonDecoderTree, TreeBytesIsAnUpperBound) {
  for (const std::string& text :
       {std::string(R"({"a":[1,2,3,"x"],"b":{"c":"\n\n"}})"), std::string("[]"),
        nested(300, "[1,2,", "3", "]"), nested(100, "{\"a\\t\":", "\"\\u0041\"", "}"),
        std::string("[\"text\",1e400,{\"a\":\"b\"}]")}) {
    OneRecord record("json", text);
    ASSERT_TRUE(record.decode());
    const std::size_t bound = record.decoder().tree_bytes();
    record::Arena arena(1);
    record.decoder().build(arena);
    std::size_t used = 0;
    // Blocks double; what one arena of exactly the bound holds must be enough.
    record::Arena exact(bound + 16);
    record.decoder().build(exact);
    used = exact.footprint();
    EXPECT_LE(used, bound + 16) << text;
  }
}

TEST(JsonDecoderTree, GivesMemoryOfALargeRecordBack) {
  const auto decoder = find_format("json")->decoder();
  const std::string large = "[\"" + std::string(8'000'000, 'x') + "\"]";
  for (const std::string& text :
       {std::string("[1]"), large, std::string("{\"a\":\"b\"}"), large, std::string("[2]")}) {
    record::Storage storage;
    record::Buffer& buffer = storage.add(record::Buffer(text.size()));
    std::memcpy(buffer.data(), text.data(), text.size());
    record::Record record;
    record.original = {buffer.data(), text.size()};
    record::Draft draft(storage, record, storage.arena);
    DataError error;
    ASSERT_TRUE(decoder->decode(draft, error));
    EXPECT_FALSE(draft.value().is_null());
  }
}

}  // namespace
}  // namespace hiveframe::codec
