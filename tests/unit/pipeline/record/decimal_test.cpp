#include "pipeline/record/decimal.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <string>

#include "pipeline/record/number.hpp"

namespace hiveframe::record {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string text_of(const Value& number) {
  char room[max_number_text];
  switch (number.kind()) {
    case Kind::int64:
      return std::string(room, write_integer(number.as_int64(), room));
    case Kind::uint64:
      return std::string(room, write_integer(number.as_uint64(), room));
    case Kind::float64:
      return std::string(room, write_float64(number.as_float64(), room));
    default:
      return std::string(number.text());
  }
}

TEST(CompareNumbers, OrdersAcrossKinds) {
  // Rising, no two the same.
  const Value rising[] = {
      Value::float64(-infinity),
      Value::decimal("-1e400"),
      Value::float64(-1e300),
      Value::decimal("-9223372036854775809"),
      Value::int64(INT64_MIN),
      Value::int64(INT64_MIN + 1),
      Value::float64(-2.5),
      Value::int64(-2),
      Value::decimal("-1e-400"),
      Value::int64(0),
      Value::decimal("1e-99999999999999999999"),
      Value::decimal("1e-400"),
      Value::float64(5e-324),
      Value::float64(0.1),
      // 0.1's bits stand for 0.1000000000000000055511151231257827021...
      Value::decimal("0.1000000000000000055511151231257828"),
      Value::int64(1),
      Value::float64(9007199254740992.0),
      Value::int64(9007199254740993),
      Value::decimal("9007199254740993.5"),
      Value::int64(INT64_MAX),
      Value::float64(0x1p63),
      Value::uint64(9223372036854775809U),
      Value::uint64(UINT64_MAX),
      Value::float64(0x1p64),
      Value::decimal("18446744073709551617"),
      Value::float64(1e300),
      Value::decimal("1e400"),
      Value::decimal("1.00000000000000000001e400"),
      Value::float64(infinity),
  };
  const std::size_t count = std::size(rising);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      EXPECT_EQ(compare_numbers(rising[i], rising[j]), i <=> j) << i << " " << j;
    }
  }
}

TEST(CompareNumbers, SameNumberInDifferentKindsIsEqual) {
  EXPECT_TRUE(compare_numbers(Value::int64(5), Value::float64(5.0)) == 0);
  EXPECT_TRUE(compare_numbers(Value::uint64(9223372036854775808U), Value::float64(0x1p63)) == 0);
  EXPECT_TRUE(compare_numbers(Value::decimal("18446744073709551616"), Value::float64(0x1p64)) == 0);
  EXPECT_TRUE(compare_numbers(Value::decimal("1.50"), Value::float64(1.5)) == 0);
  EXPECT_TRUE(compare_numbers(Value::decimal("500e-2"), Value::int64(5)) == 0);
  EXPECT_TRUE(compare_numbers(Value::float64(-0.0), Value::int64(0)) == 0);
  EXPECT_TRUE(compare_numbers(Value::decimal("-0e7"), Value::decimal("0.000")) == 0);
  EXPECT_TRUE(compare_numbers(Value::decimal("0.1000000000000000055511151231257827021181583404541015625"),
                              Value::float64(0.1)) == 0);
}

TEST(CompareNumbers, NothingComparesWithNaN) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Value& other :
       {Value::int64(1), Value::uint64(UINT64_MAX), Value::float64(1), Value::decimal("1e400")}) {
    EXPECT_EQ(compare_numbers(other, Value::float64(nan)), std::partial_ordering::unordered);
    EXPECT_EQ(compare_numbers(Value::float64(nan), other), std::partial_ordering::unordered);
  }
}

TEST(CompareNumbers, HugeExponentsCostNothing) {
  EXPECT_TRUE(
      compare_numbers(Value::decimal("1e900000000000000000"), Value::decimal("9e899999999999999999")) > 0);
  EXPECT_TRUE(compare_numbers(Value::decimal("-1e900000000000000000"), Value::int64(0)) < 0);
}

TEST(ToFloat64, RoundsToTheNearest) {
  EXPECT_EQ(to_float64(Value::decimal("9007199254740993.0")), 9007199254740992.0);
  EXPECT_EQ(to_float64(Value::decimal("1e400")), infinity);
  EXPECT_EQ(to_float64(Value::decimal("-1e400")), -infinity);
  EXPECT_EQ(to_float64(Value::decimal("1e-400")), 0.0);
  EXPECT_TRUE(std::signbit(to_float64(Value::decimal("-1e-400"))));
  EXPECT_EQ(to_float64(Value::uint64(UINT64_MAX)), 0x1p64);
}

TEST(ExactArithmetic, StaysExactAndPicksTheKindOfTheResult) {
  Arena arena;
  const auto sum = [&](const Value& a, const Value& b) { return text_of(add_exactly(a, b, arena).value()); };
  const auto product = [&](const Value& a, const Value& b) {
    return text_of(multiply_exactly(a, b, arena).value());
  };
  const auto difference = [&](const Value& a, const Value& b) {
    return text_of(subtract_exactly(a, b, arena).value());
  };
  EXPECT_EQ(sum(Value::int64(2), Value::int64(3)), "5");
  EXPECT_EQ(sum(Value::int64(INT64_MAX), Value::int64(1)), "9223372036854775808");
  EXPECT_EQ(sum(Value::uint64(UINT64_MAX), Value::int64(1)), "18446744073709551616");
  EXPECT_EQ(sum(Value::decimal("18446744073709551616"), Value::int64(-1)), "18446744073709551615");
  EXPECT_EQ(sum(Value::decimal("9007199254740993.25"), Value::decimal("0.75")), "9007199254740994");
  EXPECT_EQ(difference(Value::decimal("9007199254740993.5"), Value::decimal("9007199254740993.0")), "0.5");
  EXPECT_EQ(difference(Value::decimal("1e-400"), Value::decimal("1e-400")), "0");
  EXPECT_EQ(difference(Value::int64(0), Value::int64(INT64_MIN)), "9223372036854775808");
  EXPECT_EQ(product(Value::decimal("1.00000000000000000001"), Value::int64(-3)), "-3.00000000000000000003");
  EXPECT_EQ(product(Value::int64(INT64_MIN), Value::int64(-1)), "9223372036854775808");
  EXPECT_EQ(product(Value::decimal("1e400"), Value::int64(0)), "0");
  EXPECT_EQ(product(Value::decimal("5e-1"), Value::decimal("2e0")), "1");
  EXPECT_EQ(text_of(negate_exactly(Value::decimal("-1e400"), arena).value()), "1e400");
  EXPECT_EQ(text_of(negate_exactly(Value::uint64(9223372036854775808U), arena).value()),
            "-9223372036854775808");
  EXPECT_TRUE(add_exactly(Value::int64(2), Value::int64(3), arena)->is(Kind::int64));
}

TEST(ExactArithmetic, IsBounded) {
  Arena arena;
  EXPECT_FALSE(add_exactly(Value::decimal("1e1000000000"), Value::int64(1), arena));
  EXPECT_FALSE(add_exactly(Value::decimal("1e-1000000000"), Value::int64(1), arena));
  EXPECT_FALSE(multiply_exactly(Value::decimal("1e99999999999999999999"), Value::int64(2), arena));
  const std::string nines(max_decimal_digits, '9');
  EXPECT_TRUE(add_exactly(Value::decimal(nines), Value::int64(-1), arena));
  EXPECT_FALSE(multiply_exactly(Value::decimal(nines), Value::decimal(nines), arena));
  const std::string wide = nines + nines;
  EXPECT_FALSE(add_exactly(Value::decimal(wide), Value::int64(1), arena));
}

TEST(ExactArithmetic, AgreesWithIntegersOfTheMachine) {
  __extension__ using Wide = __int128;
  Arena arena;
  std::mt19937_64 random(3);
  const auto same = [](const Value& result, Wide expected) {
    const std::string text = text_of(result);
    Wide back = 0;
    for (const char c : text) {
      if (c != '-') back = back * 10 + (c - '0');
    }
    return (text.front() == '-' ? -back : back) == expected;
  };
  for (int i = 0; i < 20'000; ++i) {
    arena.reset();
    const auto a = static_cast<std::int64_t>(random()) >> (random() % 64);
    const auto b = static_cast<std::int64_t>(random()) >> (random() % 64);
    ASSERT_TRUE(same(add_exactly(Value::int64(a), Value::int64(b), arena).value(), Wide(a) + b))
        << a << " " << b;
    ASSERT_TRUE(same(subtract_exactly(Value::int64(a), Value::int64(b), arena).value(), Wide(a) - b))
        << a << " " << b;
    ASSERT_TRUE(same(multiply_exactly(Value::int64(a), Value::int64(b), arena).value(), Wide(a) * b))
        << a << " " << b;
  }
}

TEST(IntegerPart, CutsOffTheFraction) {
  const auto part = [](const char* text) -> std::string {
    const std::optional<Value> whole = integer_part(Value::decimal(text));
    if (!whole) return "too large";
    return whole->is(Kind::int64) ? std::to_string(whole->as_int64()) : std::to_string(whole->as_uint64());
  };
  const std::string zeros(1'000'000, '0');
  EXPECT_EQ(part("12345678901234567.89"), "12345678901234567");
  EXPECT_EQ(part("-0.99999999999999999999"), "0");
  EXPECT_EQ(part("18446744073709551615.5"), "18446744073709551615");
  EXPECT_EQ(part("18446744073709551616.5"), "too large");
  EXPECT_EQ(part("-9223372036854775808.5"), "-9223372036854775808");
  EXPECT_EQ(part("-9223372036854775809.5"), "too large");
  EXPECT_EQ(part("1.5e1"), "15");
  EXPECT_EQ(part("1234e-2"), "12");
  EXPECT_EQ(part("0e99999999999999999999"), "0");
  EXPECT_EQ(part("5e-99999999999999999999"), "0");
  EXPECT_EQ(part("-5e99999999999999999999"), "too large");
  EXPECT_EQ(part(("0." + zeros + "7e1000003").c_str()), "700");
  EXPECT_EQ(part(("7" + zeros + "e-1000000").c_str()), "7");
}

}  // namespace
}  // namespace hiveframe::record
