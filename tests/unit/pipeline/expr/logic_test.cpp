#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

class Logic : public testing::TestWithParam<Case> {
 protected:
  Sample sample_{"{'yes': true, 'no': false, 'text': 'a', 'zero': 0}"};
};

TEST_P(Logic, AbsorbsErrorsOnBothSides) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(Plain, Logic,
                         testing::Values(Case{"true && true", "true"}, Case{"true && false", "false"},
                                         Case{"false && false", "false"}, Case{"true || false", "true"},
                                         Case{"false || false", "false"}, Case{"!true", "false"},
                                         Case{"!!true", "true"}, Case{"!false && true", "true"},
                                         Case{"true || false && false", "true"},
                                         Case{"(true || false) && false", "false"},
                                         Case{"false || true || false", "true"},
                                         Case{"true && true && false && true", "false"},
                                         Case{"record.yes && !record.no", "true"}));

INSTANTIATE_TEST_SUITE_P(
    Absorbed, Logic,
    testing::Values(
        Case{"1 / 0 == 0 || true", "true"}, Case{"true || 1 / 0 == 0", "true"},
        Case{"1 / 0 == 0 && false", "false"}, Case{"false && 1 / 0 == 0", "false"},
        Case{"record.text > 1 || record.yes", "true"}, Case{"record.yes || record.text > 1", "true"},
        Case{"record.text > 1 && record.no", "false"}, Case{"record.no && record.text > 1", "false"},
        Case{"record.text > 1 || 1 / record.zero > 0 || true", "true"}, Case{"record.absent || true", "true"},
        Case{"record.absent && false", "false"}, Case{"record.text || true", "true"},
        Case{"true || record.text", "true"}, Case{"record.text && false", "false"},
        Case{"!(record.text > 1) || true", "true"}, Case{"(record.text > 1 || false) || true", "true"},
        Case{"(record.text > 1 && true) && false", "false"}));

INSTANTIATE_TEST_SUITE_P(
    NotAbsorbed, Logic,
    testing::Values(Case{"1 / 0 == 0 || false", "error: division by zero at column 3"},
                    Case{"false || 1 / 0 == 0", "error: division by zero at column 12"},
                    Case{"1 / 0 == 0 && true", "error: division by zero at column 3"},
                    Case{"true && 1 / 0 == 0", "error: division by zero at column 11"},
                    Case{"1 / 0 == 0 || 1 % 0 == 0", "error: division by zero at column 3"},
                    Case{"record.absent && true",
                         "error: && needs true or false, not null at column 15; record.absent is null or "
                         "absent, try record.absent == true"},
                    Case{"record.absent || false",
                         "error: || needs true or false, not null at column 15; record.absent is null or "
                         "absent, try record.absent == true"},
                    Case{"record.text && true", "error: && needs true or false, not 'a' at column 13"},
                    Case{"true && record.zero", "error: && needs true or false, not 0 at column 6"},
                    Case{"!record.zero", "error: no such operation: !int at column 1"},
                    Case{"!record.absent",
                         "error: no such operation: !null at column 1; record.absent is null or absent, try "
                         "record.absent != true"}));

INSTANTIATE_TEST_SUITE_P(
    Conditional, Logic,
    testing::Values(Case{"true ? 1 : 2", "1"}, Case{"false ? 1 : 2", "2"}, Case{"false ? 1 / 0 : 2", "2"},
                    Case{"true ? 'a' : 1 / 0", "'a'"},
                    Case{"true ? 1 / 0 : 2", "error: division by zero at column 10"},
                    Case{"1 / 0 > 0 ? 1 : 2", "error: division by zero at column 3"},
                    Case{"true ? false ? 1 : 2 : 3",
                         "problem 13-14: unexpected '?' where ':' and what holds otherwise is wanted"},
                    Case{"true ? (false ? 1 : 2) : 3", "2"}, Case{"false ? 1 : false ? 2 : 3", "3"},
                    Case{"record.absent ? 1 : 2",
                         "error: ?: needs true or false, not null at column 15; record.absent is null or "
                         "absent, try record.absent == true"},
                    Case{"record.zero ? 1 : 2", "error: ?: needs true or false, not 0 at column 13"},
                    Case{"record.yes ? record.text : record.zero", "'a'"}, Case{"1 < 2 ? 1 + 1 : 0", "2"},
                    Case{"(true ? {'a': 1} : {'b': 2}).a", "1"}));

}  // namespace
}  // namespace hiveframe::expr
