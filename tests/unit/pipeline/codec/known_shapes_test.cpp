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
using record::Value;

/// One decoder that reads record after record, and what it says of each beside what the exact reader does.
class Stream {
 public:
  /// Whether the record is good.
  bool read(const std::string& text) {
    record::Storage storage;
    record::Buffer& buffer = storage.add(record::Buffer(text.size()));
    std::memcpy(buffer.data(), text.data(), text.size());
    std::memset(buffer.data() + text.size(), '7', record::Buffer::padding);
    record::Record record;
    record.original = {buffer.data(), text.size()};
    record::Draft draft(storage, record, storage.arena);
    const bool good = decoder_.decode(draft, error);

    record::Arena arena;
    Value expected;
    DataError expected_error;
    const bool valid = exact_.read(text, arena, expected, expected_error);
    EXPECT_EQ(good, valid) << text << "\n" << error.message << expected_error.message;
    if (good && valid) {
      EXPECT_TRUE(record::equal(draft.value(), expected)) << text;
      EXPECT_EQ(draft.value().kind(), expected.kind()) << text;
    } else if (!good && !valid) {
      EXPECT_EQ(error.message, expected_error.message) << text;
    }
    return good;
  }

  DataError error;

 private:
  json::JsonDecoder decoder_;
  json::ExactReader exact_;
};

struct Case {
  std::string known;
  std::string next;
  bool good;
};

TEST(KnownShapes, WhatIsKnownHidesNothing) {
  const Case cases[] = {
      // The names are others.
      {R"({"a":"x","b":"y","c":1})", R"({"a":"x","a":"y","c":1})", false},
      {R"({"a":"x","b":"y","c":1})", R"({"c":"x","b":"y","c":1})", false},
      {R"({"a":"x","b":"y"})", R"({"b":"x","a":"y"})", true},
      {R"({"a":"x","b":"y"})", R"({"a":"x","\u0061":"y"})", false},
      {R"({"a":"x","\u0062":"y"})", R"({"\u0061":"x","b":"y"})", true},
      {R"({"a":"x","\u0062":"y"})", R"({"b":"x","\u0062":"y"})", false},
      {R"({"":1,"a":2})", R"({"":1,"":2})", false},
      {R"({"\u0000":1,"\u0000\u0000":2})", R"({"\u0000":1,"\u0000":2})", false},
      {R"({"abc":1,"abcd":2})", R"({"abcd":1,"abcd":2})", false},
      // They differ only behind what is compared at once.
      {R"({"twelve_bytes":1,"twelve_byteS":2})", R"({"twelve_bytes":1,"twelve_bytes":2})", false},
      {R"({"thirteen_byte":1,"thirteen_bytE":2})", R"({"thirteen_byte":1,"thirteen_byte":2})", false},
      {R"({"measurement_cpu_total":1,"measurement_gpu_total":2})",
       R"({"measurement_cpu_total":1,"measurement_cpu_total":2})", false},
      {R"({"measurement_cpu_total":1,"measurement_cpu_totaL":2})",
       R"({"measurement_cpu_total":1,"measurement_cpu_total":2})", false},
      // The same texts in the same order, as many words, but other brackets.
      {R"({"a":{"x":1},"x":2})", R"({"a":{"x":1,"x":2}})", false},
      {R"({"a":{"x":1,"y":2}})", R"({"a":{"x":1},"y":2})", true},
      {R"({"o":["k","v","k","v"]})", R"({"o":{"k":"v","k":"v"}})", false},
      {R"([["k","k"],[]])", R"([[],{"k":"k"}])", true},
      {R"(["k","v","k","v"])", R"({"k":"v","k":"v"})", false},
      {R"({"a":[{"x":"x"}],"x":"y"})", R"({"a":[{"x":"x","x":"y"}]})", false},
      {R"({"a":[],"b":{}})", R"({"a":{},"b":[]})", true},
      // Values of other kinds: as large on the tape, smaller and larger.
      {R"({"a":"x","b":true,"c":null})", R"({"a":null,"b":false,"c":"x"})", true},
      {R"({"a":"x","b":true,"c":null})", R"({"a":null,"b":false,"b":"x"})", false},
      {R"({"a":1,"b":"x","c":"y"})", R"({"a":"x","b":1,"c":"y"})", true},
      {R"({"a":1,"b":"x","c":"y"})", R"({"a":"x","b":1,"a":"y"})", false},
      {R"({"a":"s","b":"t","c":"u"})", R"({"k":1,"k":2})", false},
      {R"({"a":"s","b":["t","u"]})", R"({"a":"s","a":2,"b":1})", false},
      // Numbers that are laid out on the tape as names, texts and brackets are ('"', 't', '[' above 56 bits).
      {R"({"a":"s","b":"t","c":"u"})", R"({"a":2449958197289549824,"a":2449958197289549840})", false},
      {R"({"a":"s","b":"t","c":"u"})", R"({"a":2449958197289549824,"c":2449958197289549825})", true},
      {R"({"a":1,"b":"t","c":"u"})", R"({"a":"s","b":2449958197289549824,"b":"u"})", false},
      {R"({"a":[1],"b":2})", R"({"a":[6557241057451442177],"a":2})", false},
      // A bracket stands where a name stood, and all else is laid out as before ('"' above 56 bits).
      {R"([{"a":"x","b":"y","c":"z","d":"w"}])", R"([{"a":"x"},"y",{"k":2449958197289549824}])", true},
      // So does one that refers to what would be the name, and a number that simdjson rounds ('l' and '}').
      {R"(["\u0000\u0000\u0000V",{"a":"x","":"y","\u0000\u0000\u0000V":7}])",
       R"(["\u0000\u0000\u0000V",{"a":"x"},"y",7782220156096217089,5.2345678901234567890123e294])", true},
      // Numbers that simdjson changes, in the place of those that it does not.
      {R"({"n":1.5,"m":1})", R"({"n":9007199254740993.0,"m":1})", true},
      {R"({"n":1.5,"m":1})", R"({"n":1e-400,"m":1})", true},
      {R"({"n":1.5,"m":1})", R"({"n":1e400,"m":1})", true},
      {R"({"n":1.5,"m":1})", R"({"n":1.5,"m":-0})", true},
      {R"({"n":1.5,"m":1})", R"({"n":1,"m":0.1000000000000000055})", true},
      {R"({"n":1.5,"m":1})", R"({"n":18446744073709551615,"m":18446744073709551616})", true},
      {R"({"l":[1,{},2.5,[],3]})", R"( { "l" : [ -0 , { } , 0.1000000000000000055 , [ ] , -0 ] } )", true},
      // Not an object.
      {R"("a")", R"(null)", true},
      {R"(1)", R"(-0)", true},
      {R"(1.5)", R"(0.1000000000000000055)", true},
      {R"([])", R"({})", true},
  };
  for (const Case& each : cases) {
    Stream stream;
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(stream.read(each.known)) << each.known;
    EXPECT_EQ(stream.read(each.next), each.good) << each.known << " then " << each.next;
    EXPECT_TRUE(stream.read(each.known)) << each.known;
    EXPECT_EQ(stream.read(each.next), each.good) << each.next;
    if (each.good) continue;
    EXPECT_EQ(stream.error.type, DataError::Type::duplicate_key) << each.next;
  }
}

TEST(KnownShapes, DeepAndLargeRecordsAreReadAsOthersAre) {
  for (const std::size_t depth : {63UL, 64UL, 65UL, 512UL}) {
    std::string open;
    std::string close;
    for (std::size_t i = 0; i < depth; ++i) {
      open += R"({"a":)";
      close += "}";
    }
    Stream stream;
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(stream.read(open + "1" + close));
    EXPECT_TRUE(stream.read(open + "-0" + close));
    EXPECT_FALSE(stream.read(open + "1,\"a\":2" + close));
  }
  for (const int count : {150, 168, 169, 170, 171, 172, 300}) {
    std::string members;
    for (int i = 0; i < count; ++i)
      members += fmt::format(R"("a_rather_long_name_{}":{},)", i, i);
    Stream stream;
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(stream.read("{" + members + "\"last\":1.5}"));
    EXPECT_TRUE(stream.read("{" + members + "\"last\":0.1000000000000000055}"));
    EXPECT_FALSE(stream.read("{" + members + "\"a_rather_long_name_99\":1}"));
  }
}

/// Records of a few shapes, then spoiled a little: most keep the shape or nearly so.
class AlmostTheSame {
 public:
  explicit AlmostTheSame(unsigned seed) : random_(seed) {
    for (int i = 0; i < 24; ++i)
      shapes_.push_back(value(0));
  }

  std::string next() {
    std::string text = filled(shapes_[random_() % shapes_.size()]);
    if (random_() % 3 != 0) return text;
    for (std::size_t i = 0, count = 1 + random_() % 2; i < count; ++i) {
      const std::size_t at = random_() % text.size();
      text[at] = "ab\"{}[],:01-.e x"[random_() % 16];
    }
    return text;
  }

 private:
  /// Names from few, so that a spoiled one is easily another's; '@' stands for a scalar.
  std::string value(int depth) {
    const unsigned choice = random_() % (depth == 0 ? 2 : depth > 4 ? 1 : 4);
    if (depth > 0 && (choice == 0 || choice == 3)) return "@";
    const bool object = depth == 0 ? choice == 0 || random_() % 4 != 0 : choice == 1;
    std::string text;
    const std::size_t count = random_() % 6;
    for (std::size_t i = 0; i < count; ++i) {
      if (i != 0) text += ",";
      if (object) text += fmt::format("\"{}{}\":", i % 2 == 0 ? "a" : "b", std::string(i / 2 * 6, 'b'));
      text += value(depth + 1);
    }
    return object ? "{" + text + "}" : "[" + text + "]";
  }

  std::string filled(const std::string& shape) {
    constexpr const char* scalars[] = {"\"a\"",
                                       "\"b\"",
                                       "\"\"",
                                       "null",
                                       "true",
                                       "false",
                                       "0",
                                       "-0",
                                       "1",
                                       "2449958197289549824",
                                       "1.5",
                                       "1e5",
                                       "0.10000000000000001",
                                       "0.30000000000000004",
                                       "18446744073709551615",
                                       "9007199254740993.0"};
    // Mostly the same kind in the same place.
    std::size_t usual = shape.size();
    std::string text;
    for (const char c : shape) {
      if (c != '@') {
        text += c;
        continue;
      }
      usual = (usual * 7 + 3) % 16;
      text += scalars[random_() % 8 == 0 ? random_() % 16 : usual];
    }
    return text;
  }

  std::mt19937 random_;
  std::vector<std::string> shapes_;
};

TEST(KnownShapes, WhateverCameBeforeARecordIsReadAsAlone) {
  int good = 0;
  int bad = 0;
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    AlmostTheSame records(seed);
    Stream stream;
    for (int i = 0; i < 10'000; ++i) {
      (stream.read(records.next()) ? good : bad)++;
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(good, 10'000);
  EXPECT_GT(bad, 2'000);
}

}  // namespace
}  // namespace hiveframe::codec
