// Which records are JSON, and what the others are told.

#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/unit/pipeline/codec/nested.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Kind;
using record::Value;

TEST(JsonDecoder, AcceptsWhatRfc8259Allows) {
  using namespace std::string_literals;
  const std::string good[] = {
      "{}", "[]", "null", "true", "false", "0", "-0", "-1.5e-3", "\"\"", "\"text\"", " \t\r\n{} \t\r\n",
      "[[]]", "[1,2]", "[ 1 , 2 ]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":0}",
      "{\"a\":{\"a\":1}}", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "\"\\u00e9\"", "\"\\ud83d\\uDE00\"",
      "\"\\u0000\"", "\"\x7F\"", "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\"", "[1E400]", "[-1e-400]",
      "[123456789012345678901234567890]", "[20e1]", "[1e+2]", "[0e+1]", "[0.1]", "\"\xEF\xBF\xBF\"",
      "[\"\xEF\xBB\xBF\"]", "\"\\uD800\\uDC00\"", "[null,true,false]", "12.5", "1e400", "9007199254740993.0",
      // Names that differ only in what hashing or cutting them short might lose.
      "{\"a\":1,\"A\":2,\"a \":3}", "{\"a\":1,\"a\\u0000\":2,\"\\u0000a\":3,\"\":4,\"\\u0000\":5}",
      "{\"measurement_cpu_total\":1,\"measurement_gpu_total\":2}"};
  for (const std::string& text : good) {
    OneRecord record("json", text);
    EXPECT_TRUE(record.decode()) << text << ": " << record.error.message;
  }
}

TEST(JsonDecoder, RefusesEverythingElse) {
  using namespace std::string_literals;
  const std::string bad[] = {"",
                             " ",
                             "\n",
                             "{",
                             "}",
                             "[",
                             "]",
                             "[1",
                             "[1,",
                             "[1,]",
                             "[,1]",
                             "[1 2]",
                             "[1,,2]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{,\"a\":1}",
                             "{a:1}",
                             "{'a':1}",
                             "{1:1}",
                             "{\"a\":1 \"b\":2}",
                             "{\"a\" 1}",
                             "{\"a\":1}}",
                             "{}{}",
                             "{} x",
                             "1 2",
                             "[1]]",
                             "[1}",
                             "{\"a\":1]",
                             "tru",
                             "True",
                             "NULL",
                             "nul",
                             "nulll",
                             "NaN",
                             "Infinity",
                             "-Infinity",
                             "undefined",
                             "01",
                             "-01",
                             "00",
                             "-",
                             "+1",
                             ".5",
                             "1.",
                             "1.e2",
                             "1e",
                             "1e+",
                             "0x1",
                             "1_000",
                             "1a",
                             "--1",
                             "\"",
                             "\"a",
                             "\"\\\"",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\\u12g4\"",
                             "\"\\",
                             "\"\n\"",
                             "\"\t\"",
                             "\"\0\""s,
                             "\0"s,
                             "{}\0"s,
                             "[\0]"s,
                             "// c\n{}",
                             "{/**/}",
                             "\"\\ud800\"",
                             "\"\\udc00\"",
                             "\"\\ud800x\"",
                             "\"\\ud800\\u0041\"",
                             "\"\\ud800\\ud800\"",
                             "\"\\udc00\\ud800\"",
                             "\xEF\xBB\xBF{}",
                             "[1e]",
                             "[1.2.3]",
                             "[1e5e5]",
                             "[\"a\" \"b\"]",
                             "\f{}",
                             "\xC2\xA0{}"};
  for (const std::string& text : bad) {
    OneRecord record("json", text);
    EXPECT_FALSE(record.decode()) << text;
    EXPECT_FALSE(record.error.message.empty()) << text;
    EXPECT_EQ(record.error.message.find('\n'), std::string::npos) << record.error.message;
    EXPECT_FALSE(record.draft().record().tree);
  }
}

TEST(JsonDecoder, RefusesWhatIsNotUtf8AndSaysWhere) {
  using namespace std::string_literals;
  const std::pair<std::string, int> bad[] = {{"\"\xFF\"", 2},
                                             {"\"a\x80\"", 3},
                                             {"\"\xC0\xAF\"", 2},
                                             {"\"\xE0\x80\xAF\"", 2},
                                             {"\"\xED\xA0\x80\"", 2},
                                             {"\"\xF4\x90\x80\x80\"", 2},
                                             {"\"\xF8\x88\x80\x80\x80\"", 2},
                                             {"\"abc\xE2\x82\"", 5},
                                             {"{\"\xC3\":1}", 3},
                                             {"\"\xC3\xA9\xC3\"", 4},
                                             {"[1]\xE2\x82", 4},
                                             {"\xFF\xFE{\0}\0"s, 1}};
  for (const auto& [text, byte] : bad) {
    OneRecord record("json", text);
    ASSERT_FALSE(record.decode()) << text;
    EXPECT_EQ(record.error.type, DataError::Type::encoding) << text;
    EXPECT_NE(record.error.message.find("byte " + std::to_string(byte) + " "), std::string::npos)
        << record.error.message;
  }
}

TEST(JsonDecoder, SaysWhatItFoundAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"{\"a\":1 \"b\":2}", "expected ',' or '}' after an object's member, found '\"' at byte 8"},
      {"[1 x]", "expected ',' or ']' after a list's item, found 'x' at byte 4"},
      {"{\"a\":}", "expected a value, found '}' at byte 6"},
      {"{\"a\":1,}", "expected a member's name in quotes after ',', found '}' at byte 8"},
      {"{a:1}", "expected a member's name in quotes or '}', found 'a' at byte 2"},
      {"{\"a\" 1}", "expected ':' after a member's name, found '1' at byte 6"},
      {"{\"a\":NaN}", "expected a value, found 'NaN' at byte 6"},
      {"", "expected a value, found the end of the record at byte 1"},
      {"{\"a\":1", "expected ',' or '}' after an object's member, found the end of the record at byte 7"},
      {"{} {}", "expected the end of the record after its value, found '{' at byte 4"},
      {"[01]", "a number begins with a needless 0 at byte 2"},
      {"[1.]", "expected a digit after a number's point, found ']' at byte 4"},
      {"[\"a]", "a string that begins here is not closed at byte 2"},
      {"[\"a\\q\"]", "an escape that JSON does not have at byte 4"},
      {"[\"\\ud800\"]", "a high surrogate escape without a low one after it at byte 3"},
      {"[\"\t\"]", "expected a control character of a string as an escape, found the byte 0x09 at byte 3"},
  };
  for (const auto& [text, message] : cases) {
    OneRecord record("json", text);
    EXPECT_FALSE(record.decode()) << text;
    EXPECT_EQ(record.error.message, message);
  }
}

TEST(JsonDecoder, KeepsEveryDigit) {
  OneRecord record(
      "json",
      R"({"a":9007199254740993,"b":18446744073709551615,"c":18446744073709551616,"d":9007199254740993.0,)"
      R"("e":1e400,"f":1e-400,"g":1.10,"h":-0,"i":0.30000000000000004,"j":1e5,"k":0.10000000000000001})");
  ASSERT_TRUE(record.decode()) << record.error.message;
  EXPECT_EQ(record.find({"a"})->as_int64(), 9007199254740993);
  EXPECT_EQ(record.find({"b"})->as_uint64(), UINT64_MAX);
  EXPECT_EQ(record.find({"c"})->text(), "18446744073709551616");
  EXPECT_EQ(record.find({"d"})->text(), "9007199254740993.0");
  const Value& value = record.value();
  EXPECT_EQ(value.find("e")->text(), "1e400");
  EXPECT_EQ(value.find("f")->text(), "1e-400");
  EXPECT_EQ(value.find("g")->as_float64(), 1.1);
  EXPECT_TRUE(std::signbit(value.find("h")->as_float64()));
  EXPECT_EQ(value.find("i")->as_float64(), 0.30000000000000004);
  EXPECT_EQ(value.find("j")->as_float64(), 1e5);
  EXPECT_EQ(value.find("k")->text(), "0.10000000000000001");
}

// Each number alone in its record, at the end of it, and amid others: whichever way it is read.
TEST(JsonDecoder, ReadsANumberTheSameWherever) {
  const std::string digits400(400, '8');
  for (const std::string& literal :
       {std::string("0"), std::string("-0"), std::string("12.5"), std::string("1234567890123456"),
        std::string("0.1234567890123456"), std::string("-12345678.12345678"), std::string("1e-400"),
        std::string("1E5"), std::string("9007199254740993.0"), std::string("9007199254740992.0"),
        std::string("-9223372036854775809"), std::string("123456789012.34"), std::string("1234567890123.45"),
        digits400, digits400 + ".5", std::string("0." + digits400), std::string("2.5e-324")}) {
    record::Arena arena;
    json::ExactReader exact;
    DataError error;
    Value expected;
    ASSERT_TRUE(exact.read(literal, arena, expected, error));
    OneRecord alone("json", literal);
    ASSERT_TRUE(alone.decode()) << literal;
    EXPECT_EQ(alone.value().kind(), expected.kind()) << literal;
    EXPECT_TRUE(record::equal(alone.value(), expected)) << literal;
    const std::string deep = fmt::format(
        R"({{"s":[[],{{}},"x",[1,2]],"o":{{"e":{{}}, "n" : [ 1 , {{"x":{}}} , {} ]}}}})", literal, literal);
    OneRecord amid("json", deep);
    ASSERT_TRUE(amid.decode()) << literal;
    const Value list = amid.find({"o", "n"}).value();
    EXPECT_EQ(list.items()[2].kind(), expected.kind()) << literal;
    EXPECT_TRUE(record::equal(list.items()[2], expected)) << literal;
    const Value& built = amid.value();
    const Value& item = *built.find("o")->find("n")->items()[1].find("x");
    EXPECT_EQ(item.kind(), expected.kind()) << literal;
    EXPECT_TRUE(record::equal(item, expected)) << literal;
  }
}

TEST(JsonDecoder, RefusesDuplicateNames) {
  std::string many = "{";
  for (int i = 0; i < 5000; ++i)
    many += "\"name" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  for (const std::string& text :
       {std::string(R"({"a":1,"a":2})"), std::string(R"({"a":1,"\u0061":2})"),
        std::string(R"({"x":{"y":[{"b":1,"c":2,"b":3}]}})"), std::string(R"({"":1,"":2})"),
        std::string(R"({"a":1e400,"a":2})"),
        std::string(R"({"aaaaaaaaaaaaaaaaaaaaaaaaaaaa":1,"b":2,"aaaaaaaaaaaaaaaaaaaaaaaaaaaa":3})"),
        many + "\"name4321\":0}"}) {
    OneRecord record("json", text);
    ASSERT_FALSE(record.decode()) << text;
    EXPECT_EQ(record.error.type, DataError::Type::duplicate_key) << record.error.message;
  }
  OneRecord record("json", R"({"x":{"y":[{"b":1,"c":2,"\u0062":3}]}})");
  EXPECT_FALSE(record.decode());
  EXPECT_NE(record.error.message.find("'b' twice"), std::string::npos) << record.error.message;
  OneRecord unique("json", many + "\"name5000\":0}");
  EXPECT_TRUE(unique.decode()) << unique.error.message;
}

TEST(JsonDecoder, BoundsDepth) {
  for (const std::size_t depth : {1UL, 511UL, 512UL}) {
    OneRecord lists("json", nested(depth, "[", "1", "]"));
    EXPECT_TRUE(lists.decode()) << depth << lists.error.message;
    OneRecord empty("json", nested(depth, "[", "", "]"));
    EXPECT_TRUE(empty.decode()) << depth;
    OneRecord objects("json", nested(depth, "{\"a\":", "1", "}"));
    EXPECT_TRUE(objects.decode()) << depth;
    EXPECT_TRUE(objects.value().is(Kind::object));
    OneRecord exact("json", nested(depth, "[", "1e400", "]"));
    EXPECT_TRUE(exact.decode()) << depth;
  }
  for (const std::size_t depth : {513UL, 10'000UL, 1'000'000UL}) {
    for (const std::string& text : {nested(depth, "[", "1", "]"), nested(depth, "[", "", "]"),
                                    nested(depth, "{\"a\":", "1", "}"), nested(depth, "[", "", "")}) {
      OneRecord record("json", text);
      ASSERT_FALSE(record.decode()) << depth;
      EXPECT_EQ(record.error.type, DataError::Type::depth);
      EXPECT_NE(record.error.message.find("512"), std::string::npos) << record.error.message;
    }
  }
}

}  // namespace
}  // namespace hiveframe::codec
