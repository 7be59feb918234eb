#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class Functions : public testing::TestWithParam<Case> {
 protected:
  Functions() {
    sample_.add("dec", Value::decimal("12345678901234567.89"));
    sample_.add("neg", Value::decimal("-0.99999999999999999999"));
    sample_.add("above", Value::decimal("9223372036854775807.5"));
    sample_.add("uabove", Value::decimal("18446744073709551615.5"));
    sample_.add("enormous", Value::decimal("1e400"));
    sample_.add("small", Value::decimal("0.00000000000000000000123e22"));
    sample_.add("tiny", Value::decimal("5e-99999999999999999999"));
    sample_.add("tiny_minus", Value::decimal("-123.4e-99999999999999999999"));
    sample_.add("huge", Value::decimal("1e99999999999999999999"));
    sample_.add("huge_minus", Value::decimal("-0.001E+99999999999999999999"));
    sample_.add("shifted", Value::decimal("0.00123456789012345678901E+20"));
    sample_.add("lowest", Value::decimal("-9223372036854775807.99"));
    sample_.add("large", Value::uint64(std::uint64_t{1} << 63));
    sample_.add("day", Value::date(-1));
    sample_.add("local", Value::timestamp(5, 500'000'000, true));
    sample_.add("pattern", Value::string("^a+$"));
    sample_.add("bad", Value::string("(a"));
    sample_.add("text", Value::string("aaa"));
    sample_.add("one", Value::int64(1));
    sample_.add("nothing", Value());
  }
  Sample sample_;
};

TEST_P(Functions, DoWhatTheLanguageDefinitionSays) {
  EXPECT_EQ(sample_(GetParam().expression), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Size, Functions,
    testing::Values(Case{"size('')", "0"}, Case{"size('abc')", "3"}, Case{"'abc'.size()", "3"},
                    Case{"size('\xC3\xBF\xE2\x82\xAC\xF0\x9F\x90\xB1')", "3"}, Case{"size('e\\u0301')", "2"},
                    Case{"size(b'\\xC3\\xBF')", "2"}, Case{"size([1, [2, 3]])", "2"}, Case{"[].size()", "0"},
                    Case{"size({'a': 1, 'b': 2})", "2"}, Case{"{}.size()", "0"},
                    Case{"size(record.text)", "3"},
                    Case{"size(record.nothing)",
                         "error: no such operation: size(null) at column 1; record.nothing is null or "
                         "absent, try (record.nothing != null ? record.nothing : …)"},
                    Case{"record.one.size()", "error: no such operation: int.size() at column 12"}));

INSTANTIATE_TEST_SUITE_P(
    Text, Functions,
    testing::Values(Case{"'abc'.contains('b')", "true"}, Case{"'abc'.contains('')", "true"},
                    Case{"''.contains('a')", "false"}, Case{"'abc'.contains('ac')", "false"},
                    Case{"'abc'.startsWith('ab')", "true"}, Case{"'abc'.startsWith('bc')", "false"},
                    Case{"'abc'.startsWith('abcd')", "false"}, Case{"'abc'.endsWith('bc')", "true"},
                    Case{"'abc'.endsWith('')", "true"},
                    Case{"'\xF0\x9F\x90\xB1'.endsWith('\xF0\x9F\x90\xB1')", "true"},
                    Case{"record.text.startsWith('aa')", "true"},
                    Case{"record.one.startsWith('1')",
                         "error: no such operation: int.startsWith(string) at column 12"},
                    Case{"record.text.contains(record.one)",
                         "error: no such operation: string.contains(int) at column 13"},
                    Case{"record.absent.endsWith('x')",
                         "error: no such operation: null.endsWith(string) at column 15; record.absent is "
                         "null or absent, try record.absent != null && …"}));

INSTANTIATE_TEST_SUITE_P(
    Matches, Functions,
    testing::Values(
        Case{"'hubba'.matches('ubb')", "true"}, Case{"matches('hubba', '^ubb')", "false"},
        Case{"'a\\nb'.matches('a.b')", "false"}, Case{"'a\\nb'.matches('(?s)a.b')", "true"},
        Case{"'x'.matches('')", "true"}, Case{"'\xC3\xBF'.matches('^.$')", "true"},
        Case{"'ab12'.matches(r'^\\w+\\d{2}$')", "true"}, Case{"record.text.matches('^a*$')", "true"},
        Case{"record.text.matches(record.pattern)", "true"}, Case{"'b'.matches(record.pattern)", "false"},
        Case{"'b'.matches(record.bad)", "error: '(a' is no regular expression (RE2): missing ) at column 5"},
        Case{"record.one.matches('1')", "error: no such operation: int.matches(string) at column 12"},
        Case{"matches(record.one, '1')", "error: no such operation: matches(int, string) at column 1"}));

INSTANTIATE_TEST_SUITE_P(
    ToInt, Functions,
    testing::Values(
        Case{"int(5)", "5"}, Case{"int(5u)", "5"}, Case{"int(1.9)", "1"}, Case{"int(-7.9)", "-7"},
        Case{"int('-987')", "-987"}, Case{"int('+5')", "5"},
        Case{"int('9223372036854775807')", "9223372036854775807"},
        Case{"int(record.dec)", "12345678901234567"}, Case{"int(record.neg)", "0"},
        Case{"int(record.above)", "9223372036854775807"}, Case{"int(record.small)", "12"},
        Case{"int(record.tiny)", "0"}, Case{"int(record.tiny_minus)", "0"},
        Case{"int(record.shifted)", "123456789012345678"}, Case{"int(record.lowest)", "-9223372036854775807"},
        Case{"int(record.huge)", "error: 1e99999999999999999999 is out of range of int at column 1"},
        Case{"int(record.huge_minus)",
             "error: -0.001E+99999999999999999999 is out of range of int at column 1"},
        Case{"int(9223372036854774784.0)", "9223372036854774784"},
        Case{"int(timestamp('2009-02-13T23:31:30Z'))", "1234567890"},
        Case{"int(record.uabove)", "error: 18446744073709551615.5 is out of range of int at column 1"}));

INSTANTIATE_TEST_SUITE_P(
    ToUint, Functions,
    testing::Values(Case{"uint(5)", "5"}, Case{"uint(3.9)", "3"}, Case{"uint(-0.5)", "0"},
                    Case{"uint('300')", "300"}, Case{"uint('18446744073709551615')", "18446744073709551615"},
                    Case{"uint(record.uabove)", "18446744073709551615"}, Case{"uint(record.neg)", "0"},
                    Case{"uint(record.tiny)", "0"}, Case{"uint(record.tiny_minus)", "0"},
                    Case{"uint(record.shifted)", "123456789012345678"},
                    Case{"uint(record.huge)",
                         "error: 1e99999999999999999999 is out of range of uint at column 1"},
                    Case{"uint(record.large)", "9223372036854775808"},
                    Case{"uint(18446744073709549568.0)", "18446744073709549568"}));

INSTANTIATE_TEST_SUITE_P(ToDouble, Functions,
                         testing::Values(Case{"double(0)", "0.0"},
                                         Case{"double(9223372036854775807)", "9.223372036854776e+18"},
                                         Case{"double(18446744073709551615u)", "1.8446744073709552e+19"},
                                         Case{"double('-0.0')", "-0.0"}, Case{"double('123')", "123.0"},
                                         Case{"double('.5')", "0.5"},
                                         Case{"double('-84.32e7')", "-843200000.0"},
                                         Case{"double('NaN')", "NaN"}, Case{"double('-Infinity')", "-inf"},
                                         Case{"double('inf')", "inf"}, Case{"double('1e-999')", "0.0"},
                                         Case{"double(record.dec)", "1.2345678901234568e+16"},
                                         Case{"double(record.enormous)", "inf"}));

INSTANTIATE_TEST_SUITE_P(
    ToString, Functions,
    testing::Values(
        Case{"string('a')", "'a'"}, Case{"string(-456)", "'-456'"}, Case{"string(9876u)", "'9876'"},
        Case{"string(123.456)", "'123.456'"}, Case{"string(-4.5e-3)", "'-0.0045'"},
        Case{"string(1.0)", "'1'"}, Case{"string(1e300)", "'1e+300'"}, Case{"string(0.0 / 0.0)", "'NaN'"},
        Case{"string(-1.0 / 0.0)", "'-Infinity'"}, Case{"string(true)", "'true'"},
        Case{"string(b'\\303\\277')", "'\xC3\xBF'"},
        Case{"string(timestamp('2009-02-13T23:31:30.5Z'))", "'2009-02-13T23:31:30.500Z'"},
        Case{"string(timestamp('2009-02-13T23:31:30+02:00'))", "'2009-02-13T21:31:30Z'"},
        Case{"string(duration('1h1.5s'))", "'3601.5s'"}, Case{"string(record.dec)", "'12345678901234567.89'"},
        Case{"string(record.day)", "'1969-12-31'"}, Case{"string(record.local)", "'1970-01-01T00:00:05.500'"},
        Case{"string(record.nothing)",
             "error: no such operation: string(null) at column 1; record.nothing is null or absent, try "
             "(record.nothing != null ? record.nothing : …)"},
        Case{"string(type(1))", "'int'"}));

INSTANTIATE_TEST_SUITE_P(
    ToOthers, Functions,
    testing::Values(Case{"bytes('\xC3\xBF')", "b'\\xc3\\xbf'"}, Case{"bytes(b'abc')", "b'abc'"},
                    Case{"bytes('\\377') == b'\\377'", "false"}, Case{"bool('true')", "true"},
                    Case{"bool('T')", "problem 5-8: 'T' is no bool"}, Case{"bool('1')", "true"},
                    Case{"bool('f')", "false"}, Case{"bool(true)", "true"},
                    Case{"timestamp(0)", "ts(1970-01-01T00:00:00Z)"},
                    Case{"timestamp(record.day)", "ts(1969-12-31T00:00:00Z)"},
                    Case{"timestamp(record.local)", "ts(1970-01-01T00:00:05.500Z)"},
                    Case{"dyn(1) == 1.0", "true"}, Case{"dyn([1])", "[1]"}));

// A constant that can never be converted is a slip, and found when the configuration is read.
INSTANTIATE_TEST_SUITE_P(
    Refused, Functions,
    testing::Values(
        Case{"int('abc')", "problem 4-9: 'abc' is no int"}, Case{"int('')", "problem 4-6: '' is no int"},
        Case{"int(' 1')", "problem 4-8: ' 1' is no int"}, Case{"int('1.5')", "problem 4-9: '1.5' is no int"},
        Case{"int('9223372036854775808')", "problem 4-25: '9223372036854775808' is out of range of int"},
        Case{"int(18446744073709551615u)", "problem 4-25: 18446744073709551615 is out of range of int"},
        Case{"int(1e99)", "problem 4-8: 1e+99 is out of range of int"},
        Case{"int(9223372036854775807.0)", "problem 4-25: 9223372036854775808 is out of range of int"},
        Case{"int(-9223372036854775808.0)", "problem 4-26: -9223372036854775808 is out of range of int"},
        Case{"uint(-1)", "problem 5-7: -1 is out of range of uint"},
        Case{"uint('-1')", "problem 5-9: '-1' is no uint"},
        Case{"uint(6.022e23)", "problem 5-13: 6.022e+23 is out of range of uint"},
        Case{"double('1e999')", "problem 7-14: '1e999' is out of range of double"},
        Case{"double('1x')", "problem 7-11: '1x' is no double"},
        Case{"double('0x10')", "problem 7-13: '0x10' is no double"},
        Case{"double('')", "problem 7-9: '' is no double"},
        Case{"double('--1')", "problem 7-12: '--1' is no double"},
        Case{"string(b'\\000\\xff')", "problem 7-18: the bytes are not UTF-8"},
        Case{"int(0.0 / 0.0)", "problem 8-9: NaN is out of range of int"}));

INSTANTIATE_TEST_SUITE_P(
    RefusedForARecord, Functions,
    testing::Values(
        Case{"int(record.text)", "error: 'aaa' is no int at column 1"},
        Case{"int(record.above + 1)", "error: 9223372036854775808.5 is out of range of int at column 1"},
        Case{"int(record.large)", "error: 9223372036854775808 is out of range of int at column 1"},
        Case{"int(record.enormous)", "error: 1e400 is out of range of int at column 1"},
        Case{"uint(record.enormous)", "error: 1e400 is out of range of uint at column 1"},
        Case{"int(record.nothing)",
             "error: no such operation: int(null) at column 1; record.nothing is null or absent, try "
             "(record.nothing != null ? record.nothing : …)"},
        Case{"bool(record.one)", "error: no such operation: bool(int) at column 1"},
        Case{"bytes(record.one)", "error: no such operation: bytes(int) at column 1"},
        Case{"timestamp(record.text)",
             "error: 'aaa' is no timestamp like '2026-03-01T12:00:00Z' at column 1"},
        Case{"duration(record.text)", "error: 'aaa' is no duration like '1h30m' or '3.5s' at column 1"},
        Case{"duration(record.one)", "error: no such operation: duration(int) at column 1"},
        Case{"int(record.local)", "error: no such operation: int(local timestamp) at column 1"}));

INSTANTIATE_TEST_SUITE_P(
    Types, Functions,
    testing::Values(Case{"type(1)", "'int'"}, Case{"type(1u)", "'uint'"}, Case{"type(1.5)", "'double'"},
                    Case{"type('a')", "'string'"}, Case{"type(b'a')", "'bytes'"},
                    Case{"type(null)", "'null_type'"}, Case{"type([])", "'list'"}, Case{"type({})", "'map'"},
                    Case{"type(true)", "'bool'"}, Case{"type(type(1))", "'type'"},
                    Case{"type(int)", "'type'"}, Case{"type(1) == int", "true"},
                    Case{"type(7) == type(7u)", "false"}, Case{"type(dyn(1u))", "'uint'"},
                    Case{"type(uint(record.one))", "'uint'"}, Case{"type(record.one)", "'int'"},
                    Case{"type(record.large)", "'uint'"}, Case{"type(record.dec)", "'decimal'"},
                    Case{"type(record.absent) == null_type", "true"},
                    Case{"type(now)", "'google.protobuf.Timestamp'"},
                    Case{"google.protobuf.Timestamp == type(now)", "true"},
                    Case{"type(duration('1s')) == google.protobuf.Duration", "true"},
                    Case{"type(record.one) in [int, double]", "true"}, Case{"type([1]) == list", "true"}));

}  // namespace
}  // namespace hiveframe::expr
