#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "pipeline/codec/json/encoder.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/codec/json/writer.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Member;
using record::Value;

std::string written(const Value& value) {
  record::Arena arena(1);
  json::Writer writer(arena);
  EXPECT_TRUE(writer.write(value)) << writer.problem();
  return std::string(writer.finish());
}

TEST(JsonEncoder, PassesUnchangedBytesOn) {
  // Spelling that no writer would choose.
  const std::string text = R"({"a" : 1.10, "b":"\u0041\/", "c":1E5})";
  OneRecord record("json", "  " + text + "\r");
  ASSERT_TRUE(record.decode());
  EXPECT_EQ(record.encode("ndjson"), text);
  record.value();
  EXPECT_EQ(record.encode("ndjson"), text) << "a tree that nobody changed";
  std::string_view encoded;
  ASSERT_TRUE(
      find_format("json")->encoder()->encode(record.draft(), record.storage().arena, encoded, record.error));
  EXPECT_GE(encoded.data(), record.draft().record().original.data());
  EXPECT_LT(encoded.data(),
            record.draft().record().original.data() + record.draft().record().original.size());
}

TEST(JsonEncoder, PutsARecordOnOneLine) {
  OneRecord record("json", "{\n  \"a\": 1.10,\r\n  \"b\": [ \"x y\\n\", 2 ]\n}");
  ASSERT_TRUE(record.decode());
  EXPECT_EQ(record.encode("ndjson"), R"({"a":1.10,"b":["x y\n",2]})");
  // More than one block of whatever width is used inside, with quotes near the borders.
  std::string long_text = "[\n";
  std::string expected = "[";
  for (int i = 0; i < 2000; ++i) {
    const std::string item = "\"" + std::string(static_cast<std::size_t>(i) % 70, ' ') + "\\\" \\\\\"";
    long_text += item + (i < 1999 ? " ,\n" : "\n");
    expected += item + (i < 1999 ? "," : "");
  }
  OneRecord large("json", long_text + "]");
  ASSERT_TRUE(large.decode()) << large.error.message;
  EXPECT_EQ(large.encode("json"), expected + "]");
}

TEST(JsonEncoder, RewritesWhatChanged) {
  OneRecord record("json", R"({"a":1.10,"b":"\u0041\/","c":1E5,"d":123456789012345678901234567890})");
  ASSERT_TRUE(record.decode());
  record.draft().replace(record.value());
  EXPECT_EQ(record.encode("json"), R"({"a":1.1,"b":"A/","c":100000.0,"d":123456789012345678901234567890})");
}

TEST(JsonEncoder, RecordsStandSideBySide) {
  const auto encoder = find_format("ndjson")->encoder();
  record::Storage storage;
  std::vector<std::string_view> encoded;
  std::vector<std::string> expected;
  for (int i = 0; i < 1000; ++i) {
    const Member members[] = {{"i", Value::int64(i)}};
    record::Record record;
    record::Draft draft(storage, record, storage.arena);
    draft.replace(Value::object(members));
    DataError error;
    ASSERT_TRUE(encoder->encode(draft, storage.arena, encoded.emplace_back(), error));
    expected.push_back("{\"i\":" + std::to_string(i) + "}");
  }
  int apart = 0;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    ASSERT_EQ(encoded[i], expected[i]);
    ASSERT_EQ(encoded[i].data()[encoded[i].size()], '\n');
    if (i > 0 && encoded[i].data() != encoded[i - 1].data() + encoded[i - 1].size() + 1) ++apart;
  }
  // Only where a block of the arena ends.
  EXPECT_LE(apart, 4);
}

TEST(JsonEncoder, RefusesWhatIsNoNumberAndLeavesTheArena) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Value items[] = {Value::int64(1), Value::float64(infinity)};
  const Member inner[] = {{"scores", Value::list(items)}};
  const Member outer[] = {{"id", Value::int64(1)}, {"user", Value::object(inner)}};
  record::Storage storage;
  storage.arena.copy("before");
  const auto mark = storage.arena.mark();
  record::Record record;
  record::Draft draft(storage, record, storage.arena);
  draft.replace(Value::object(outer));
  std::string_view encoded;
  DataError error;
  EXPECT_FALSE(find_format("json")->encoder()->encode(draft, storage.arena, encoded, error));
  EXPECT_EQ(error.type, DataError::Type::value);
  EXPECT_EQ(error.message, "JSON has no number for user.scores[1]: infinity");
  EXPECT_EQ(storage.arena.mark().used, mark.used);
  draft.replace(Value::float64(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(find_format("json")->encoder()->encode(draft, storage.arena, encoded, error));
  EXPECT_EQ(error.message, "JSON has no number for NaN");
}

TEST(JsonWriter, WritesEveryKind) {
  const Value items[] = {Value(),
                         Value::boolean(true),
                         Value::boolean(false),
                         Value::int64(INT64_MIN),
                         Value::uint64(UINT64_MAX),
                         Value::float64(1),
                         Value::float64(1e300),
                         Value::decimal("1e400"),
                         Value::string("a\"b"),
                         Value::bytes("\xFF\x01"),
                         Value::timestamp(0, 500'000'000),
                         Value::timestamp(0, 0, true),
                         Value::date(1),
                         Value::duration(3, 500'000'000),
                         Value::list({}),
                         Value::object({})};
  EXPECT_EQ(written(Value::list(items)),
            "[null,true,false,-9223372036854775808,18446744073709551615,1.0,1e+300,1e400,\"a\\\"b\",\"/wE=\","
            "\"1970-01-01T00:00:00.500Z\",\"1970-01-01T00:00:00\",\"1970-01-02\",\"3.5s\",[],{}]");
}

TEST(JsonWriter, GrowsWhereverItsRoomEnds) {
  const Value empty_list = Value::list({});
  const Value empty_object = Value::object({});
  const Value one[] = {empty_list};
  const Value two[] = {Value::list(one), empty_object};
  const Member inner[] = {{"", Value::list(two)}, {"b", Value()}};
  const Member middle[] = {{"c", Value::object(inner)}};
  const Member outer[] = {{"dddd", Value::object(middle)}};
  for (std::size_t size = 0; size < 600; ++size) {
    const std::string text(size, 'x');
    const Value items[] = {Value::string(text), Value::object(outer), Value::list(two), Value::boolean(true)};
    const Value root[] = {Value::list(items)};
    ASSERT_EQ(written(Value::list(root)),
              "[[\"" + text + R"(",{"dddd":{"c":{"":[[[]],{}],"b":null}}},[[[]],{}],true]])");
  }
}

TEST(JsonWriter, TextBeyondAsciiIsWrittenAsItIs) {
  for (std::size_t size = 0; size <= 40; ++size) {
    for (const std::string& character : {std::string("\xC3\xBC"), std::string("\xEF\xBF\xBF"),
                                         std::string("\xF4\x8F\xBF\xBF"), std::string("\x7F")}) {
      const std::string text = std::string(size, 'a') + character + std::string(size / 3, 'b');
      ASSERT_EQ(written(Value::string(text)), "\"" + text + "\"");
    }
  }
}

TEST(JsonWriter, EscapesEveryByteThatMustBe) {
  EXPECT_EQ(written(Value::string({"\0\x01\x1F\x20\x7F\"\\/\b\f\n\r\t", 13})),
            "\"\\u0000\\u0001\\u001f \x7F\\\"\\\\/\\b\\f\\n\\r\\t\"");
  // Each at each place of strings of each length: the ways for short, middling and long ones.
  json::ExactReader reader;
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'\0', '\x1F', ' ', '!', '"', '#', '\\', '\x7F', '[', '\n'}) {
        std::string text(size, 'a');
        text[at] = c;
        const std::string json = written(Value::string(text));
        record::Arena arena;
        Value back;
        DataError error;
        ASSERT_TRUE(reader.read(json, arena, back, error)) << json << error.message;
        ASSERT_EQ(back.text(), text);
        const bool escaped = static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
        ASSERT_EQ(json.size() > size + 2, escaped) << json;
      }
    }
  }
}

TEST(JsonWriter, LeavesCharactersBeyondAsciiAlone) {
  EXPECT_EQ(written(Value::string("\u00e9\u20ac\U0001F600 \xE2\x80\xA8")),
            "\"\u00e9\u20ac\U0001F600 \xE2\x80\xA8\"");
}

TEST(JsonWriter, LargeStringsAndBytes) {
  std::string text;
  for (int i = 0; i < 300'000; ++i)
    text += i % 7 == 0 ? '\n' : static_cast<char>('a' + i % 26);
  const std::string json = written(Value::string(text));
  record::Arena arena;
  json::ExactReader reader;
  Value back;
  DataError error;
  ASSERT_TRUE(reader.read(json, arena, back, error)) << error.message;
  EXPECT_EQ(back.text(), text);
  // Base64 by pieces is base64 of the whole: no padding within.
  const std::string octets(3 * 1024 * 1024 + 1, '\0');
  const std::string encoded = written(Value::bytes(octets));
  EXPECT_EQ(encoded.size(), (octets.size() + 2) / 3 * 4 + 2);
  EXPECT_EQ(encoded.find('='), encoded.size() - 3);
  EXPECT_EQ(written(Value::bytes("")), "\"\"");
  EXPECT_EQ(written(Value::bytes("M")), "\"TQ==\"");
  EXPECT_EQ(written(Value::bytes("Man")), "\"TWFu\"");
}

}  // namespace
}  // namespace hiveframe::codec
