// CEL's extension `math`. What each gives follows cel-go's ext/README.md and the tests of google/cel-spec.

#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class NumberFunctions : public testing::TestWithParam<Case> {
 protected:
  NumberFunctions() {
    sample_.add("list", sample_.value_of("[3, 1.5, 7]"));
    sample_.add("mixed", sample_.value_of("[3, '9']"));
    sample_.add("large", Value::uint64(std::uint64_t{1} << 63));
    sample_.add("dec", Value::decimal("12345678901234567.5"));
    sample_.add("minus", Value::decimal("-12345678901234567.5"));
    sample_.add("below", Value::decimal("-12345678901234567.49"));
    sample_.add("last", Value::decimal("18446744073709551615.5"));
    sample_.add("enormous", Value::decimal("1e400"));
    sample_.add("whole", Value::int64(9007199254740993));
    sample_.add("text", Value::string("1"));
    sample_.add("nan", Value::float64(__builtin_nan("")));
  }
  Sample sample_;
};

TEST_P(NumberFunctions, DoWhatTheExtensionSays) {
  EXPECT_EQ(sample_(GetParam().expression), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Extremes, NumberFunctions,
    testing::Values(Case{"math.greatest(4)", "4"}, Case{"math.greatest(2, 2.5)", "2.5"},
                    Case{"math.greatest(1, 1.0)", "1"}, Case{"math.greatest(1.0, 1)", "1.0"},
                    Case{"math.greatest(-1, 2u, 1.5)", "2"},
                    Case{"math.greatest(9223372036854775807, 9223372036854775807.0, 18446744073709551615u)",
                         "18446744073709551615"},
                    Case{"math.least(9223372036854775807, 9223372036854775808.0)", "9223372036854775807"},
                    Case{"math.greatest(record.list)", "7"},
                    Case{"math.least([3, record.dec, -1.5])", "-1.5"},
                    Case{"math.least(record.large, record.dec)", "decimal 12345678901234567.5"},
                    Case{"math.greatest([])", "error: no such operation: math.greatest(list) at column 6"},
                    Case{"math.greatest(record.mixed)", "error: '9' is no number at column 6"},
                    Case{"math.greatest(1, record.text)",
                         "error: no such operation: math.greatest(int, string) at column 6"},
                    Case{"math.least(1, [2])",
                         "problem 5-10: no such operation: math.least(int, list) | 'hiveframed explain "
                         "math.least' says what it "
                         "takes"},
                    Case{"math.least()", "problem 5-10: 'math.least' takes 1 or more arguments, not 0"},
                    Case{"math.greatest(1, 2, 3, 4, 5, 6)", "6"},
                    Case{"math.least(1, 2, 3, 4, 5, record.absent)",
                         "error: no such operation: math.least(int, int, int, int) at column 6"},
                    Case{"type(math.greatest(1u, 2u))", "'uint'"},
                    Case{"math.greatest(record.nan, 1.0)", "NaN"},
                    Case{"math.greatest(1.0, record.nan)", "1.0"}));

INSTANTIATE_TEST_SUITE_P(
    Rounding, NumberFunctions,
    testing::Values(
        Case{"math.ceil(1.2)", "2.0"}, Case{"math.ceil(-1.2)", "-1.0"}, Case{"math.floor(1.2)", "1.0"},
        Case{"math.floor(-1.2)", "-2.0"}, Case{"math.round(0.5)", "1.0"}, Case{"math.round(-0.5)", "-1.0"},
        Case{"math.round(2.5)", "3.0"}, Case{"math.round(-2.4)", "-2.0"}, Case{"math.trunc(-1.9)", "-1.0"},
        Case{"math.trunc(1.9)", "1.0"}, Case{"math.round(0.0 / 0.0)", "NaN"},
        Case{"math.ceil(1.0 / 0.0)", "inf"}, Case{"math.floor(record.whole)", "9007199254740993"},
        Case{"math.ceil(7)", "7"}, Case{"math.round(record.dec)", "12345678901234568"},
        Case{"math.floor(record.dec)", "12345678901234567"},
        Case{"math.ceil(record.dec)", "12345678901234568"},
        Case{"math.trunc(record.dec)", "12345678901234567"},
        Case{"math.round(record.minus)", "-12345678901234568"},
        Case{"math.floor(record.minus)", "-12345678901234568"},
        Case{"math.ceil(record.minus)", "-12345678901234567"},
        Case{"math.trunc(record.minus)", "-12345678901234567"},
        Case{"math.round(record.below)", "-12345678901234567"},
        Case{"math.floor(record.last)", "18446744073709551615"},
        Case{"math.ceil(record.last)", "decimal 18446744073709551616"},
        Case{"math.ceil(record.enormous)", "error: the result of 'math.ceil' is out of range at column 6"},
        Case{"math.ceil(record.text)", "error: no such operation: math.ceil(string) at column 6"},
        Case{"math.ceil(true)",
             "problem 5-9: no such operation: math.ceil(bool) | 'hiveframed explain math.ceil' says what it "
             "takes"}));

INSTANTIATE_TEST_SUITE_P(
    Signs, NumberFunctions,
    testing::Values(Case{"math.abs(-5)", "5"}, Case{"math.abs(-0.0)", "0.0"}, Case{"math.abs(5u)", "5"},
                    Case{"math.abs(record.minus)", "decimal 12345678901234567.5"},
                    Case{"math.abs(record.large)", "9223372036854775808"},
                    Case{"math.abs(-9223372036854775808)",
                         "error: the result of 'math.abs' is out of range at column 6"},
                    Case{"math.sign(-5)", "-1"}, Case{"math.sign(0)", "0"}, Case{"math.sign(7u)", "1"},
                    Case{"math.sign(-0.5)", "-1.0"}, Case{"math.sign(-0.0)", "-0.0"},
                    Case{"math.sign(0.0 / 0.0)", "NaN"}, Case{"math.sign(record.minus)", "-1"},
                    Case{"math.sqrt(2.25)", "1.5"}, Case{"math.sqrt(16)", "4.0"},
                    Case{"math.sqrt(-1)", "NaN"}, Case{"math.sqrt(record.enormous)", "inf"}));

INSTANTIATE_TEST_SUITE_P(
    Tests, NumberFunctions,
    testing::Values(Case{"math.isNaN(0.0 / 0.0)", "true"}, Case{"math.isNaN(1.0)", "false"},
                    Case{"math.isNaN(1)", "false"}, Case{"math.isInf(-1.0 / 0.0)", "true"},
                    Case{"math.isInf(0.0 / 0.0)", "false"}, Case{"math.isInf(record.enormous)", "false"},
                    Case{"math.isFinite(1.5)", "true"}, Case{"math.isFinite(0.0 / 0.0)", "false"},
                    Case{"math.isFinite(record.enormous)", "true"},
                    Case{"math.isFinite(record.text)",
                         "error: no such operation: math.isFinite(string) at column 6"}));

INSTANTIATE_TEST_SUITE_P(
    Bits, NumberFunctions,
    testing::Values(
        Case{"math.bitAnd(6, 3)", "2"}, Case{"math.bitAnd(-1, 255)", "255"}, Case{"math.bitOr(6, -8)", "-2"},
        Case{"math.bitXor(6u, 3u)", "5"}, Case{"math.bitNot(0)", "-1"},
        Case{"math.bitNot(0u)", "18446744073709551615"}, Case{"math.bitNot(uint(1))", "18446744073709551614"},
        Case{"math.bitNot(dyn(1u))", "18446744073709551614"},
        Case{"math.bitOr(record.large, 1)", "9223372036854775809"},
        Case{"type(math.bitOr(1u, 2u))", "'uint'"},
        Case{"math.bitAnd(1, 1u)",
             "problem 5-11: no such operation: math.bitAnd(int, uint) | 'hiveframed explain math.bitAnd' "
             "says what "
             "it takes"},
        Case{"math.bitAnd(1, record.nan)", "error: no such operation: math.bitAnd(int, double) at column 6"},
        Case{"math.bitShiftLeft(1, 63)", "-9223372036854775808"},
        Case{"math.bitShiftLeft(1u, 63)", "9223372036854775808"}, Case{"math.bitShiftLeft(1, 64)", "0"},
        Case{"math.bitShiftLeft(3, record.large)", "0"}, Case{"math.bitShiftRight(-1, 60)", "15"},
        Case{"math.bitShiftRight(-1, 64)", "0"}, Case{"math.bitShiftRight(record.large, 63)", "1"},
        Case{"math.bitShiftRight(16, 0)", "16"},
        Case{"math.bitShiftRight(16, -1)", "error: -1 is no number of bits to shift by at column 6"}));

// The names before the point are no variables.
INSTANTIATE_TEST_SUITE_P(Names, NumberFunctions,
                         testing::Values(Case{"[{'abs': 1}].map(math, math.abs)", "[1]"},
                                         Case{"math.abz(1)",
                                              "problem 5-8: unknown function 'math.abz' | did you mean "
                                              "'math.abs'? 'hiveframed explain functions' lists "
                                              "them all"},
                                         Case{"abs(1)",
                                              "problem 0-3: unknown function 'abs' | did you mean "
                                              "'math.abs'? 'hiveframed explain functions' lists them "
                                              "all"},
                                         Case{"record.text.max()",
                                              "problem 12-15: unknown function 'max' | did you mean "
                                              "'math.greatest'? 'hiveframed explain functions' lists "
                                              "them all"},
                                         Case{"math",
                                              "problem 0-4: unknown variable 'math' | a field of the record "
                                              "is record.math; a text stands in quotes"},
                                         Case{"quote('a')",
                                              "problem 0-5: unknown function 'quote' | did you mean "
                                              "'strings.quote'? 'hiveframed explain functions' "
                                              "lists them all"}));

}  // namespace
}  // namespace hiveframe::expr
