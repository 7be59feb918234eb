#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Literals : public testing::TestWithParam<Case> {};

TEST_P(Literals, MeanWhatTheLanguageDefinitionSays) {
  EXPECT_EQ(evaluated(GetParam().expression), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, Literals,
    testing::Values(Case{"0", "0"}, Case{"007", "7"}, Case{"9223372036854775807", "9223372036854775807"},
                    Case{"-9223372036854775808", "-9223372036854775808"},
                    Case{"- 9223372036854775808", "-9223372036854775808"}, Case{"-0", "0"}, Case{"0x0", "0"},
                    Case{"0xfF", "255"}, Case{"-0x10", "-16"},
                    Case{"0x7fffffffffffffff", "9223372036854775807"},
                    Case{"-0x8000000000000000", "-9223372036854775808"}, Case{"0u", "0"}, Case{"42U", "42"},
                    Case{"18446744073709551615u", "18446744073709551615"},
                    Case{"0xffffffffffffffffu", "18446744073709551615"}, Case{"1.0", "1.0"},
                    Case{".5", "0.5"}, Case{"-.5", "-0.5"}, Case{"1e3", "1000.0"}, Case{"1E+3", "1000.0"},
                    Case{"25e-2", "0.25"}, Case{"1.5e300", "1.5e+300"}, Case{"-0.0", "-0.0"},
                    Case{"1e-400", "0.0"}, Case{"5e-324", "5e-324"}, Case{"--5", "5"}, Case{"---5", "-5"}));

INSTANTIATE_TEST_SUITE_P(Words, Literals,
                         testing::Values(Case{"true", "true"}, Case{"false", "false"}, Case{"null", "null"},
                                         Case{" \t\n\r\f1 ", "1"}, Case{"1 // a comment", "1"},
                                         Case{"1 + // one\n 2", "3"},
                                         Case{"'// no comment'", "'// no comment'"}));

INSTANTIATE_TEST_SUITE_P(
    Strings, Literals,
    testing::Values(
        Case{"''", "''"}, Case{R"("")", "''"}, Case{R"('a"b')", "'a\"b'"}, Case{R"("a'b")", "'a'b'"},
        Case{R"('\a\b\f\n\r\t\v')", "'\a\b\f\n\r\t\v'"}, Case{R"('\\\?\"\'\`')", "'\\?\"'`'"},
        Case{R"('\x41\X42')", "'AB'"}, Case{R"('\101\377')", "'A\xC3\xBF'"}, Case{R"('\xFF')", "'\xC3\xBF'"},
        Case{R"('\u00ff')", "'\xC3\xBF'"}, Case{R"('\u20AC')", "'\xE2\x82\xAC'"},
        Case{R"('\U0001F431')", "'\xF0\x9F\x90\xB1'"}, Case{R"('\ud83d\udc31')", "'\xF0\x9F\x90\xB1'"},
        Case{"'\xF0\x9F\x90\xB1'", "'\xF0\x9F\x90\xB1'"}, Case{"'''x''x'''", "'x''x'"},
        Case{"'''a\nb'''", "'a\nb'"}, Case{R"("""a"b""")", "'a\"b'"}, Case{R"('''\'' ''')", "''' '"},
        Case{R"(r'\n')", R"('\n')"}, Case{R"(R"\\")", R"('\\')"}, Case{R"(r'''\''')", R"('\')"},
        Case{R"('' '' == '')",
             "problem 3-5: unexpected '''' where an "
             "operator is wanted"},
        Case{R"('a\\')", R"('a\')"}));

INSTANTIATE_TEST_SUITE_P(Bytes, Literals,
                         testing::Values(Case{"b''", "b''"}, Case{"b'abc'", "b'abc'"},
                                         Case{"B\"abc\"", "b'abc'"}, Case{"b'\xC3\xBF'", "b'\\xc3\\xbf'"},
                                         Case{R"(b'\377')", "b'\\xff'"},
                                         Case{R"(b'\xFF\x00')", "b'\\xff\\x00'"},
                                         Case{R"(br'\n')", R"(b'\n')"}, Case{R"(b'''a"b''')", "b'a\"b'"}));

INSTANTIATE_TEST_SUITE_P(Collections, Literals,
                         testing::Values(Case{"[]", "[]"},
                                         Case{"[1, 'a', null, [2.5]]", "[1, 'a', null, [2.5]]"},
                                         Case{"[1, 2,]", "[1, 2]"}, Case{"{}", "{}"},
                                         Case{"{'a': 1, 'b': {'c': []}}", "{'a': 1, 'b': {'c': []}}"},
                                         Case{"{'a': 1,}", "{'a': 1}"}, Case{"{'a' + 'b': 1}", "{'ab': 1}"}));

struct Wrong {
  std::string_view expression;
  std::size_t begin;
  std::string_view message;
};

class WrongLiterals : public testing::TestWithParam<Wrong> {};

TEST_P(WrongLiterals, AreRefusedWhereTheyStand) {
  const std::string text = problems_of(GetParam().expression);
  EXPECT_THAT(text, StartsWith("problem " + std::to_string(GetParam().begin) + "-"));
  EXPECT_THAT(text, HasSubstr(std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongLiterals,
    testing::Values(
        Wrong{"9223372036854775808", 0, "too large for an int"},
        Wrong{"-9223372036854775809", 1, "too large for an int"},
        Wrong{"18446744073709551616u", 0, "too large for a uint"},
        Wrong{"99999999999999999999999", 0, "too large"}, Wrong{"0x", 0, "needs a digit"},
        Wrong{"0xg", 0, "needs a digit"}, Wrong{"1e", 0, "an exponent needs a digit"},
        Wrong{"1e+", 0, "an exponent needs a digit"}, Wrong{"1e999", 0, "too large for a double"},
        Wrong{"-1e999", 1, "too large for a double"}, Wrong{"12abc", 0, "followed by letters"},
        Wrong{"1uu", 0, "followed by letters"}, Wrong{"1.5u", 0, "followed by letters"},
        Wrong{"1.", 2, "a field's name"}, Wrong{"'abc", 0, "the quote is not closed"},
        Wrong{"1 + 'abc", 4, "the quote is not closed"},
        Wrong{"'a\nb'", 0, "the quote is not closed | a text over several lines stands in three quotes"},
        Wrong{"'''abc''", 0, "not closed"}, Wrong{"b'abc", 0, "not closed"},
        Wrong{R"('abc\')", 0, "not closed"}, Wrong{R"('\q')", 1, "unknown escape '\\q'"},
        Wrong{R"('\x4')", 1, "two hexadecimal digits"}, Wrong{R"('\u12')", 1, "four hexadecimal digits"},
        Wrong{R"('\U0001F43')", 1, "eight hexadecimal digits"},
        Wrong{R"('\U00110000')", 1, "beyond U+10FFFF"}, Wrong{R"('\ud800')", 1, "surrogate"},
        Wrong{R"('\udc00')", 1, "surrogate"}, Wrong{R"('\ud83d\u0041')", 1, "surrogate"},
        Wrong{R"('\U0000D800')", 1, "surrogate"}, Wrong{R"('\19')", 1, "three octal digits"},
        Wrong{R"('\400')", 1, "unknown escape"}, Wrong{R"(b'\u00ff')", 2, "has no meaning in bytes"},
        Wrong{"[1, 2", 5, "the expression ends where ',' or ']' is wanted"}, Wrong{"[,]", 1, "a value"},
        Wrong{"{'a'}", 4, "':' and a value"}, Wrong{"{'a': }", 6, "a value"},
        Wrong{"{1.5: 2}", 1, "an int, a uint or a bool, not double"},
        Wrong{"{null: 2}", 1, "a bool, not null"}, Wrong{"{'a': 1, 'a': 2}", 9, "stands twice"},
        Wrong{"{'ab': 1, 'a' + 'b': 2}", 14, "stands twice"}, Wrong{"", 0, "an expression is missing"},
        Wrong{"  \n ", 4, "an expression is missing"},
        Wrong{"// only a comment", 17, "ends where a value is wanted"}));

TEST(WrongText, IsRefusedWhereItIsNoUtf8) {
  EXPECT_THAT(problems_of("'a\xFF'"), StartsWith("problem 2-3: the expression is not UTF-8"));
  EXPECT_THAT(problems_of("'\xED\xA0\x80'"), StartsWith("problem 1-2: the expression is not UTF-8"));
}

}  // namespace
}  // namespace hiveframe::expr
