#include "daemon/letters/letter.hpp"

#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace hiveframe::daemon {
namespace {

std::string line(const std::string& more) {
  return R"({"id":"0a","time":"2026-01-02T03:04:05Z","pipeline":"p","stage":"decode",)"
         R"("error":{"type":"syntax","message":"no colon"},"source":"in.ndjson line 3","attempts":2,)" +
         more + "}";
}

TEST(Letter, AsItWasWritten) {
  const auto letter = parse_letter(line(R"("original":"{\"a\" 1}")"));
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->id, "0a");
  EXPECT_EQ(letter->time, "2026-01-02T03:04:05Z");
  EXPECT_EQ(letter->stage, "decode");
  EXPECT_EQ(letter->error, "syntax");
  EXPECT_EQ(letter->message, "no colon");
  EXPECT_EQ(letter->source, "in.ndjson line 3");
  EXPECT_EQ(letter->attempts, 2U);
  EXPECT_EQ(letter->original, R"({"a" 1})");
  EXPECT_EQ(letter->length, 7U);
  EXPECT_TRUE(letter->is_text);
  EXPECT_TRUE(letter->whole);
}

TEST(Letter, BytesThatAreNoText) {
  for (const auto& [encoded, bytes] : {std::pair<std::string, std::string>{"/w==", "\xff"},
                                       {"/wA=", std::string("\xff\0", 2)},
                                       {"/wD+", std::string("\xff\0\xfe", 3)},
                                       {"", ""},
                                       {"AAAA/w==", std::string("\0\0\0\xff", 4)}}) {
    const auto letter = parse_letter(line(R"("original_base64":")" + encoded + "\""));
    ASSERT_TRUE(letter) << encoded;
    EXPECT_EQ(letter->original, bytes) << encoded;
    EXPECT_FALSE(letter->is_text);
    EXPECT_TRUE(letter->whole);
  }
  for (const std::string wrong : {"/w", "/w=", "====", "/w==/w==", "!w==", "/w=A"})
    EXPECT_FALSE(parse_letter(line(R"("original_base64":")" + wrong + "\""))) << wrong;
}

TEST(Letter, OneOfARecordThatWasTooLongIsNotWhole) {
  const auto letter = parse_letter(line(R"("length":70000,"sha256":"ab","original":"head")"));
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->length, 70000U);
  EXPECT_FALSE(letter->whole);
}

TEST(Letter, WhatIsNone) {
  for (const std::string text :
       {"", "x", "{}", "[]", "null", R"({"id":"a"})", R"({"id":1,"stage":"s","error":{},"original":""})",
        R"({"id":"a","stage":"s","error":"e","original":""})", R"({"id":"a","stage":"s","error":{}})",
        R"({"id":"a","stage":"s","error":{},"original":7})", "{\"id\":\"\xff\"}"})
    EXPECT_FALSE(parse_letter(text)) << text;
}

TEST(Letter, OfSelections) {
  const Letter letter = *parse_letter(line(R"("original":"")"));
  EXPECT_TRUE(LetterSelection{}.takes(letter));
  EXPECT_TRUE((LetterSelection{"0a", "decode", "syntax"}.takes(letter)));
  EXPECT_FALSE((LetterSelection{"0a", "decode", "depth"}.takes(letter)));
  EXPECT_FALSE((LetterSelection{"0b", {}, {}}.takes(letter)));
  EXPECT_FALSE((LetterSelection{{}, "sink", {}}.takes(letter)));
  EXPECT_FALSE((LetterSelection{"", {}, {}}.takes(letter)));
}

}  // namespace
}  // namespace hiveframe::daemon
