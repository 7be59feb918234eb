// parse_time() and format_time().

#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class TimeFormats : public testing::TestWithParam<Case> {
 protected:
  TimeFormats() {
    sample_.add("at", Value::timestamp(1'709'244'245, 60'700'000));  // Thu 29 Feb 2024 22:04:05.0607 UTC
    sample_.add("first", Value::timestamp(-62'135'596'800, 0));
    sample_.add("night", Value::timestamp(1'709'165'045, 0));
    sample_.add("day", Value::date(19782));
    sample_.add("far", Value::date(2'932'897));
    sample_.add("local", Value::timestamp(1'709'244'245, 0, true));
    sample_.add("text", Value::string("29.02.2024"));
    sample_.add("form", Value::string("%d.%m.%Y"));
    sample_.add("bad", Value::string("%q"));
    sample_.add("zone", Value::string("+05:30"));
    sample_.add("place", Value::string("Europe/Paris"));
  }
  Sample sample_;
};

TEST_P(TimeFormats, AreWrittenAndRead) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Written, TimeFormats,
    testing::Values(
        Case{"format_time(record.at, '%Y %y %m %B %b %d %e %j %A %a')",
             "'2024 24 02 February Feb 29 29 060 Thursday Thu'"},
        Case{"format_time(record.at, '%H %I %p %M %S %f %3f %6f %9f %%')",
             "'22 10 PM 04 05 060700 060 060700 060700000 %'"},
        Case{"format_time(record.at, '%z %:z %s|%F|%T|%R')",
             "'+0000 +00:00 1709244245|2024-02-29|22:04:05|22:04'"},
        Case{"format_time(record.at, '%F %T %z', 'Europe/Paris')", "'2024-02-29 23:04:05 +0100'"},
        Case{"format_time(record.at, '%F %R %:z %s', '-09:30')", "'2024-02-29 12:34 -09:30 1709244245'"},
        Case{"format_time(record.at, '%R', record.zone)", "'03:34'"},
        Case{"format_time(record.night, '%I %p')", "'12 AM'"},
        Case{"format_time(record.first, '%Y-%e-%a')", "'0001- 1-Mon'"},
        Case{"format_time(record.day, '%d/%m/%Y %T')", "'29/02/2024 00:00:00'"},
        Case{"format_time(record.local, '%F %R')", "'2024-02-29 22:04'"},
        Case{"format_time(record.at, 'Grüße, 100%%')", "'Grüße, 100%'"},
        Case{"format_time(record.at, '')", "''"},
        Case{"format_time(timestamp('1969-12-31T23:59:59.5Z'), '%T.%3f %s')", "'23:59:59.500 -1'"}));

INSTANTIATE_TEST_SUITE_P(
    NotWritten, TimeFormats,
    testing::Values(
        Case{"format_time(record.at, '%q')",
             "problem 23-27: the time format has an unknown conversion '%q' | 'hiveframed explain "
             "format_time' says what "
             "it takes"},
        Case{"format_time(record.at, '%Y %')",
             "problem 23-29: the time format ends with a '%'; '%%' is a % | 'hiveframed explain format_time' "
             "says what it "
             "takes"},
        Case{"format_time(record.at, record.bad)",
             "error: '%q' cannot be used: the time format has an unknown conversion '%q' at column 1"},
        Case{"format_time(record.at, '%F', 'Mars/Base')",
             "problem 29-40: unknown time zone 'Mars/Base' | write 'UTC', an offset like '+02:00', or a name "
             "like "
             "'Europe/Paris' that this system knows"},
        Case{"format_time(record.at, '%F', record.place)",
             "error: 'Europe/Paris' is no time zone like 'UTC' or '+02:00' (a name like 'Europe/Paris' must "
             "be written in "
             "the expression) at column 1"},
        Case{"format_time(record.day, '%F', 'UTC')",
             "error: no such operation: format_time(date, string, string) at column 1"},
        Case{"format_time(record.local, '%F', 'UTC')",
             "error: no such operation: format_time(local timestamp, string, string) at column 1"},
        Case{"format_time(record.far, '%F')", "error: 10000-01-01 is beyond the years 1 to 9999 at column 1"},
        Case{"format_time(record.text, '%F')",
             "error: no such operation: format_time(string, string) at column 1; it is a text, try "
             "timestamp(record.text)"}));

INSTANTIATE_TEST_SUITE_P(
    Read, TimeFormats,
    testing::Values(
        Case{"parse_time('2024-02-29 22:04:05', '%Y-%m-%d %H:%M:%S')", "ts(2024-02-29T22:04:05Z)"},
        Case{"parse_time(record.text, record.form)", "ts(2024-02-29T00:00:00Z)"},
        Case{"parse_time('2024', '%Y')", "ts(2024-01-01T00:00:00Z)"},
        Case{"parse_time('20240229', '%Y%m%d')", "ts(2024-02-29T00:00:00Z)"},
        Case{"parse_time('68-1-2', '%y-%m-%d')", "ts(2068-01-02T00:00:00Z)"},
        Case{"parse_time('69-1-2', '%y-%m-%d')", "ts(1969-01-02T00:00:00Z)"},
        Case{"parse_time('2024 060', '%Y %j')", "ts(2024-02-29T00:00:00Z)"},
        Case{"parse_time('thu, 29 FEB 2024', '%a, %d %b %Y')", "ts(2024-02-29T00:00:00Z)"},
        Case{"parse_time('Thursday May  9 2024', '%A %B %e %Y')", "ts(2024-05-09T00:00:00Z)"},
        Case{"parse_time('29/Feb/2024:22:04:05 +0130', '%d/%b/%Y:%T %z')", "ts(2024-02-29T20:34:05Z)"},
        Case{"parse_time('2024-02-29T22:04:05.5-02', '%FT%T.%f%z')", "ts(2024-03-01T00:04:05.500Z)"},
        Case{"parse_time('2024-02-29 22:04Z', '%F %R%z', 'Europe/Paris')", "ts(2024-02-29T22:04:00Z)"},
        Case{"parse_time('2024-02-29 12:30 am', '%F %I:%M %p')", "ts(2024-02-29T00:30:00Z)"},
        Case{"parse_time('2024-02-29 12:30 PM', '%F %I:%M %p')", "ts(2024-02-29T12:30:00Z)"},
        Case{"parse_time('1709244245.123456789', '%s.%9f')", "ts(2024-02-29T22:04:05.123456789Z)"},
        Case{"parse_time('-1', '%s')", "ts(1969-12-31T23:59:59Z)"},
        Case{"parse_time('2024-02-29 22:04', '%F %R', 'America/New_York')", "ts(2024-03-01T03:04:00Z)"},
        Case{"parse_time('2024-02-29 22:04', '%F %R', record.zone)", "ts(2024-02-29T16:34:00Z)"},
        // What the clocks of Paris skip at 2:00, and what they show twice from 2:00 to 3:00.
        Case{"parse_time('2024-03-31 01:59', '%F %R', 'Europe/Paris')", "ts(2024-03-31T00:59:00Z)"},
        Case{"parse_time('2024-03-31 02:30', '%F %R', 'Europe/Paris')", "ts(2024-03-31T01:30:00Z)"},
        Case{"parse_time('2024-03-31 03:00', '%F %R', 'Europe/Paris')", "ts(2024-03-31T01:00:00Z)"},
        Case{"parse_time('2024-10-27 02:30', '%F %R', 'Europe/Paris')", "ts(2024-10-27T00:30:00Z)"},
        Case{"parse_time('2024-10-27 03:00', '%F %R', 'Europe/Paris')", "ts(2024-10-27T02:00:00Z)"}));

INSTANTIATE_TEST_SUITE_P(
    NotRead, TimeFormats,
    testing::Values(
        Case{"parse_time('2024-02-30', '%F')",
             "problem 11-23: '2024-02-30' does not fit the time format '%F'"},
        Case{"parse_time('2024-02-29 ', '%F')",
             "problem 11-24: '2024-02-29 ' does not fit the time format '%F'"},
        Case{"parse_time('2024-02-29 24:00', '%F %R')",
             "problem 11-29: '2024-02-29 24:00' does not fit the time format '%F %R'"},
        Case{"parse_time('2024-02-29 13 pm', '%F %I %p')",
             "problem 11-29: '2024-02-29 13 pm' does not fit the time format '%F %I %p'"},
        Case{"parse_time('2023 366', '%Y %j')",
             "problem 11-21: '2023 366' does not fit the time format '%Y %j'"},
        Case{"parse_time('0000-01-01', '%F')", "problem 11-23: '0000-01-01' is beyond the years 1 to 9999"},
        Case{"parse_time('9999-12-31 23:59 -0001', '%F %R %z')",
             "problem 11-35: '9999-12-31 23:59 -0001' is beyond the years 1 to 9999"},
        Case{"parse_time('2024 +2460', '%Y %z')",
             "problem 11-23: '2024 +2460' does not fit the time format '%Y %z'"},
        Case{"parse_time('999999999999', '%s')",
             "problem 11-25: '999999999999' is beyond the years 1 to 9999"},
        Case{"parse_time('2024 1.', '%Y %S.%f')",
             "problem 11-20: '2024 1.' does not fit the time format '%Y %S.%f'"},
        Case{"parse_time(record.text, '%F')",
             "error: '29.02.2024' does not fit the time format '%F' at column 1"},
        Case{"parse_time(record.text, record.bad)",
             "error: '%q' cannot be used: the time format has an unknown conversion '%q' at column 1"},
        Case{"parse_time('10:00', '%H:%M')",
             "problem 20-27: the time format has no year: %Y, %y, %F or %s | 'hiveframed explain parse_time' "
             "says what it "
             "takes"},
        Case{"parse_time('2024 10', '%Y %I')",
             "problem 22-29: the time format has one of %I and %p without the other | 'hiveframed explain "
             "parse_time' "
             "says what it takes"}));

TEST(TimeFormat, ComesThrough) {
  Sample sample;
  sample.add("at", Value::timestamp(1'709'244'245, 123'456'789));
  for (const char* form :
       {"%Y-%m-%dT%H:%M:%S.%9f%z", "%s.%9f", "%A %e %B %Y %I:%M:%S.%9f %p %:z", "%y%j %T.%9f"}) {
    const std::string format = "'" + std::string(form) + "'";
    EXPECT_EQ(sample("parse_time(format_time(record.at, " + format + "), " + format + ") == record.at"),
              "true")
        << form;
  }
}

}  // namespace
}  // namespace hiveframe::expr
