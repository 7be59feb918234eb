#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class Arithmetic : public testing::TestWithParam<Case> {
 protected:
  Arithmetic() {
    sample_.add("max", Value::int64(INT64_MAX));
    sample_.add("min", Value::int64(INT64_MIN));
    sample_.add("umax", Value::uint64(UINT64_MAX));
    sample_.add("two63", Value::uint64(std::uint64_t{1} << 63));
    sample_.add("one", Value::int64(1));
    sample_.add("zero", Value::int64(0));
    sample_.add("half", Value::float64(0.5));
    sample_.add("price", Value::decimal("19.900000000000000000001"));
    sample_.add("huge", Value::decimal("123456789012345678901234567890"));
    sample_.add("text", Value::string("abc"));
    sample_.add("nothing", Value());
  }
  Sample sample_{"{'list': [1, 2]}"};
};

TEST_P(Arithmetic, GivesTheExactResultOrAnError) {
  EXPECT_EQ(sample_(GetParam().expression), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Plain, Arithmetic,
    testing::Values(Case{"1 + 2", "3"}, Case{"1 - 2", "-1"}, Case{"3 * -4", "-12"}, Case{"7 / 2", "3"},
                    Case{"-7 / 2", "-3"}, Case{"7 / -2", "-3"}, Case{"7 % 3", "1"}, Case{"-7 % 3", "-1"},
                    Case{"7 % -3", "1"}, Case{"2 + 3 * 4", "14"}, Case{"(2 + 3) * 4", "20"},
                    Case{"10 - 4 - 3", "3"}, Case{"100 / 10 / 2", "5"}, Case{"1u + 2u", "3"},
                    Case{"3u - 2u", "1"}, Case{"6u / 4u", "1"}, Case{"6u % 4u", "2"}, Case{"-(5)", "-5"},
                    Case{"1.5 + 2.25", "3.75"}, Case{"1.0 / 4.0", "0.25"}, Case{"2.0 * 3.0", "6.0"},
                    Case{"-(1.5)", "-1.5"}, Case{"1.0 / 0.0", "inf"}, Case{"-1.0 / 0.0", "-inf"},
                    Case{"0.0 / 0.0", "NaN"}, Case{"1e308 * 10.0", "inf"}, Case{"'a' + 'b'", "'ab'"},
                    Case{"'' + ''", "''"}, Case{"b'a' + b'\\xff'", "b'a\\xff'"},
                    Case{"[1] + [2, 'x']", "[1, 2, 'x']"}, Case{"[] + []", "[]"}));

INSTANTIATE_TEST_SUITE_P(
    Overflow, Arithmetic,
    testing::Values(
        Case{"9223372036854775807 + 1", "error: the result of '+' is out of range at column 21"},
        Case{"-9223372036854775808 - 1", "error: the result of '-' is out of range at column 22"},
        Case{"-9223372036854775808 + -1", "error: the result of '+' is out of range at column 22"},
        Case{"9223372036854775807 * 2", "error: the result of '*' is out of range at column 21"},
        Case{"-9223372036854775808 * -1", "error: the result of '*' is out of range at column 22"},
        Case{"5000000000 * 5000000000", "error: the result of '*' is out of range at column 12"},
        Case{"-9223372036854775808 / -1", "error: the result of '/' is out of range at column 22"},
        Case{"-9223372036854775808 % -1", "error: the result of '%' is out of range at column 22"},
        Case{"-(-9223372036854775808)", "error: the result of '-' is out of range at column 1"},
        Case{"--9223372036854775808", "error: the result of '-' is out of range at column 1"},
        Case{"0u - 1u", "error: the result of '-' is out of range at column 4"},
        Case{"18446744073709551615u + 1u", "error: the result of '+' is out of range at column 23"},
        Case{"18446744073709551615u * 2u", "error: the result of '*' is out of range at column 23"},
        Case{"18446744073709551615u * 18446744073709551615u",
             "error: the result of '*' is out of range at column 23"},
        Case{"1 / 0", "error: division by zero at column 3"},
        Case{"1 % 0", "error: modulus by zero at column 3"},
        Case{"0 / 0", "error: division by zero at column 3"},
        Case{"1u / 0u", "error: division by zero at column 4"},
        Case{"9223372036854775807 + 0", "9223372036854775807"},
        Case{"-9223372036854775808 / 1", "-9223372036854775808"},
        Case{"-4611686018427387904 * 2", "-9223372036854775808"},
        Case{"4294967296 * 2147483648", "error: the result of '*' is out of range at column 12"},
        Case{"9223372036854775807u + 1u", "9223372036854775808"},
        Case{"record.max + 1", "error: the result of '+' is out of range at column 12"},
        Case{"record.min - record.one", "error: the result of '-' is out of range at column 12"},
        Case{"-record.min", "error: the result of '-' is out of range at column 1"}));

// Integers of a record are int if they fit, else uint; where both meet, the result fits one of them.
INSTANTIATE_TEST_SUITE_P(
    LargeIntegers, Arithmetic,
    testing::Values(
        Case{"record.umax - 1", "18446744073709551614"}, Case{"record.umax - record.umax", "0"},
        Case{"record.two63 - 1", "9223372036854775807"},
        Case{"record.two63 - record.umax", "error: the result of '-' is out of range at column 14"},
        Case{"record.one - record.two63", "-9223372036854775807"},
        Case{"record.zero - record.umax", "error: the result of '-' is out of range at column 13"},
        Case{"record.umax + 1", "error: the result of '+' is out of range at column 13"},
        Case{"record.umax + record.min", "9223372036854775807"},
        Case{"record.umax / 2", "9223372036854775807"}, Case{"record.umax % 10", "5"},
        Case{"record.two63 / -1", "-9223372036854775808"},
        Case{"record.umax / -1", "error: the result of '/' is out of range at column 13"},
        Case{"-record.two63", "-9223372036854775808"},
        Case{"-record.umax", "error: the result of '-' is out of range at column 1"},
        Case{"record.one - 2u", "error: the result of '-' is out of range at column 12"},
        Case{"record.one + 2u", "3"},
        Case{"dyn(1u) - 2", "error: the result of '-' is out of range at column 9"},
        Case{"uint(record.one) - 2u", "error: the result of '-' is out of range at column 18"},
        Case{"uint(record.zero) - record.one", "error: the result of '-' is out of range at column 19"}));

INSTANTIATE_TEST_SUITE_P(
    MixedNumbers, Arithmetic,
    testing::Values(Case{"1 + 0.5", "1.5"}, Case{"0.5 + 1", "1.5"}, Case{"3 / 2.0", "1.5"},
                    Case{"2 * 1.5", "3.0"}, Case{"1 - 0.5", "0.5"}, Case{"1u + 0.5", "1.5"},
                    Case{"record.one * 1.5", "1.5"}, Case{"record.umax + 0.0", "1.8446744073709552e+19"},
                    Case{"1 / 0.0", "inf"}, Case{"record.price + 1", "decimal 20.900000000000000000001"},
                    Case{"record.price * 2", "decimal 39.800000000000000000002"},
                    Case{"record.price - record.price", "0"},
                    Case{"record.huge - 1", "decimal 123456789012345678901234567889"},
                    Case{"record.huge + record.huge", "decimal 246913578024691357802469135780"},
                    Case{"-record.price", "decimal -19.900000000000000000001"},
                    Case{"record.price * 0.5", "9.95"}, Case{"record.price + 0.5", "20.4"},
                    Case{"record.huge / 2", "6.172839450617284e+28"},
                    Case{"record.huge % 2", "error: no such operation: decimal % int at column 13"},
                    Case{"record.half % 2", "error: no such operation: double % int at column 13"},
                    Case{"record.half * record.one", "0.5"}));

INSTANTIATE_TEST_SUITE_P(
    NoOverload, Arithmetic,
    testing::Values(Case{"record.text + 1", "error: no such operation: string + int at column 13"},
                    Case{"1 + record.text", "error: no such operation: int + string at column 3"},
                    Case{"record.text - record.text",
                         "error: no such operation: string - string at column 13"},
                    Case{"record.nothing + 1",
                         "error: no such operation: null + int at column 16; record.nothing is null or "
                         "absent, try (record.nothing != null ? record.nothing : 0)"},
                    Case{"record.absent * 2",
                         "error: no such operation: null * int at column 15; record.absent is null or "
                         "absent, try (record.absent != null ? record.absent : 0)"},
                    Case{"-record.text", "error: no such operation: -string at column 1"},
                    Case{"-record.absent",
                         "error: no such operation: -null at column 1; record.absent is null or absent, try "
                         "(record.absent != null ? record.absent : 0)"},
                    Case{"record.list + record.text", "error: no such operation: list + string at column 13"},
                    Case{"record.text + b'x'", "error: no such operation: string + bytes at column 13"},
                    Case{"record.list + [3]", "[1, 2, 3]"}));

}  // namespace
}  // namespace hiveframe::expr
