#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class Comparison : public testing::TestWithParam<Case> {
 protected:
  Comparison() {
    sample_.add("two53", Value::float64(9007199254740992.0));
    sample_.add("two53_1", Value::int64(9007199254740993));
    sample_.add("two63", Value::float64(0x1p63));
    sample_.add("utwo63", Value::uint64(std::uint64_t{1} << 63));
    sample_.add("two64", Value::float64(0x1p64));
    sample_.add("umax", Value::uint64(UINT64_MAX));
    sample_.add("dtwo64", Value::decimal("18446744073709551616"));
    sample_.add("d53_1", Value::decimal("9007199254740993.0"));
    sample_.add("tenth", Value::decimal("0.1000000000000000055511151231257827021181583404541015625"));
    sample_.add("tiny", Value::decimal("1e-400"));
    sample_.add("enormous", Value::decimal("1e400"));
    sample_.add("nan", Value::float64(0.0 / 0.0));
    sample_.add("nothing", Value());
    sample_.add("local", Value::timestamp(0, 0, true));
    sample_.add("day", Value::date(20000));
    sample_.add("text", Value::string("abc"));
  }
  Sample sample_;
};

TEST_P(Comparison, IsExact) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Numbers, Comparison,
    testing::Values(
        Case{"1 == 1.0", "true"}, Case{"1 == 1u", "true"}, Case{"dyn(3.0) == 3", "true"},
        Case{"1 != 1.0", "false"}, Case{"1 < 1.5", "true"}, Case{"-1 < 1u", "true"},
        Case{"-1 == 18446744073709551615u", "false"}, Case{"0.0 == -0.0", "true"},
        Case{"record.two53_1 == record.two53", "false"}, Case{"record.two53_1 > record.two53", "true"},
        Case{"9007199254740993 == 9007199254740992.0", "false"},
        Case{"9007199254740992 == 9007199254740992.0", "true"},
        Case{"9007199254740993 > 9007199254740992.0", "true"},
        Case{"record.d53_1 == 9007199254740993", "true"}, Case{"record.d53_1 == 9007199254740992.0", "false"},
        Case{"9223372036854775807 == record.two63", "false"},
        Case{"9223372036854775807 < record.two63", "true"}, Case{"record.utwo63 == record.two63", "true"},
        Case{"-9223372036854775808 == -9223372036854775808.0", "true"},
        Case{"record.umax == record.two64", "false"}, Case{"record.umax < record.two64", "true"},
        Case{"record.dtwo64 == record.two64", "true"}, Case{"record.dtwo64 > record.umax", "true"},
        Case{"record.tenth == 0.1", "true"}, Case{"record.tiny > 0", "true"},
        Case{"record.tiny > 0.0", "true"}, Case{"record.tiny < 5e-324", "true"},
        Case{"record.enormous > 1.7e308", "true"}, Case{"record.enormous > 9223372036854775807", "true"},
        Case{"1 >= 18446744073709551615u", "false"}, Case{"record.umax in [18446744073709551615u]", "true"},
        Case{"1.0 in [1, 2]", "true"}, Case{"record.two53_1 in [9007199254740992.0]", "false"}));

INSTANTIATE_TEST_SUITE_P(NotANumber, Comparison,
                         testing::Values(Case{"record.nan == record.nan", "false"},
                                         Case{"record.nan != record.nan", "true"},
                                         Case{"record.nan < 1", "false"}, Case{"record.nan >= 1", "false"},
                                         Case{"1 <= record.nan", "false"},
                                         Case{"0.0 / 0.0 == 0.0 / 0.0", "false"},
                                         Case{"record.nan in [record.nan]", "false"},
                                         Case{"[record.nan] == [record.nan]", "false"}));

INSTANTIATE_TEST_SUITE_P(OtherTypes, Comparison,
                         testing::Values(Case{"'a' == 'a'", "true"}, Case{"'a' == 'A'", "false"},
                                         Case{"'a' < 'b'", "true"}, Case{"'a' < 'aa'", "true"},
                                         Case{"'Z' < 'a'", "true"}, Case{"'\\uFFFF' < '\\U00010000'", "true"},
                                         Case{"'\\u00e9' == 'e\\u0301'", "false"},
                                         Case{"b'\\x7f' < b'\\x80'", "true"}, Case{"b'a' == b'a'", "true"},
                                         Case{"false < true", "true"}, Case{"true <= true", "true"},
                                         Case{"true > false", "true"}, Case{"null == null", "true"},
                                         Case{"null != null", "false"}, Case{"[1, 2] == [1.0, 2u]", "true"},
                                         Case{"[1, 2] == [2, 1]", "false"}, Case{"[] == []", "true"},
                                         Case{"[1] == [1, 1]", "false"},
                                         Case{"{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1}", "true"},
                                         Case{"{'a': 1} == {'a': 1, 'b': null}", "false"},
                                         Case{"{'a': null} == {'b': null}", "false"},
                                         Case{"[[1], {'x': [null]}] == [[1.0], {'x': [null]}]", "true"}));

// Values of a record may be of any type: equality never fails, order does.
INSTANTIATE_TEST_SUITE_P(
    OfRecords, Comparison,
    testing::Values(Case{"record.text == 1", "false"}, Case{"record.text != 1", "true"},
                    Case{"record.nothing == 1", "false"}, Case{"record.absent == 'paid'", "false"},
                    Case{"record.absent != 'paid'", "true"}, Case{"record.absent == null", "true"},
                    Case{"record.nothing == null", "true"}, Case{"record.text == null", "false"},
                    Case{"record.text < 1", "error: no such operation: string < int at column 13"},
                    Case{"record.absent > 1",
                         "error: no such operation: null > int at column 15; record.absent is null or "
                         "absent, try record.absent != null && …"},
                    Case{"record.nothing <= record.nothing",
                         "error: no such operation: null <= null at column 16; record.nothing is null or "
                         "absent, try record.nothing != null && …"},
                    Case{"[record.text] < record.text", "problem 14-15: no such operation: list < value"},
                    Case{"record.local == now", "false"},
                    Case{"record.local < now",
                         "error: no such operation: local timestamp < timestamp at column 14"},
                    Case{"record.local <= record.local", "true"}, Case{"record.day == record.day", "true"},
                    Case{"record.day < now", "error: no such operation: date < timestamp at column 12"},
                    Case{"timestamp(record.day) > timestamp(0)", "true"}));

INSTANTIATE_TEST_SUITE_P(
    Membership, Comparison,
    testing::Values(Case{"2 in [1, 2]", "true"}, Case{"3 in [1, 2]", "false"}, Case{"1 in []", "false"},
                    Case{"'a' in ['b', 'a']", "true"}, Case{"null in [1, null]", "true"},
                    Case{"record.text in ['abc']", "true"}, Case{"record.absent in ['abc']", "false"},
                    Case{"'a' in {'a': null}", "true"}, Case{"'b' in {'a': 1}", "false"},
                    Case{"record.nan in {'a': 1}", "false"}, Case{"'text' in record", "true"},
                    Case{"'absent' in record", "false"}, Case{"[1] in [[1], [2]]", "true"},
                    Case{"!('a' in ['b'])", "true"},
                    Case{"'a' in record.absent",
                         "error: no such operation: string in null at column 5; record.absent is null or "
                         "absent, try record.absent != null && …"},
                    Case{"'a' in record.text", "error: no such operation: string in string at column 5"}));

INSTANTIATE_TEST_SUITE_P(Relations, Comparison,
                         testing::Values(Case{"1 < 2 == true", "true"}, Case{"1 == 1 == true", "true"},
                                         Case{"1 + 1 < 3", "true"}, Case{"2 > 1 != false", "true"},
                                         Case{"1 in [1] == true", "true"}));

}  // namespace
}  // namespace hiveframe::expr
