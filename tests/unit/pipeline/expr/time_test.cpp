#include <gmock/gmock.h>

#include "pipeline/expr/time_zone.hpp"
#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class Time : public testing::TestWithParam<Case> {
 protected:
  Time() {
    sample_.add("ts", Value::timestamp(1234567890, 123'456'789));
    sample_.add("day", Value::date(14288));  // 2009-02-13
    sample_.add("local", Value::timestamp(1234567890, 0, true));
    sample_.add("long", Value::duration(300'000'000'000, 0));
    sample_.add("zone", Value::string("+02:00"));
    sample_.add("place", Value::string("Europe/Paris"));
    sample_.add("text", Value::string("2009-02-13T23:31:30Z"));
  }
  Sample sample_;
};

TEST_P(Time, IsCountedExactly) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Accessors, Time,
    testing::Values(Case{"record.ts.getFullYear()", "2009"}, Case{"record.ts.getMonth()", "1"},
                    Case{"record.ts.getDate()", "13"}, Case{"record.ts.getDayOfMonth()", "12"},
                    Case{"record.ts.getDayOfWeek()", "5"}, Case{"record.ts.getDayOfYear()", "43"},
                    Case{"record.ts.getHours()", "23"}, Case{"record.ts.getMinutes()", "31"},
                    Case{"record.ts.getSeconds()", "30"}, Case{"record.ts.getMilliseconds()", "123"},
                    Case{"timestamp('2024-02-29T00:00:00Z').getDayOfYear()", "59"},
                    Case{"timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"},
                    Case{"timestamp('2023-12-31T00:00:00Z').getDayOfYear()", "364"},
                    Case{"timestamp('0001-01-01T00:00:00Z').getDayOfWeek()", "1"},
                    Case{"timestamp('1969-12-31T23:59:59.999Z').getHours()", "23"},
                    Case{"timestamp('1969-12-31T23:59:59.999Z').getMilliseconds()", "999"},
                    Case{"timestamp('2024-03-03T00:00:00Z').getDayOfWeek()", "0"},
                    Case{"record.day.getFullYear()", "2009"}, Case{"record.day.getDayOfWeek()", "5"},
                    Case{"record.local.getHours()", "23"}, Case{"timestamp(record.text).getDate()", "13"},
                    Case{"record.day.getHours()", "error: no such operation: date.getHours() at column 12"},
                    Case{"record.text.getDate()",
                         "error: no such operation: string.getDate() at column 13; it is a text, try "
                         "timestamp(record.text)"},
                    Case{"record.local.getDate('UTC')",
                         "error: no such operation: local timestamp.getDate(string) at column 14"}));

INSTANTIATE_TEST_SUITE_P(
    Zones, Time,
    testing::Values(
        Case{"record.ts.getDate('+11:00')", "14"}, Case{"record.ts.getDayOfMonth('+11:00')", "13"},
        Case{"timestamp('2009-02-13T02:00:00Z').getDayOfMonth('-02:30')", "11"},
        Case{"record.ts.getHours('02:00')", "1"}, Case{"record.ts.getSeconds('-00:00')", "30"},
        Case{"record.ts.getMinutes('+05:45')", "16"}, Case{"record.ts.getDayOfWeek('UTC')", "5"},
        Case{"record.ts.getHours(record.zone)", "1"}, Case{"record.ts.getHours('+' + '02:00')", "1"},
        Case{"record.ts.getHours(record.place)",
             "error: 'Europe/Paris' is no time zone like 'UTC' or '+02:00' (a name like 'Europe/Paris' "
             "must be written in the expression) at column 11"},
        Case{"record.ts.getHours(record.day)",
             "error: no such operation: timestamp.getHours(date) at column 11"},
        Case{"record.ts.getHours('Mars/Olympus')",
             "problem 19-33: unknown time zone 'Mars/Olympus' | write 'UTC', an offset like '+02:00', or a "
             "name like 'Europe/Paris' that this system knows"}));

INSTANTIATE_TEST_SUITE_P(
    Durations, Time,
    testing::Values(
        Case{"duration('10000s').getHours()", "2"}, Case{"duration('3730s').getMinutes()", "62"},
        Case{"duration('3730s').getSeconds()", "3730"},
        Case{"duration('123.321456789s').getMilliseconds()", "321"},
        Case{"duration('-1.5s').getSeconds()", "-1"}, Case{"duration('-1.5s').getMilliseconds()", "-500"},
        Case{"duration('-90m').getHours()", "-1"}, Case{"duration('1h30m')", "dur(5400s)"},
        Case{"duration('-1.5h')", "dur(-5400s)"}, Case{"duration('1ns')", "dur(0.000000001s)"},
        Case{"duration('3us')", "dur(0.000003s)"}, Case{"duration('0s')", "dur(0s)"},
        Case{"duration(duration('100s'))", "dur(100s)"}, Case{"duration('1h') == duration('60m')", "true"},
        Case{"duration('2h') < duration('3h')", "true"}, Case{"duration('-1ns') < duration('0s')", "true"},
        Case{"duration('1s').getHours('UTC')",
             "error: no such operation: duration.getHours(string) at column 16"},
        Case{"duration('1s').getFullYear()",
             "problem 15-26: no such operation: duration.getFullYear() | 'hiveframed explain getFullYear' "
             "says what it takes"}));

INSTANTIATE_TEST_SUITE_P(
    Sums, Time,
    testing::Values(
        Case{"timestamp('2009-02-13T23:00:00Z') + duration('240s')", "ts(2009-02-13T23:04:00Z)"},
        Case{"duration('120s') + timestamp('2009-02-13T23:01:00Z')", "ts(2009-02-13T23:03:00Z)"},
        Case{"duration('600s') + duration('50s')", "dur(650s)"},
        Case{"duration('900s') - duration('942s')", "dur(-42s)"},
        Case{"timestamp('0001-01-01T00:00:01.000000001Z') + duration('-999999999ns')",
             "ts(0001-01-01T00:00:00.000000002Z)"},
        Case{"timestamp('2009-02-13T23:10:00Z') - duration('600s')", "ts(2009-02-13T23:00:00Z)"},
        Case{"timestamp('2009-02-13T23:31:00Z') - timestamp('2009-02-13T23:29:00Z')", "dur(120s)"},
        Case{"timestamp('2009-02-13T23:29:00Z') - timestamp('2009-02-13T23:29:00.5Z')", "dur(-0.5s)"},
        Case{"record.local + duration('1s')", "ts(2009-02-13T23:31:31)"},
        Case{"record.local - record.ts",
             "error: no such operation: local timestamp - timestamp at column 14"},
        Case{"duration('1s') - record.ts", "error: no such operation: duration - timestamp at column 16"},
        Case{"record.ts + record.ts", "error: no such operation: timestamp + timestamp at column 11"},
        Case{"record.ts + 1", "error: no such operation: timestamp + int at column 11"},
        Case{"duration('1s') * 2", "problem 15-16: no such operation: duration * int"}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, Time,
    testing::Values(
        Case{"timestamp('9999-12-31T23:59:59.999999999Z')", "ts(9999-12-31T23:59:59.999999999Z)"},
        Case{"timestamp('9999-12-31T23:59:59Z') + duration('1s')",
             "error: the result of '+' is out of range at column 35"},
        Case{"timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')",
             "error: the result of '+' is out of range at column 45"},
        Case{"timestamp('0001-01-01T00:00:00Z') + duration('-1ns')",
             "error: the result of '+' is out of range at column 35"},
        Case{"timestamp('0001-01-01T00:00:00Z') - duration('1s')",
             "error: the result of '-' is out of range at column 35"},
        Case{"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')",
             "error: the result of '-' is out of range at column 35"},
        Case{"duration('9223372036s') + duration('854775807ns')", "dur(9223372036.854775807s)"},
        Case{"duration('9223372036s') + duration('854775808ns')",
             "error: the result of '+' is out of range at column 25"},
        Case{"duration('-9223372036s') - duration('854775808ns')", "dur(-9223372036.854775808s)"},
        Case{"duration('-9223372036s') - duration('854775809ns')",
             "error: the result of '-' is out of range at column 26"},
        Case{"record.long + record.long", "error: the result of '+' is out of range at column 13"},
        Case{"timestamp(253402300799)", "ts(9999-12-31T23:59:59Z)"},
        Case{"timestamp(-62135596800)", "ts(0001-01-01T00:00:00Z)"},
        Case{"timestamp(253402300800)", "problem 10-22: 253402300800 is out of range of timestamp"},
        Case{"timestamp(-62135596801)", "problem 10-22: -62135596801 is out of range of timestamp"},
        Case{"duration('320000000000s')",
             "problem 9-24: '320000000000s' is no duration like '1h30m' or '3.5s'"},
        Case{"duration('9223372037s')", "problem 9-22: '9223372037s' is out of range of duration"}));

INSTANTIATE_TEST_SUITE_P(
    NoTimes, Time,
    testing::Values(Case{"timestamp('2009-02-13')",
                         "problem 10-22: '2009-02-13' is no timestamp like '2026-03-01T12:00:00Z'"},
                    Case{"timestamp('2009-02-13T23:31:30')",
                         "problem 10-31: '2009-02-13T23:31:30' is no timestamp like '2026-03-01T12:00:00Z'"},
                    Case{"timestamp('2009-02-30T00:00:00Z')",
                         "problem 10-32: '2009-02-30T00:00:00Z' is no timestamp like '2026-03-01T12:00:00Z'"},
                    Case{"timestamp('0000-01-01T00:00:00Z')",
                         "problem 10-32: '0000-01-01T00:00:00Z' is no timestamp like '2026-03-01T12:00:00Z'"},
                    Case{"duration('1')", "problem 9-12: '1' is no duration like '1h30m' or '3.5s'"},
                    Case{"duration('')", "problem 9-11: '' is no duration like '1h30m' or '3.5s'"},
                    Case{"timestamp(1.5)",
                         "problem 0-9: no such operation: timestamp(double) | 'hiveframed explain timestamp' "
                         "says what it takes"},
                    Case{"timestamp(true)",
                         "problem 0-9: no such operation: timestamp(bool) | 'hiveframed explain timestamp' "
                         "says what it takes"}));

// Of the tz database as this system has it; rules of zones that have long been settled.
TEST(NamedTimeZones, FollowDaylightSaving) {
  if (!TimeZone::named("Europe/Paris")) GTEST_SKIP() << "this system has no tz database";
  EXPECT_EQ(evaluated("timestamp('2009-02-13T23:31:30Z').getDate('Australia/Sydney')"), "14");
  EXPECT_EQ(evaluated("timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kathmandu')"), "16");
  EXPECT_EQ(evaluated("timestamp('2009-02-13T02:00:00Z').getDayOfMonth('America/St_Johns')"), "11");
  EXPECT_EQ(evaluated("timestamp('2024-01-15T12:00:00Z').getHours('Europe/Paris')"), "13");
  EXPECT_EQ(evaluated("timestamp('2024-07-15T12:00:00Z').getHours('Europe/Paris')"), "14");
  // The last second of winter time and the first of summer time.
  EXPECT_EQ(evaluated("timestamp('2024-03-31T00:59:59Z').getHours('Europe/Paris')"), "1");
  EXPECT_EQ(evaluated("timestamp('2024-03-31T01:00:00Z').getHours('Europe/Paris')"), "3");
  // Beyond the transitions that a file may list: its rule.
  EXPECT_EQ(evaluated("timestamp('2524-07-15T12:00:00Z').getHours('Europe/Paris')"), "14");
  EXPECT_EQ(evaluated("timestamp('2524-01-15T12:00:00Z').getHours('Europe/Paris')"), "13");
  // The south has its summer over the turn of the year.
  EXPECT_EQ(evaluated("timestamp('2524-01-15T12:00:00Z').getHours('Australia/Sydney')"), "23");
  EXPECT_EQ(evaluated("timestamp('2524-07-15T12:00:00Z').getHours('Australia/Sydney')"), "22");
}

TEST(NamedTimeZones, AreNamesAndNothingElse) {
  for (const char* text : {"", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/../Europe/Paris",
                           "europe/", "+2:00", "+24:00", "+02:60", "0200", "utc ", "posixrules\n"}) {
    EXPECT_FALSE(TimeZone::named(text)) << text;
  }
}

std::string big_endian(std::int64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i)
    bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

// One zone: -1:00 before 1970-01-02, then +1:00, and what the footer says after 1970-01-03.
std::string tzif(const std::string& footer) {
  const std::string counts = big_endian(0, 4) + big_endian(0, 4) + big_endian(0, 4);
  const std::string empty = "TZif2" + std::string(15, '\0') + counts + big_endian(0, 4) + big_endian(1, 4) +
                            big_endian(1, 4) + std::string(6 + 1, '\0');
  return empty + "TZif2" + std::string(15, '\0') + counts + big_endian(2, 4) + big_endian(2, 4) +
         big_endian(4, 4) + big_endian(86400, 8) + big_endian(2 * 86400, 8) + std::string("\x01\x01") +
         big_endian(-3600, 4) + std::string("\0\0", 2) + big_endian(3600, 4) + std::string("\0\0", 2) +
         std::string("AAA\0", 4) + "\n" + footer + "\n";
}

TEST(TimeZoneFiles, HaveTransitionsAndAFooter) {
  const auto zone = TimeZone::from_tzif(tzif("<-03>3"));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->offset_at(-1'000'000'000'000), -3600);
  EXPECT_EQ(zone->offset_at(86399), -3600);
  EXPECT_EQ(zone->offset_at(86400), 3600);
  EXPECT_EQ(zone->offset_at(2 * 86400 - 1), 3600);
  EXPECT_EQ(zone->offset_at(2 * 86400), -3 * 3600);
  EXPECT_EQ(TimeZone::from_tzif(tzif(""))->offset_at(1'000'000'000), 3600);
}

TEST(TimeZoneFiles, HaveRulesInThreeForms) {
  // 2023-03-26 01:00 UTC and 2023-10-29 01:00 UTC.
  const auto weekday = TimeZone::from_tzif(tzif("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(weekday);
  EXPECT_EQ(weekday->offset_at(1679792399), 3600);
  EXPECT_EQ(weekday->offset_at(1679792400), 7200);
  EXPECT_EQ(weekday->offset_at(1698541199), 7200);
  EXPECT_EQ(weekday->offset_at(1698541200), 3600);
  // The same by days: 2023 has no leap day, 2024 has one, which J does not count.
  const auto julian = TimeZone::from_tzif(tzif("AAA0BBB,J60/0,J61/1"));
  ASSERT_TRUE(julian);
  EXPECT_EQ(julian->offset_at(1677628800), 3600);  // 2023-03-01T00:00:00Z
  EXPECT_EQ(julian->offset_at(1677628799), 0);
  EXPECT_EQ(julian->offset_at(1709251200), 3600);  // 2024-03-01T00:00:00Z
  EXPECT_EQ(julian->offset_at(1709251200 - 1), 0);
  const auto day = TimeZone::from_tzif(tzif("AAA0BBB,59/0,60/1"));
  ASSERT_TRUE(day);
  EXPECT_EQ(day->offset_at(1677628800), 3600);          // day 59 of 2023 is March 1
  EXPECT_EQ(day->offset_at(1709251200 - 86400), 3600);  // and of 2024 February 29
  EXPECT_EQ(day->offset_at(1709251200), 0);
}

TEST(TimeZoneFiles, ThatAreBrokenAreRefused) {
  const std::string sound = tzif("CET-1CEST,M3.5.0,M10.5.0/3");
  ASSERT_TRUE(TimeZone::from_tzif(sound));
  for (std::size_t size = 0; size < sound.size(); ++size) {
    EXPECT_FALSE(TimeZone::from_tzif(sound.substr(0, size))) << size;
  }
  for (const char* footer : {"CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                             "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-200", "CET-1x",
                             "<CET-1", "CET-1CEST,J0,J1", "CET-1CEST,366,1"}) {
    EXPECT_FALSE(TimeZone::from_tzif(tzif(footer))) << footer;
  }
}

}  // namespace
}  // namespace hiveframe::expr
