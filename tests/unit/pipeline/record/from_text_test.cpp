#include "pipeline/record/from_text.hpp"

#include <gtest/gtest.h>

#include "pipeline/record/time_text.hpp"

namespace hiveframe::record {
namespace {

TEST(FromText, Booleans) {
  for (const char* text : {"true", "TRUE", "t", "Yes", "y", "on", "1"}) {
    ASSERT_TRUE(from_text(text, Kind::boolean)) << text;
    EXPECT_TRUE(from_text(text, Kind::boolean)->as_boolean()) << text;
  }
  for (const char* text : {"false", "False", "F", "no", "N", "off", "0"}) {
    ASSERT_TRUE(from_text(text, Kind::boolean)) << text;
    EXPECT_FALSE(from_text(text, Kind::boolean)->as_boolean()) << text;
  }
  for (const char* text : {"", " true", "2", "tru", "[RUE"})
    EXPECT_FALSE(from_text(text, Kind::boolean)) << text;
}

TEST(FromText, Integers) {
  EXPECT_EQ(from_text("007", Kind::int64)->as_int64(), 7);
  EXPECT_EQ(from_text("+7", Kind::int64)->as_int64(), 7);
  EXPECT_EQ(from_text("-9223372036854775808", Kind::int64)->as_int64(), INT64_MIN);
  EXPECT_EQ(from_text("18446744073709551615", Kind::uint64)->as_uint64(), UINT64_MAX);
  EXPECT_EQ(from_text("5", Kind::uint64)->kind(), Kind::int64);
  for (const char* text :
       {"", "+", "-", "+-1", "++1", "1.0", "1e3", " 1", "1 ", "0x10", "9223372036854775808"})
    EXPECT_FALSE(from_text(text, Kind::int64)) << text;
  EXPECT_FALSE(from_text("-1", Kind::uint64));
  EXPECT_FALSE(from_text("18446744073709551616", Kind::uint64));
}

TEST(FromText, Numbers) {
  EXPECT_EQ(from_text("+01.50", Kind::float64)->as_float64(), 1.5);
  EXPECT_EQ(from_text(".5", Kind::float64)->as_float64(), 0.5);
  EXPECT_EQ(from_text("1e300", Kind::float64)->as_float64(), 1e300);
  for (const char* text : {"", "nan", "inf", "-inf", "1e999", "1,5", "1.5 ", "0x1p3"})
    EXPECT_FALSE(from_text(text, Kind::float64)) << text;
  EXPECT_EQ(from_text("+0012345678901234567890.10", Kind::decimal)->text(), "12345678901234567890.10");
  EXPECT_EQ(from_text("00", Kind::decimal)->as_int64(), 0);
  EXPECT_FALSE(from_text("1.", Kind::decimal));
  EXPECT_FALSE(from_text("", Kind::decimal));
}

TEST(FromText, Times) {
  EXPECT_EQ(from_text("2026-03-01T12:00:00+02:00", Kind::timestamp)->seconds(), 1772359200);
  EXPECT_EQ(from_text("2026-03-01 12:00:00", Kind::timestamp)->local(), true);
  EXPECT_FALSE(from_text("2026-03-01", Kind::timestamp));
  EXPECT_FALSE(from_text(std::string(200, ' '), Kind::timestamp));
  EXPECT_EQ(from_text("1970-01-02", Kind::date)->days(), 1);
  EXPECT_FALSE(from_text("1970-02-30", Kind::date));
  EXPECT_EQ(from_text("1h30m", Kind::duration)->seconds(), 5400);
}

TEST(FromText, TextIsItself) {
  EXPECT_EQ(from_text("x", Kind::string)->text(), "x");
  EXPECT_EQ(from_text("x", Kind::bytes)->kind(), Kind::bytes);
  for (const Kind kind : {Kind::null, Kind::list, Kind::object})
    EXPECT_FALSE(from_text("null", kind));
}

TEST(GuessFromText, TakesForANumberOnlyWhatLosesNothing) {
  EXPECT_EQ(guess_from_text("12").as_int64(), 12);
  EXPECT_EQ(guess_from_text("-1.5").as_float64(), -1.5);
  EXPECT_TRUE(guess_from_text("true").as_boolean());
  EXPECT_FALSE(guess_from_text("false").as_boolean());
  for (const char* text : {"", "007", "+1", "1e5", "-0", "True", "-", "1.", ".5", "null", "1 "}) {
    EXPECT_EQ(guess_from_text(text).kind(), Kind::string) << text;
    EXPECT_EQ(guess_from_text(text).text(), text);
  }
}

}  // namespace
}  // namespace hiveframe::record
