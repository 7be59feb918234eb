#include <gmock/gmock.h>
#include <random>

#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/template.hpp"
#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

// Every way to nest, far beyond what a stack would hold, and within the length that is allowed.
TEST(Nesting, IsRefusedBeyondItsBound) {
  const std::size_t many = 13'000;
  for (const std::string& text :
       {repeat("(", many), repeat("[", many), repeat("{'a':", many), repeat("size(", many),
        repeat("-", many) + "x", repeat("!", many) + "true", repeat("- -", many) + "1",
        "1" + repeat("+1", many), "1" + repeat("*1", many), "1" + repeat("<1", many),
        "record" + repeat(".a", many), "record" + repeat("[0]", many), "record" + repeat(".a()", many / 2),
        repeat("true?1:", 8000) + "1", repeat("record[", 9000), repeat("true?(", 9000), repeat("a.b(", 15000),
        repeat("[1].map(x,", 6000)}) {
    ASSERT_LE(text.size(), max_expression_bytes);
    EXPECT_THAT(problems_of(text), HasSubstr("the expression nests more than 200 levels deep"))
        << text.substr(0, 20);
  }
  EXPECT_THAT(problems_of(repeat("(", 100'000) + "1"), HasSubstr("the expression is longer than 64 KiB"));
  EXPECT_THAT(problems_of(std::string(max_expression_bytes + 1, ' ')), HasSubstr("longer than 64 KiB"));
}

TEST(Nesting, IsAllowedAsFarAsTheLanguageAsks) {
  const std::size_t levels = 64;
  EXPECT_EQ(evaluated(repeat("(", levels) + "1" + repeat(")", levels)), "1");
  EXPECT_EQ(evaluated("size(" + repeat("[", levels) + repeat("]", levels) + ")"), "1");
  EXPECT_EQ(evaluated("1" + repeat(" + 1", levels)), "65");
  EXPECT_EQ(evaluated(repeat("false ? 1 : ", levels) + "2"), "2");
  EXPECT_EQ(evaluated(repeat("!", levels) + "true"), "true");
  EXPECT_EQ(evaluated("record" + repeat(".a", levels)), "null");
  EXPECT_EQ(evaluated("[" + repeat("1, ", levels) + "2].size()"), "65");
}

TEST(LongChains, OfConditionsAreNotDeep) {
  EXPECT_EQ(evaluated("false" + repeat(" || false", 5000) + " || true"), "true");
  EXPECT_EQ(evaluated("true" + repeat(" && true", 5000)), "true");
  EXPECT_EQ(evaluated("record.a == 1" + repeat(" || record.a == 1", 2000)), "false");
}

TEST(Macros, NestToABound) {
  const auto nested = [](std::size_t depth) {
    return repeat("[1].all(x, ", depth) + "true" + repeat(")", depth);
  };
  EXPECT_EQ(evaluated(nested(max_macro_depth)), "true");
  EXPECT_THAT(problems_of(nested(max_macro_depth + 1)), HasSubstr("macros nest more than 16 deep"));
}

TEST(Macros, StopAfterTooManyItems) {
  const std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  const std::string loop = repeat(ten + ".all(x, ", 12) + "x < 10" + repeat(")", 12);
  EXPECT_THAT(evaluated(loop), StartsWith("error: the expression does too much for one record at column "));
  // Errors that && and all() absorb do not hide it.
  EXPECT_THAT(evaluated(repeat(ten + ".all(x, ", 12) + "1 / 0 > x" + repeat(")", 12)),
              StartsWith("error: the expression does too much for one record at column "));
}

TEST(Macros, StopAtTooMuchMemory) {
  const std::string text = "['aaaaaaaaaaaaaaaa']" + repeat(".map(x, x + x)", 40) + "[0].size()";
  EXPECT_THAT(evaluated(text), StartsWith("error: the expression makes more than 256 MiB of values"));
  const std::string lists = "[[1, 2, 3, 4, 5, 6, 7, 8]]" + repeat(".map(x, x + x)", 40) + "[0].size()";
  EXPECT_THAT(evaluated(lists), StartsWith("error: the expression makes more than 256 MiB of values"));
}

// Pieces of the language in a random order: what parses is run, and nothing may crash or hang.
TEST(RandomTexts, NeverCrash) {
  static constexpr std::string_view pieces[] = {"record",
                                                ".",
                                                "a",
                                                "b",
                                                "(",
                                                ")",
                                                "[",
                                                "]",
                                                "{",
                                                "}",
                                                ",",
                                                ":",
                                                "?",
                                                "+",
                                                "-",
                                                "*",
                                                "/",
                                                "%",
                                                "!",
                                                "&&",
                                                "||",
                                                "==",
                                                "<",
                                                ">=",
                                                " in ",
                                                "'s'",
                                                "'",
                                                "\"",
                                                "1",
                                                "0",
                                                "2u",
                                                "1.5",
                                                "1e308",
                                                "null",
                                                "true",
                                                "x",
                                                ".all(x, ",
                                                "size(",
                                                ".map(x, ",
                                                "has(",
                                                "int(",
                                                "string(",
                                                "\\",
                                                "b'\\",
                                                "record.a",
                                                "record['b']",
                                                "9223372036854775807",
                                                "-9223372036854775808",
                                                "timestamp(",
                                                "duration('1h')",
                                                ".matches(",
                                                ".getDate()",
                                                "now",
                                                "meta",
                                                "\xC3\xBF",
                                                "\xFF",
                                                "//",
                                                "\n",
                                                "'''",
                                                "type("};
  std::mt19937 random(20240229);
  Sample sample("{'a': [1, 2.5, 'x', null, {'c': 1}], 'b': 'text'}");
  std::size_t parsed = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string text;
    const std::size_t length = 1 + random() % 9;
    for (std::size_t k = 0; k < length; ++k)
      text += pieces[random() % std::size(pieces)];
    const std::string outcome = sample(text);
    ASSERT_FALSE(outcome.empty());
    if (!outcome.starts_with("problem")) ++parsed;
  }
  EXPECT_GT(parsed, 1000u);
}

TEST(RandomBytes, NeverCrash) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const std::size_t length = random() % 40;
    for (std::size_t k = 0; k < length; ++k)
      text += static_cast<char>(random());
    EXPECT_FALSE(evaluated(text).empty());
    std::vector<Problem> problems;
    if (!Template::compile(config::LocatedText("{{" + text), problems)) {
      ASSERT_FALSE(problems.empty());
      EXPECT_LE(problems[0].end, text.size() + 2);
    }
  }
}

// Well-formed expressions with one byte changed: every problem lies within the text.
TEST(DamagedTexts, HaveProblemsInside) {
  const std::string sound =
      "record.items.filter(i, i.p > 1.5e3 && has(i.tags)).map(i, {'k': i.p * 2u, \"v\": b'\\x41'})[0] == "
      "null ? '''a''' : -1";
  ASSERT_EQ(problems_of(sound), "");
  std::mt19937 random(99);
  for (int i = 0; i < 30'000; ++i) {
    std::string text = sound;
    text[random() % text.size()] = static_cast<char>(random() % 128);
    std::vector<Problem> problems;
    if (Program::compile(config::LocatedText(text), problems)) continue;
    for (const Problem& each : problems) {
      EXPECT_LE(each.begin, each.end);
      EXPECT_LE(each.end, text.size());
      EXPECT_FALSE(each.message.empty());
    }
  }
}

}  // namespace
}  // namespace hiveframe::expr
