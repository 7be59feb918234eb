#include "pipeline/record/number.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>

#include "pipeline/record/decimal.hpp"

namespace hiveframe::record {
namespace {

std::string written(double number) {
  char room[max_number_text];
  const char* end = write_float64(number, room);
  EXPECT_LE(end - room, static_cast<std::ptrdiff_t>(max_number_text));
  return std::string(room, static_cast<std::size_t>(end - room));
}

TEST(NumberFromLiteral, IntegersKeepTheirDigits) {
  EXPECT_EQ(number_from_literal("0").as_int64(), 0);
  EXPECT_EQ(number_from_literal("-1").as_int64(), -1);
  EXPECT_EQ(number_from_literal("9223372036854775807").as_int64(), INT64_MAX);
  EXPECT_EQ(number_from_literal("-9223372036854775808").as_int64(), INT64_MIN);
  const Value above = number_from_literal("9223372036854775808");
  ASSERT_TRUE(above.is(Kind::uint64));
  EXPECT_EQ(above.as_uint64(), 9223372036854775808U);
  EXPECT_EQ(number_from_literal("18446744073709551615").as_uint64(), UINT64_MAX);
  for (const char* beyond : {"18446744073709551616", "-9223372036854775809", "100000000000000000000000"}) {
    const Value decimal = number_from_literal(beyond);
    ASSERT_TRUE(decimal.is(Kind::decimal)) << beyond;
    EXPECT_EQ(decimal.text(), beyond);
  }
}

TEST(NumberFromLiteral, MinusZeroIsADouble) {
  for (const char* zero : {"-0", "-0.0", "-0e5", "-0.000E-400"}) {
    const Value value = number_from_literal(zero);
    ASSERT_TRUE(value.is(Kind::float64)) << zero;
    EXPECT_TRUE(std::signbit(value.as_float64())) << zero;
    EXPECT_EQ(value.as_float64(), 0) << zero;
  }
  EXPECT_FALSE(std::signbit(number_from_literal("0.0").as_float64()));
  EXPECT_FALSE(std::signbit(number_from_literal("0e999999999999").as_float64()));
}

TEST(NumberFromLiteral, ADoubleIsTheSameNumberInItsShortestForm) {
  const std::pair<const char*, double> doubles[] = {
      {"1.0", 1.0},
      {"1.10", 1.1},
      {"1e5", 100000.0},
      {"100E-2", 1.0},
      {"0.1", 0.1},
      {"5e-324", 5e-324},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"2.2250738585072014e-308", 2.2250738585072014e-308},
      {"9007199254740992.0", 9007199254740992.0},
      {"0.30000000000000004", 0.30000000000000004},
      {"0.3000000000000000400", 0.30000000000000004},
      {"123456789012345.6", 123456789012345.6},
  };
  for (const auto& [literal, expected] : doubles) {
    const Value value = number_from_literal(literal);
    ASSERT_TRUE(value.is(Kind::float64)) << literal;
    EXPECT_EQ(value.as_float64(), expected) << literal;
  }
}

TEST(NumberFromLiteral, WhatNoDoubleIsStaysADecimal) {
  const std::string long_number = "0." + std::string(400, '7');
  for (const std::string& literal :
       {std::string("9007199254740993.0"), std::string("1e-400"), std::string("1e400"), std::string("-1e400"),
        std::string("0.1000000000000000055511151231257827"), std::string("0.10000000000000001"),
        std::string("3.14159265358979323846"), std::string("4e-324"), std::string("1.23456e-320"),
        std::string("1e99999999999999999999"), std::string("1e-99999999999999999999"), long_number}) {
    const Value value = number_from_literal(literal);
    ASSERT_TRUE(value.is(Kind::decimal)) << literal;
    EXPECT_EQ(value.text(), literal);
  }
}

TEST(NumberFromLiteral, EveryDoubleSurvivesItsOwnText) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    const std::string text = written(number);
    const Value back = number_from_literal(text);
    ASSERT_TRUE(back.is(Kind::float64)) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back.as_float64()), std::bit_cast<std::uint64_t>(number)) << text;
  }
}

TEST(NumberFromLiteral, OneDigitMoreThanTheShortestFormIsNotThatDouble) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number) || number == 0) continue;
    char room[64];
    const std::string shortest(room,
                               std::to_chars(room, room + 64, number, std::chars_format::scientific).ptr);
    const std::size_t mark = shortest.find('e');
    std::string mantissa = shortest.substr(0, mark);
    if (mantissa.find('.') == std::string::npos) mantissa += '.';
    // Enough zeros that the last digit cannot matter to the double.
    const std::string literal = mantissa + std::string(30, '0') + "1" + shortest.substr(mark);
    ASSERT_TRUE(number_from_literal(literal).is(Kind::decimal)) << literal;
    const std::string zeros = mantissa + std::string(30, '0') + shortest.substr(mark);
    ASSERT_TRUE(number_from_literal(zeros).is(Kind::float64)) << zeros;
  }
}

/// A literal with a point or an exponent; often nearly what a double is written as.
std::string literal_from(std::mt19937_64& random) {
  std::string digits;
  if (random() % 2 == 0) {
    for (std::size_t i = 1 + random() % 20; i > 0; --i)
      digits += static_cast<char>('0' + random() % 10);
  } else {
    char room[64];
    const auto number = random() % 3 == 0 ? std::bit_cast<double>(random() >> 1 & ~(std::uint64_t{1} << 62))
                                          : static_cast<double>(random() >> 11) * 0x1p-53;
    const char* const end = std::to_chars(room, room + 64, number, std::chars_format::scientific).ptr;
    for (const char* at = room; at != end && *at != 'e'; ++at)
      if (*at != '.') digits += *at;
    if (random() % 4 == 0) digits.back() = static_cast<char>('0' + random() % 10);
    if (random() % 4 == 0) digits += static_cast<char>('0' + random() % 10);
  }
  if (random() % 4 == 0) digits += std::string(random() % 12, '0');
  if (random() % 3 == 0) {
    digits = "0." + std::string(random() % 4 == 0 ? random() % 30 : 0, '0') + digits;
  } else {
    const std::size_t point = 1 + random() % digits.size();
    // No needless zeros at the front.
    std::string whole = digits.substr(0, point);
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
    const std::string fraction = digits.substr(point);
    digits = whole + "." + (fraction.empty() ? "0" : fraction);
  }
  if (random() % 3 == 0) {
    constexpr const char* marks[] = {"e", "E", "e+", "E-", "e-", "e-0", "e+00"};
    digits += marks[random() % 7] + std::to_string(random() % (random() % 2 == 0 ? 330 : 12));
  }
  return (random() % 3 == 0 ? "-" : "") + digits;
}

TEST(KeepsLiteral, IsTheShortestFormComparedDigitByDigit) {
  std::mt19937_64 random(9);
  int kept = 0;
  int lost = 0;
  for (int i = 0; i < 300'000; ++i) {
    const std::string literal = literal_from(random);
    ASSERT_TRUE(is_number_literal(literal)) << literal;
    double number = 0;
    const auto read = std::from_chars(literal.data(), literal.data() + literal.size(), number);
    if (read.ec != std::errc()) continue;  // beyond the range, either way
    char room[64];
    const std::string shortest(room,
                               std::to_chars(room, room + 64, number, std::chars_format::scientific).ptr);
    const bool same = compare_numbers(Value::decimal(literal), Value::decimal(shortest)) == 0;
    ASSERT_EQ(keeps_literal(number, literal), same) << literal << " is not " << shortest;
    (same ? kept : lost)++;
  }
  EXPECT_GT(kept, 100'000);
  EXPECT_GT(lost, 50'000);
}

TEST(WriteFloat64, HasAPointOrAnExponent) {
  EXPECT_EQ(written(0.0), "0.0");
  EXPECT_EQ(written(-0.0), "-0.0");
  EXPECT_EQ(written(1), "1.0");
  EXPECT_EQ(written(-12.5), "-12.5");
  EXPECT_EQ(written(100000), "100000.0");
  EXPECT_EQ(written(1e15), "1000000000000000.0");
  EXPECT_EQ(written(1e16), "1e+16");
  EXPECT_EQ(written(1e300), "1e+300");
  EXPECT_EQ(written(0.0001), "0.0001");
  EXPECT_EQ(written(0.00012), "0.00012");
  EXPECT_EQ(written(1e-7), "1e-07");
  EXPECT_EQ(written(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(written(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(written(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(written(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
}

TEST(WriteFloat64, IsAsShortAsToChars) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 300'000; ++i) {
    // Amounts with up to six decimals, and their products: where the quick way is taken, and just beyond.
    const double scale = std::pow(10, static_cast<double>(random() % 7));
    double number = static_cast<double>(random() % 1'000'000'000'000) / scale;
    if (i % 3 == 0) number *= 1.2;
    if (i % 5 == 0) number = -number;
    const std::string text = written(number);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    ASSERT_EQ(back, number) << text;
    char room[64];
    const auto digits = [](std::string_view literal) {
      std::string only;
      for (const char c : literal.substr(0, literal.find('e'))) {
        if (c >= '0' && c <= '9') only += c;
      }
      while (only.size() > 1 && only.back() == '0')
        only.pop_back();
      return only.substr(std::min(only.find_first_not_of('0'), only.size() - 1));
    };
    const std::string shortest(room,
                               std::to_chars(room, room + 64, number, std::chars_format::scientific).ptr);
    ASSERT_EQ(digits(text), digits(shortest)) << text;
  }
}

TEST(IsNumberLiteral, FollowsTheGrammar) {
  for (const char* good : {"0", "-0", "10", "0.5", "1e5", "1E+5", "1.25e-10", "-1.0"}) {
    EXPECT_TRUE(is_number_literal(good)) << good;
  }
  for (const char* bad :
       {"", "-", "01", "+1", ".5", "1.", "1e", "1e+", "0x10", "1 ", " 1", "--1", "NaN", "1.e5"}) {
    EXPECT_FALSE(is_number_literal(bad)) << bad;
  }
}

}  // namespace
}  // namespace hiveframe::record
