// What one record may cost: no expression goes on for minutes over a large one, and what is reasonable works.

#include <atomic>
#include <gmock/gmock.h>
#include <numeric>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Member;
using record::Value;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t many = 50'000;

/// A record as long as records get: lists, a map, texts, decimals.
class LargeRecord : public testing::TestWithParam<std::string_view> {
 protected:
  LargeRecord() {
    for (std::size_t i = 0; i < many; ++i) {
      ints_.push_back(Value::int64(static_cast<std::int64_t>(i)));
      names_.push_back("name" + std::to_string(i));
      patterns_.push_back("a{" + std::to_string(i % 900) + "}" + std::to_string(i));
    }
    for (std::size_t i = 0; i < many; ++i) {
      texts_.push_back(Value::string(names_[i]));
      pattern_values_.push_back(Value::string(patterns_[i]));
      members_.push_back({names_[i], ints_[i]});
    }
    hundred_.assign(members_.begin(), members_.begin() + 100);
    turned_.assign(hundred_.rbegin(), hundred_.rend());
    sample_.add("ints", Value::list(ints_));
    sample_.add("few", Value::list(std::span(ints_).first(3000)));
    sample_.add("texts", Value::list(texts_));
    sample_.add("patterns", Value::list(pattern_values_));
    sample_.add("map", Value::object(members_));
    sample_.add("hundred", Value::object(hundred_));
    sample_.add("turned", Value::object(turned_));
    sample_.add("text", Value::string(text_));
    sample_.add("same", Value::string(same_));
    sample_.add("part", Value::string(part_));
    sample_.add("bytes", Value::bytes(text_));
    sample_.add("digits", Value::decimal(digits_));
    sample_.add("exponent", Value::decimal("1e9990"));
    sample_.add("tenth", Value::decimal("0.10000000000000000000001"));
    sample_.add("double", Value::float64(0.1));
  }

  std::vector<Value> ints_;
  std::vector<std::string> names_;
  std::vector<std::string> patterns_;
  std::vector<Value> texts_;
  std::vector<Value> pattern_values_;
  std::vector<Member> members_;
  std::vector<Member> hundred_;
  std::vector<Member> turned_;
  std::string text_ = std::string(4'000'000, 'a');
  std::string same_ = text_;
  std::string part_ = std::string(2'000'000, 'a') + "b";
  std::string digits_ = "1" + std::string(9'000, '7') + ".5";
  Sample sample_;
};

class TooMuchWork : public LargeRecord {};

TEST_P(TooMuchWork, EndsWithAnErrorOfTheRecord) {
  const std::string outcome = sample_(GetParam());
  EXPECT_THAT(outcome, StartsWith("error: the expression does too much for one record at column "));
  EXPECT_THAT(outcome, HasSubstr("; it goes through long lists or texts again and again: filter() them"));
}

INSTANTIATE_TEST_SUITE_P(Lists, TooMuchWork,
                         testing::Values("record.ints.all(x, x in record.ints)",
                                         "record.texts.all(x, x in record.texts)",
                                         "record.ints.exists(x, !(x in record.ints) || false)",
                                         "record.ints.map(x, x in record.ints)",
                                         "record.ints.filter(x, record.ints == record.ints)"));
INSTANTIATE_TEST_SUITE_P(
    Maps, TooMuchWork,
    testing::Values("record.map.all(k, record.map[k] >= 0)", "record.map.all(k, k in record.map)",
                    "record.map.all(k, [record.map].all(m, m.name49999 > 0))",
                    "record.ints.all(i, record.few.all(y, record.hundred == record.turned))"));
INSTANTIATE_TEST_SUITE_P(Texts, TooMuchWork,
                         testing::Values("record.ints.all(i, record.text == record.same)",
                                         "record.ints.all(i, !(record.text < record.same))",
                                         "record.ints.all(i, bytes(record.text) == record.bytes)",
                                         "record.ints.all(i, !record.text.contains(record.part))",
                                         "record.ints.all(i, !record.text.contains('b'))",
                                         "record.ints.all(i, record.text.startsWith(record.same))",
                                         "record.ints.all(i, record.text.endsWith(record.same))",
                                         "record.ints.all(i, size(record.text) > 0)",
                                         "record.ints.all(i, string(record.bytes) != '')",
                                         "record.ints.all(i, record.few.all(y, record.text.size() != y))"));
INSTANTIATE_TEST_SUITE_P(Patterns, TooMuchWork,
                         testing::Values("record.ints.all(i, !record.text.matches('^a*b'))",
                                         "record.patterns.all(p, !'b'.matches(p))",
                                         "record.patterns.all(p, !record.text.matches(p))",
                                         R"(record.ints.exists(i, 'b'.matches('\\pL{500}' + string(i))))"));
INSTANTIATE_TEST_SUITE_P(
    Decimals, TooMuchWork,
    testing::Values("record.ints.all(i, record.digits * 0 == 0)",
                    "record.ints.all(i, record.exponent - record.exponent == 0)",
                    "record.ints.all(i, record.exponent * record.digits == 0 || true)",
                    "record.ints.all(x, record.few.all(y, record.tenth < record.double))",
                    "record.ints.map(x, record.few.all(y, int(record.digits) == 0 || true))"));

std::string long_condition() {
  std::string text = "record.ints.all(x, x < 0";
  for (int i = 0; i < 4000; ++i)
    text += " || x == -1";
  return text + " || true)";
}

TEST_F(LargeRecord, WhatIsDoneWithEachItemCounts) {
  EXPECT_THAT(sample_(long_condition()), StartsWith("error: the expression does too much for one record"));
}

TEST_F(LargeRecord, ListsThatStandInEachOtherEndToo) {
  std::string text = "[1]";
  for (int i = 0; i < 64; ++i)
    text += ".map(x, [x, x])";
  EXPECT_THAT(sample_("[" + text + "].all(x, x == x)"),
              StartsWith("error: the expression does too much for one record"));
}

// Nothing is copied for it, but whoever writes the result would write forever.
TEST_F(LargeRecord, AResultIsNoLargerThanWhatAnEvaluationMayMake) {
  const std::string too_much = "error: the expression makes more than ";
  EXPECT_THAT(sample_("record.ints.map(x, record.ints)"), StartsWith(too_much));
  EXPECT_THAT(sample_("record.ints.map(x, {'all': record.text})"), StartsWith(too_much));
  EXPECT_THAT(sample_("record.ints.map(x, [record.map])[0]"), HasSubstr("'name7': 7"));
  std::string text = "[1]";
  for (int i = 0; i < 64; ++i)
    text += ".map(x, [x, x])";
  EXPECT_THAT(sample_(text), StartsWith(too_much));
  EXPECT_EQ(sample_("size(" + text + ")"), "1") << "what is not in the result does not count";
}

TEST_F(LargeRecord, WhatIsMadeAndLetGoOfCountsToo) {
  const std::string too_much = "error: the expression makes more than ";
  for (const char* text :
       {"record.ints.all(i, -record.digits < 0)", "record.ints.all(i, record.text + 'b' != '')",
        "record.ints.all(i, record.ints + [i] != [])",
        "record.ints.all(i, bytes(record.text) + b'a' != b'')"})
    EXPECT_THAT(sample_(text), StartsWith(too_much)) << text;
}

class Reasonable : public LargeRecord {};

TEST_P(Reasonable, Works) { EXPECT_EQ(sample_(GetParam()), "true"); }

INSTANTIATE_TEST_SUITE_P(
    All, Reasonable,
    testing::Values("record.few.all(x, x in record.ints)", "record.few.all(x, record.ints.exists(y, y == x))",
                    "record.ints.all(x, x >= 0 && x < 50000)", "record.texts.all(x, x.startsWith('name'))",
                    "record.texts.all(x, x.matches('^name[0-9]+$'))", "record.text == record.same",
                    "record.text.matches('^a+$')", "!record.text.contains(record.part)",
                    "record.hundred.all(k, record.hundred[k] < 100)", "record.hundred == record.turned",
                    "record.ints.all(x, x * record.tenth >= 0)", "record.ints.map(x, {'x': x})[7].x == 7",
                    "record.map == record.map", "record.digits + 1 > record.digits",
                    "record.patterns.filter(p, p.startsWith('a{1}')).all(p, !'b'.matches(p))"));

TEST_F(LargeRecord, AnEvaluationThatNobodyWaitsForEndsSoon) {
  const std::string slow = "record.few.all(x, x in record.ints)";
  std::vector<Problem> problems;
  const auto program = Program::compile(config::LocatedText(slow), problems);
  const auto quick = Program::compile(config::LocatedText("record.ints[7] == 7"), problems);
  ASSERT_TRUE(program && quick);
  std::atomic<bool> interrupted = false;
  const Inputs inputs{.interrupted = &interrupted};
  bool holds = false;
  Failure failure;
  EXPECT_TRUE(program->test(sample_.draft(), inputs, holds, failure)) << failure.message;
  EXPECT_TRUE(holds);
  interrupted = true;
  EXPECT_FALSE(program->test(sample_.draft(), inputs, holds, failure));
  EXPECT_THAT(failure.message, StartsWith("the run ended before the expression was through at column "));
  EXPECT_TRUE(quick->test(sample_.draft(), inputs, holds, failure)) << "there was nothing to interrupt";
  EXPECT_TRUE(holds);
}

// Nor does an operand that would decide make a result of it.
TEST_F(LargeRecord, AnInterruptedOperandDecidesNothing) {
  std::vector<Problem> problems;
  const auto program = Program::compile(
      config::LocatedText(std::string("record.ints.all(x, x >= 0) && record.missing || 1 / 0 > 0 || true")),
      problems);
  ASSERT_TRUE(program);
  const std::atomic<bool> interrupted = true;
  bool holds = false;
  Failure failure;
  EXPECT_FALSE(program->test(sample_.draft(), {.interrupted = &interrupted}, holds, failure));
  EXPECT_THAT(failure.message, StartsWith("the run ended before"));
}

}  // namespace
}  // namespace hiveframe::expr
