// CEL's extension `strings`. What each gives follows google/cel-spec, doc/extensions/strings.md, and cel-go's
// ext/README.md, which that is made of.

#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;
using testing::StartsWith;

class TextFunctions : public testing::TestWithParam<Case> {
 protected:
  TextFunctions() {
    sample_.add("word", Value::string("straße"));
    sample_.add("one", Value::int64(1));
    sample_.add("large", Value::uint64(UINT64_MAX));
    sample_.add("nothing", Value());
    sample_.add("clause", Value::string("%d of %"));
    sample_.add("amount", Value::decimal("12345678901234567.895"));
    sample_.add("even", Value::decimal("12345678901234567.885"));
    sample_.add("nines", Value::decimal("-99999999999999999999.999"));
    sample_.add("exponent", Value::decimal("1e400"));
    sample_.add("endless", Value::decimal("1e99999"));
    sample_.add("octets", Value::bytes("a\xFF\xFE\xC3\xBC\xC3"));
    sample_.add("day", Value::date(19782));
  }
  Sample sample_;
};

TEST_P(TextFunctions, DoWhatTheExtensionSays) {
  EXPECT_EQ(sample_(GetParam().expression), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    CharAt, TextFunctions,
    testing::Values(
        Case{"'abc'.charAt(0)", "'a'"}, Case{"'abc'.charAt(3)", "''"}, Case{"''.charAt(0)", "''"},
        Case{"record.word.charAt(4)", "'ß'"}, Case{"'a🐱b'.charAt(2)", "'b'"},
        Case{"'abc'.charAt(4)", "error: position 4 is out of range of a text of 3 characters at column 7"},
        Case{"'a'.charAt(-1)", "error: position -1 is out of range of a text of 1 character at column 5"},
        Case{"'a'.charAt(record.large)",
             "error: position 18446744073709551615 is out of range of a text of 1 character at column 5"},
        Case{"'a'.charAt(1.0)",
             "problem 4-10: no such operation: string.charAt(double) | 'hiveframed explain charAt' says "
             "what it takes"},
        Case{"record.one.charAt(0)", "error: no such operation: int.charAt(int) at column 12"},
        Case{"record.nothing.charAt(0)",
             "error: no such operation: null.charAt(int) at column 16; record.nothing is null or absent, "
             "try (record.nothing != null ? record.nothing : …)"}));

INSTANTIATE_TEST_SUITE_P(
    Substring, TextFunctions,
    testing::Values(
        Case{"record.word.substring(4)", "'ße'"}, Case{"record.word.substring(6)", "''"},
        Case{"record.word.substring(1, 5)", "'traß'"}, Case{"record.word.substring(3, 3)", "''"},
        Case{"'🐱🐶'.substring(1, 2)", "'🐶'"}, Case{"''.substring(0)", "''"},
        Case{"'abc'.substring(4)", "error: position 4 is out of range of a text of 3 characters at column 7"},
        Case{"'abc'.substring(1, 4)",
             "error: position 4 is out of range of a text of 3 characters at column 7"},
        Case{"'abc'.substring(-1, 2)",
             "error: position -1 is out of range of a text of 3 characters at column 7"},
        Case{"'abc'.substring(2, 1)", "error: 2 is behind the end of the part that is wanted at column 7"}));

INSTANTIATE_TEST_SUITE_P(
    IndexOf, TextFunctions,
    testing::Values(Case{"'abcabc'.indexOf('c')", "2"}, Case{"'abcabc'.indexOf('c', 2)", "2"},
                    Case{"'abcabc'.indexOf('c', 3)", "5"}, Case{"'abcabc'.indexOf('c', 6)", "-1"},
                    Case{"'abc'.indexOf('')", "0"}, Case{"'abc'.indexOf('', 2)", "2"},
                    Case{"'abc'.indexOf('', 3)", "3"}, Case{"''.indexOf('')", "0"},
                    Case{"''.indexOf('a')", "-1"}, Case{"'ßüßü'.indexOf('ü', 2)", "3"},
                    Case{"'ab'.indexOf('abc')", "-1"},
                    Case{"'abc'.indexOf('a', 4)",
                         "error: position 4 is out of range of a text of 3 characters at column 7"},
                    Case{"'abc'.indexOf('a', -1)",
                         "error: position -1 is out of range of a text of 3 characters at column 7"}));

INSTANTIATE_TEST_SUITE_P(
    LastIndexOf, TextFunctions,
    testing::Values(Case{"'abcabc'.lastIndexOf('bc')", "4"}, Case{"'abcabc'.lastIndexOf('bc', 4)", "4"},
                    Case{"'abcabc'.lastIndexOf('bc', 3)", "1"}, Case{"'abcabc'.lastIndexOf('bc', 0)", "-1"},
                    Case{"'abc'.lastIndexOf('')", "3"}, Case{"'abc'.lastIndexOf('', 1)", "1"},
                    Case{"''.lastIndexOf('')", "0"}, Case{"''.lastIndexOf('ab')", "-1"},
                    Case{"'aaaa'.lastIndexOf('aa')", "2"}, Case{"'aabaabaaa'.lastIndexOf('aabaa')", "3"},
                    Case{"'ababab'.lastIndexOf('abab', 1)", "0"}, Case{"'ßüßü'.lastIndexOf('ß', 1)", "0"},
                    Case{"'abc'.lastIndexOf('a', 4)",
                         "error: position 4 is out of range of a text of 3 characters at column 7"}));

INSTANTIATE_TEST_SUITE_P(
    Whole, TextFunctions,
    testing::Values(Case{"'AzÄ[@'.lowerAscii()", "'azÄ[@'"}, Case{"'aZä{`'.upperAscii()", "'AZä{`'"},
                    Case{"''.upperAscii()", "''"}, Case{"'aß🐱'.reverse()", "'🐱ßa'"},
                    Case{"''.reverse()", "''"}, Case{"' \\t\\r\\n\\v\\fa b\\u0085\\u00a0'.trim()", "'a b'"},
                    Case{"'\\u1680\\u2000\\u2007\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000x'.trim()", "'x'"},
                    Case{"'\\u200bx\\ufeff'.trim() == '\\u200bx\\ufeff'", "true"},
                    Case{"' \\n '.trim()", "''"},
                    Case{"'ȅ'.trim()", "'ȅ'"},  // its last byte is the last one of U+0085
                    Case{"strings.quote('a\"b\\\\\\a\\b\\f\\n\\r\\t\\vü\\u0001')",
                         "'\"a\\\"b\\\\\\a\\b\\f\\n\\r\\t\\vü\x01\"'"},
                    Case{"strings.quote('')", "'\"\"'"}));

INSTANTIATE_TEST_SUITE_P(
    Replace, TextFunctions,
    testing::Values(
        Case{"'a-b-c'.replace('-', '+')", "'a+b+c'"}, Case{"'a-b-c'.replace('-', '', 1)", "'ab-c'"},
        Case{"'a-b-c'.replace('-', '+', 0)", "'a-b-c'"}, Case{"'a-b-c'.replace('-', '+', -1)", "'a+b+c'"},
        Case{"'aaa'.replace('aa', 'b')", "'ba'"}, Case{"'abc'.replace('abc', '')", "''"},
        Case{"'ü'.replace('', '_')", "'_ü_'"}, Case{"'ab'.replace('', '_', 2)", "'_a_b'"},
        Case{"''.replace('', '_')", "'_'"}, Case{"''.replace('a', '_')", "''"},
        Case{"'a'.replace('b', 1)",
             "problem 4-11: no such operation: string.replace(string, int) | 'hiveframed explain replace' "
             "says what it takes"},
        Case{"'a'.replace('b')", "problem 4-11: 'replace' takes 2 or 3 arguments, not 1"}));

INSTANTIATE_TEST_SUITE_P(
    Split, TextFunctions,
    testing::Values(Case{"'a,b,,c'.split(',')", "['a', 'b', '', 'c']"}, Case{"','.split(',')", "['', '']"},
                    Case{"''.split(',')", "['']"}, Case{"'aßb'.split('')", "['a', 'ß', 'b']"},
                    Case{"''.split('')", "[]"}, Case{"'a,b,c'.split(',', 2)", "['a', 'b,c']"},
                    Case{"'a,b,c'.split(',', 1)", "['a,b,c']"}, Case{"'a,b,c'.split(',', 0)", "[]"},
                    Case{"'a,b,c'.split(',', -1)", "['a', 'b', 'c']"},
                    Case{"'a,b'.split(',', 9)", "['a', 'b']"}, Case{"'aßb'.split('', 2)", "['a', 'ßb']"},
                    Case{"'a::b'.split('::')", "['a', 'b']"}));

INSTANTIATE_TEST_SUITE_P(
    Join, TextFunctions,
    testing::Values(Case{"['a', 'b'].join()", "'ab'"}, Case{"['a', '', 'b'].join(', ')", "'a, , b'"},
                    Case{"[].join('-')", "''"}, Case{"['a'].join('-')", "'a'"},
                    Case{"['a', record.one].join()",
                         "error: 1 is no text to join; string(…) makes one at column 19"}));

INSTANTIATE_TEST_SUITE_P(
    Format, TextFunctions,
    testing::Values(
        Case{"'no clause'.format([])", "'no clause'"}, Case{"'100 %%'.format([])", "'100 %'"},
        Case{"'%s %s %s %s'.format([true, null, 1.0, 2.5])", "'true null 1 2.5'"},
        Case{"'%s'.format([{'b': [1, 'x', b'y'], 'a': duration('90m')}])", "'{a: 5400s, b: [1, x, y]}'"},
        Case{"'%s'.format([timestamp('2024-02-29T01:00:00+01:00')])", "'2024-02-29T00:00:00Z'"},
        Case{"'%s'.format([record.day])", "'2024-02-29'"}, Case{"'%s'.format([type(1u)])", "'uint'"},
        Case{"'%s'.format([record.octets])", "'a\uFFFDü\uFFFD'"},
        Case{"'%s'.format([record.amount])", "'12345678901234567.895'"},
        Case{"'%d %d'.format([-7, 18446744073709551615u])", "'-7 18446744073709551615'"},
        Case{"'%d'.format([0.0 / 0.0])", "'NaN'"},
        Case{"'%f %.2f %.0f'.format([1.0, 2.675, 2.5])", "'1.000000 2.67 2'"},
        Case{"'%.3f'.format([9223372036854775807])", "'9223372036854775807.000'"},
        Case{"'%.0f'.format([7])", "'7'"}, Case{"'%f'.format([-1.0 / 0.0])", "'-Infinity'"},
        Case{"'%.2f %.1f %.0f'.format([record.amount, record.amount, record.amount])",
             "'12345678901234567.90 12345678901234567.9 12345678901234568'"},
        Case{"'%.2f %.4f'.format([record.even, record.even])",
             "'12345678901234567.88 12345678901234567.8850'"},
        Case{"'%.2f'.format([record.nines])", "'-100000000000000000000.00'"},
        Case{"'%.1f'.format([record.exponent]).size()", "403"},
        Case{"'%f'.format([record.endless])", "error: 1e99999 has too many digits for %f at column 6"},
        Case{"'%e %.1e'.format([1234.5, 0])", "'1.234500e+03 0.0e+00'"},
        Case{"'%x %X %x %x'.format([255, -255, 'ü', b'\\x00\\xff'])", "'ff -FF c3bc 00ff'"},
        Case{"'%x'.format([-9223372036854775808])", "'-8000000000000000'"},
        Case{"'%o %b %b'.format([8, -5, false])", "'10 -101 0'"},
        Case{"'%b'.format([record.large]).size()", "64"}));

INSTANTIATE_TEST_SUITE_P(
    WrongFormat, TextFunctions,
    testing::Values(
        Case{
            "'%a'.format([1])",
            "problem 0-4: the format has a conversion that is none of %s %d %f %e %x %X %o %b; '%%' is a % | "
            "'hiveframed explain format' says what it takes"},
        Case{"'50 %'.format([])",
             "problem 0-6: the format has a '%' at the end; '%%' is a % | 'hiveframed explain format' says "
             "what it takes"},
        Case{"'%.f'.format([1.5])",
             "problem 0-5: the format has a '%.' without the number of digits behind it | 'hiveframed "
             "explain format' "
             "says what it takes"},
        Case{"'%.1001f'.format([1.5])",
             "problem 0-9: the format has more than 1000 digits behind the point | 'hiveframed explain "
             "format' says "
             "what it takes"},
        Case{"'%.99999999999f'.format([1.5])",
             "problem 0-16: the format has more than 1000 digits behind the point | 'hiveframed explain "
             "format' says "
             "what it takes"},
        Case{"record.clause.format([1])", "error: '%d of %' has a '%' at the end; '%%' is a % at column 15"},
        Case{"'%d %d'.format([1])", "error: '%d %d' wants more values than the list has at column 9"},
        Case{"'%d'.format([1, 2])", "error: '%d' wants fewer values than the list has at column 6"},
        Case{"'%d'.format(['1'])", "error: '1' is no number for %d at column 6"},
        Case{"'%f'.format([null])", "error: a value of type null is no number for %f at column 6"},
        Case{"'%x'.format([0.5])",
             "error: 0.5 is neither a whole number, a text nor bytes for %x at column 6"},
        Case{"'%o'.format([duration('1s')])", "error: 1s is no whole number for %o at column 6"}));

TEST(TextFunction, HasAWorkByItsText) {
  Sample sample;
  const std::string text(8'000'000, 'a');
  const std::string part = "b" + std::string(4'000'000, 'a');
  sample.add("text", Value::string(text));
  sample.add("part", Value::string(part));
  EXPECT_EQ(sample("record.text.lastIndexOf(record.part)"), "-1");
  EXPECT_EQ(sample("record.text.indexOf(record.part)"), "-1");
  EXPECT_EQ(sample("record.text.split('a').size()"), "8000001");
  EXPECT_EQ(sample("record.text.replace(record.part, '').size()"), "8000000");
}

class TooMuch : public testing::TestWithParam<std::string_view> {};

TEST_P(TooMuch, IsRefusedBeforeItIsMade) {
  Sample sample;
  const std::string text(1'000'000, 'a');
  std::vector<Value> items(1000, Value::string(text));
  sample.add("text", Value::string(text));
  sample.add("list", Value::list(items));
  EXPECT_THAT(sample(GetParam()),
              testing::AnyOf(StartsWith("error: the expression makes more than 256 MiB of values"),
                             StartsWith("error: the expression does too much for one record")));
}

INSTANTIATE_TEST_SUITE_P(
    Of, TooMuch,
    testing::Values("record.text.replace('a', record.text)", "record.text.replace('', record.text)",
                    "record.list.join(record.text)", "record.list.map(x, record.list.join()).size()",
                    "record.list.map(x, x.split('a')).size()", "record.list.map(x, x.reverse()).size()",
                    "record.list.map(x, strings.quote(x)).size()",
                    "record.list.map(x, x.upperAscii()).size()",
                    "record.list.all(x, record.list.all(y, x.lastIndexOf('b') < 0))",
                    "record.list.all(x, record.list.all(y, x.charAt(9) == 'a'))",
                    "record.list.all(x, record.list.all(y, x.trim() == x))",
                    "record.list.all(x, record.list.all(y, x.indexOf('b', 1) < 0))",
                    "'%s'.format([record.list])", "'%s'.format([record.list.map(x, record.list)])",
                    "'%s%s'.format([record.list.map(x, {'a': record.list}), 1])",
                    "record.list.map(x, '%x'.format([x])).size()",
                    "'%s'.format([record.list.map(x, bytes(x))])"));

}  // namespace
}  // namespace hiveframe::expr
