#include "pipeline/record/time_text.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace hiveframe::record {
namespace {

std::string written(const Value& value) {
  char room[max_time_text];
  const char* end = value.is(Kind::timestamp) ? write_timestamp(value, room)
                    : value.is(Kind::date)    ? write_date(value, room)
                                              : write_duration(value, room);
  EXPECT_LE(end - room, static_cast<std::ptrdiff_t>(max_time_text));
  return std::string(room, static_cast<std::size_t>(end - room));
}

std::string rewritten(std::string_view text) {
  const auto value = parse_timestamp(text);
  return value ? written(*value) : "refused";
}

TEST(Timestamp, IsNormalisedToUtc) {
  EXPECT_EQ(rewritten("2026-03-01T12:00:00Z"), "2026-03-01T12:00:00Z");
  EXPECT_EQ(rewritten("2026-03-01t12:00:00z"), "2026-03-01T12:00:00Z");
  EXPECT_EQ(rewritten("2026-03-01T00:30:00+02:00"), "2026-02-28T22:30:00Z");
  EXPECT_EQ(rewritten("2024-02-28T23:30:00-00:45"), "2024-02-29T00:15:00Z");
  EXPECT_EQ(rewritten("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59.500Z");
  EXPECT_EQ(rewritten("2026-03-01T12:00:00.123456789Z"), "2026-03-01T12:00:00.123456789Z");
  EXPECT_EQ(rewritten("2026-03-01T12:00:00.120000Z"), "2026-03-01T12:00:00.120Z");
  EXPECT_EQ(rewritten("2026-03-01T12:00:00.000100Z"), "2026-03-01T12:00:00.000100Z");
  EXPECT_EQ(rewritten("2026-03-01T12:00:00.1234567890Z"), "2026-03-01T12:00:00.123456789Z");
  EXPECT_EQ(rewritten("2026-03-01T12:00:00"), "2026-03-01T12:00:00");
}

TEST(Timestamp, KnowsItsEdges) {
  EXPECT_EQ(parse_timestamp("0001-01-01T00:00:00Z")->seconds(), min_timestamp_seconds);
  EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59.999999999Z")->seconds(), max_timestamp_seconds);
  EXPECT_EQ(rewritten("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z")->seconds(), 0);
  // Known from elsewhere: date -u -d 2001-09-09T01:46:40Z +%s
  EXPECT_EQ(parse_timestamp("2001-09-09T01:46:40Z")->seconds(), 1'000'000'000);
  const Value before = parse_timestamp("1969-12-31T23:59:59.25Z").value();
  EXPECT_EQ(before.seconds(), -1);
  EXPECT_EQ(before.nanos(), 250'000'000U);
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const char* bad : {"",
                          "2026",
                          "2026-03-01",
                          "2026-03-01T",
                          "2026-03-01T12:00Z",
                          "2026-3-1T12:00:00Z",
                          "2026-03-01 12:00:00Z",
                          "2026-02-29T00:00:00Z",
                          "2026-13-01T00:00:00Z",
                          "2026-00-01T00:00:00Z",
                          "2026-01-00T00:00:00Z",
                          "2026-01-32T00:00:00Z",
                          "0000-01-01T00:00:00Z",
                          "2026-03-01T24:00:00Z",
                          "2026-03-01T12:60:00Z",
                          "2026-12-31T23:59:60Z",
                          "2026-03-01T12:00:00.Z",
                          "2026-03-01T12:00:00.1234567891Z",
                          "2026-03-01T12:00:00+2:00",
                          "2026-03-01T12:00:00+0200",
                          "2026-03-01T12:00:00+24:00",
                          "2026-03-01T12:00:00+02:60",
                          "2026-03-01T12:00:00Zx",
                          "2026-03-01T12:00:00Z ",
                          " 2026-03-01T12:00:00Z",
                          "10000-01-01T00:00:00Z",
                          "0001-01-01T00:00:00+00:01",
                          "9999-12-31T23:59:59-00:01",
                          "-001-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_timestamp(bad)) << bad;
  }
}

TEST(Timestamp, EveryInstantSurvivesItsText) {
  std::mt19937_64 random(5);
  std::uniform_int_distribution<std::int64_t> second(min_timestamp_seconds, max_timestamp_seconds);
  for (int i = 0; i < 50'000; ++i) {
    const Value value =
        Value::timestamp(second(random), static_cast<std::uint32_t>(random() % 1'000'000'000), i % 2);
    const std::string text = written(value);
    const auto back = parse_timestamp(text);
    ASSERT_TRUE(back) << text;
    ASSERT_EQ(back->seconds(), value.seconds()) << text;
    ASSERT_EQ(back->nanos(), value.nanos()) << text;
    ASSERT_EQ(back->local(), value.local()) << text;
  }
}

TEST(Date, IsRead) {
  EXPECT_EQ(parse_date("1970-01-01")->days(), 0);
  EXPECT_EQ(parse_date("1969-12-31")->days(), -1);
  EXPECT_EQ(parse_date("2000-02-29")->days(), 11016);
  for (const char* bad : {"", "1900-02-29", "2026-1-1", "2026-01-01T", "0000-01-01", "2026/01/01"}) {
    EXPECT_FALSE(parse_date(bad)) << bad;
  }
}

TEST(Date, IsWritten) {
  EXPECT_EQ(written(Value::date(0)), "1970-01-01");
  EXPECT_EQ(written(Value::date(-1)), "1969-12-31");
  EXPECT_EQ(written(Value::date(11016)), "2000-02-29");
  EXPECT_EQ(written(Value::date(2932896)), "9999-12-31");
}

TEST(Duration, ReadsWhatCelWrites) {
  const auto rewritten_duration = [](std::string_view text) {
    const auto value = parse_duration(text);
    return value ? written(*value) : std::string("refused");
  };
  EXPECT_EQ(rewritten_duration("3.5s"), "3.5s");
  EXPECT_EQ(rewritten_duration("0s"), "0s");
  EXPECT_EQ(rewritten_duration("-0.5s"), "-0.5s");
  EXPECT_EQ(rewritten_duration("-1h30m"), "-5400s");
  EXPECT_EQ(rewritten_duration("1.5h"), "5400s");
  EXPECT_EQ(rewritten_duration("20ms"), "0.02s");
  EXPECT_EQ(rewritten_duration("1us1ns"), "0.000001001s");
  EXPECT_EQ(rewritten_duration("-1ns"), "-0.000000001s");
  EXPECT_EQ(rewritten_duration("+2m.5s"), "120.5s");
  EXPECT_EQ(rewritten_duration("315576000000s"), "315576000000s");
  EXPECT_EQ(rewritten_duration("-315576000000s"), "-315576000000s");
  EXPECT_EQ(rewritten_duration("0.0000000010s"), "0.000000001s");
  // As Go's time.ParseDuration has it: nothing needs no unit, and there are two characters for micro.
  EXPECT_EQ(rewritten_duration("0"), "0s");
  EXPECT_EQ(rewritten_duration("-0"), "0s");
  EXPECT_EQ(rewritten_duration("+0"), "0s");
  EXPECT_EQ(rewritten_duration("1\u00b5s"), "0.000001s");
  EXPECT_EQ(rewritten_duration("1\u03bcs"), "0.000001s");
  EXPECT_EQ(rewritten_duration("2m3\u03bcs"), "120.000003s");
  for (const char* bad : {"",
                          "-",
                          "s",
                          "1",
                          "1d",
                          "1 s",
                          "1.s2",
                          ".s",
                          "0.5ns",
                          "0.0000000001s",
                          "315576000001s",
                          "315576000000.000000001s",
                          "99999999999999999999999999999999999999999999h",
                          "1s-1s",
                          "00",
                          "0.0",
                          "0 ",
                          "1s0",
                          "--0",
                          "--",
                          "\u03bcs",
                          "1\u03bc"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Duration, IsRoundedDownInside) {
  const Value half = parse_duration("-0.5s").value();
  EXPECT_EQ(half.seconds(), -1);
  EXPECT_EQ(half.nanos(), 500'000'000U);
  EXPECT_EQ(written(Value::duration(INT64_MIN, 0)), "-9223372036854775808s");
  EXPECT_EQ(written(Value::duration(INT64_MIN, 1)), "-9223372036854775807.999999999s");
}

}  // namespace
}  // namespace hiveframe::record
