#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include "pipeline/codec/json/decoder.hpp"
#include "pipeline/codec/json/exact_reader.hpp"
#include "pipeline/record/equal.hpp"
#include "tests/unit/pipeline/codec/one_record.hpp"

namespace hiveframe::codec {
namespace {

using record::DataError;
using record::Kind;
using record::Value;

std::string nested(std::size_t depth, std::string_view open, std::string_view inner, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i)
    text += open;
  text += inner;
  for (std::size_t i = 0; i < depth; ++i)
    text += close;
  return text;
}

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

TEST(JsonDecoder, AGlanceSeesWhatFindFinds) {
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

TEST(JsonDecoder, FindLooksBelowMembersOnly) {
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

TEST(JsonDecoder, ValuesOutliveTheNextRecord) {
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

TEST(JsonDecoder, TreeBytesIsAnUpperBound) {
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

TEST(JsonDecoder, GivesMemoryOfALargeRecordBack) {
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

/// Whether a batch of lines may go on as it is.
bool all_sound(Decoder& decoder, const std::vector<std::string>& lines, const char* delimiter = "\n") {
  record::Storage storage;
  std::string text;
  for (const std::string& line : lines)
    text += line + delimiter;
  record::Buffer& buffer = storage.add(record::Buffer(text.size()));
  std::memcpy(buffer.data(), text.data(), text.size());
  std::size_t at = 0;
  for (const std::string& line : lines) {
    record::Record& record = storage.records.emplace_back();
    record.original = {buffer.data() + at, line.size()};
    record.one_line = true;
    at += line.size() + std::strlen(delimiter);
  }
  if (std::string_view(delimiter) == "\n") storage.lines = {buffer.data(), text.size() - 1};
  return decoder.all_sound(storage);
}

TEST(JsonDecoder, ABatchThatGoesOnAsItIsIsSound) {
  const std::string good = R"({"a":[1,{"b":null}],"c":"\u00fc"})";
  const std::pair<std::string, bool> cases[] = {
      {"{}", true},
      {"17", true},
      {"\"text\"", true},
      {R"({"n":1e400,"m":-0})", true},
      {"[9007199254740993.0]", true},
      // Bad.
      {"{", false},
      {"{}}", false},
      {"{} {}", false},
      {R"({"a":1,"a":2})", false},
      {"\"\xFF\"", false},
      {"tru", false},
      {"", false},
      {nested(513, "[", "", "]"), false},
      // The encoder would write something else.
      {" {}", false},
      {"{} ", false},
      {"{}\r", false},
      {"\t[1]", false},
      // The tree is large, so that its size is compared with what is allowed.
      {nested(100, "[0,0,0,0,0,0,0,0,0,0,", "0", "]"), true},
      {nested(200, "[0,0,0,0,0,0,0,0,0,0,", "0", "]"), false}};
  for (const auto& [line, sound] : cases) {
    for (const std::vector<std::string>& lines :
         {std::vector<std::string>{line}, {good, line}, {line, good}, {good, good, line, good}}) {
      const auto decoder = find_format("ndjson")->decoder();
      EXPECT_EQ(all_sound(*decoder, lines), sound) << line;
    }
  }
  const auto decoder = find_format("ndjson")->decoder();
  EXPECT_TRUE(all_sound(*decoder, std::vector<std::string>(1000, good)));
  EXPECT_FALSE(all_sound(*decoder, {good, good}, "\r\n")) << "they do not stand in lines";
}

TEST(JsonDecoder, BatchesAreReadTwiceSeldomWhereBadRecordsAreFrequent) {
  const auto decoder = find_format("ndjson")->decoder();
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(all_sound(*decoder, {"{}", "bad"}));
  // It looks again after a while, and is what it was.
  int passed_over = 0;
  while (passed_over < 1000 && !all_sound(*decoder, {"{}"}))
    ++passed_over;
  EXPECT_GT(passed_over, 0);
  EXPECT_LT(passed_over, 100);
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(all_sound(*decoder, {"{}"}));
}

/// Random JSON, valid or nearly: every way to read it must agree with the exact reader.
class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}
  std::string value(int depth) {
    switch (random_() % (depth > 5 ? 5 : 8)) {
      case 0:
        return pick({"null", "true", "false"});
      case 1:
        return pick(
            {"0", "-0", "1", "-17", "9007199254740993", "18446744073709551615", "18446744073709551616"});
      case 2:
        return pick({"1.5", "-0.0", "1e5", "1e400", "1e-400", "9007199254740993.0", "0.30000000000000004",
                     "1.10", "123456789.123456", "12345678901234.5", "0.10000000000000001"});
      case 3:
      case 4:
        return string();
      case 5:
      case 6: {
        std::string text = "{" + space();
        const std::size_t count = random_() % 6;
        for (std::size_t i = 0; i < count; ++i) {
          if (i != 0) text += "," + space();
          text += (random_() % 40 == 0 ? std::string("\"k0\"") : "\"k" + std::to_string(i) + tail() + "\"") +
                  space() + ":" + space() + value(depth + 1) + space();
        }
        return text + "}";
      }
      default: {
        std::string text = "[" + space();
        const std::size_t count = random_() % 5;
        for (std::size_t i = 0; i < count; ++i) {
          if (i != 0) text += "," + space();
          text += value(depth + 1) + space();
        }
        return text + "]";
      }
    }
  }
  /// Spoils a byte now and then.
  std::string spoiled(std::string text) {
    if (random_() % 3 == 0 && !text.empty()) {
      text[random_() % text.size()] = "{}[],:\"\\x0 \xC3"[random_() % 12];
    }
    return text;
  }

 private:
  std::string pick(std::initializer_list<const char*> words) {
    return words.begin()[random_() % words.size()];
  }
  std::string space() { return random_() % 4 == 0 ? pick({" ", "\n", "\t ", "\r\n"}) : ""; }
  std::string tail() { return pick({"", "", "_a_longer_name", "\\u0041", "\xC3\xA9"}); }
  std::string string() {
    return "\"" +
           pick({"", "text", "a longer text of plain letters", "\\n", "quote \\\" in", "\\\\", "\xC3\xA9",
                 "\\ud83d\\ude00", "\\u0000", "\\ud800", "2026-03-01T00:00:00Z"}) +
           tail() + "\"";
  }
  std::mt19937 random_;
};

TEST(JsonDecoder, EveryWayToReadAgreesWithTheExactReader) {
  RandomJson random(11);
  json::ExactReader exact;
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string text = random.spoiled(random.value(0));
    record::Arena arena;
    DataError error;
    Value expected;
    const bool valid = exact.read(text, arena, expected, error);
    OneRecord record("json", text);
    ASSERT_EQ(record.decode(), valid) << text << "\n" << error.message << record.error.message;
    (valid ? good : bad)++;
    if (!valid) continue;
    if (expected.is(Kind::object)) {
      for (const record::Member& member : expected.members()) {
        const auto found = record.find({member.name});
        ASSERT_TRUE(found) << text;
        ASSERT_TRUE(record::equal(*found, member.value)) << text;
      }
    }
    ASSERT_TRUE(record::equal(record.value(), expected)) << text;
    ASSERT_EQ(record.value().kind(), expected.kind()) << text;
    // Written anew and read again it is the same.
    record.draft().replace(record.value());
    const auto written = record.encode("json");
    ASSERT_TRUE(written) << text;
    Value back;
    ASSERT_TRUE(exact.read(*written, arena, back, error)) << text << "\n"
                                                          << *written << "\n"
                                                          << error.message;
    ASSERT_TRUE(record::equal(back, expected)) << text << "\n" << *written;
  }
  EXPECT_GT(good, 5000);
  EXPECT_GT(bad, 5000);
}

}  // namespace
}  // namespace hiveframe::codec
