// What is said of a null operand: which field it was, and what to write; and that this works. Of other faults
// what is likely meant.

#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class NullOperand : public testing::Test {
 protected:
  Sample sample_{"{'n': null, 'two': 2, 'items': [{'price': null}, {'price': 2}], 'a b': {'it\\'s': null}}"};
};

TEST_F(NullOperand, IsNamedAsItIsWritten) {
  EXPECT_EQ(sample_("record.n * 2.5"),
            "error: no such operation: null * double at column 10; record.n is null or absent, try "
            "(record.n != null ? record.n : 0)");
  EXPECT_THAT(sample_("record['a b']['it\\'s'] - 1"),
              HasSubstr("; record['a b']['it\\'s'] is null or absent, try (record['a b']['it\\'s'] != null"));
  EXPECT_THAT(sample_("record.items[0].price * 2"),
              HasSubstr("; record.items[0].price is null or absent, try "));
  EXPECT_THAT(sample_("record.items.map(i, i.price * 2)"), HasSubstr("; i.price is null or absent, try "));
  EXPECT_THAT(sample_("[null].map(x, x + 1)"), HasSubstr("; x is null or absent, try "));
  EXPECT_THAT(sample_("[1].map(x, x + record.n)"), HasSubstr("; record.n is null or absent, try "));
  EXPECT_THAT(sample_("key + 1"), HasSubstr("; key is null or absent, try "));
  EXPECT_THAT(sample_("2 - record.n"), HasSubstr("; record.n is null or absent, try "));
  EXPECT_THAT(sample_("2 < record.n"), HasSubstr("; record.n is null or absent, try record.n != null && "));
}

TEST_F(NullOperand, HasADefaultThatGoesWithTheOther) {
  EXPECT_THAT(sample_("'a' + record.n"), EndsWith(" : '')"));
  EXPECT_THAT(sample_("[1] + record.n"), EndsWith(" : [])"));
  EXPECT_THAT(sample_("now - record.n"), EndsWith(" : …)"));
  EXPECT_THAT(sample_("duration('1s') + record.n"), EndsWith(" : duration('0s'))"));
}

TEST_F(NullOperand, IsGoneWhenOneFollowsTheAdvice) {
  EXPECT_EQ(sample_("(record.n != null ? record.n : 0) * 2.5"), "0.0");
  EXPECT_EQ(sample_("(record.absent != null ? record.absent : 0) * 2"), "0");
  EXPECT_EQ(sample_("record['a b']['it\\'s'] != null && record['a b']['it\\'s'] > 1"), "false");
  EXPECT_EQ(sample_("record.n != true"), "true");
}

TEST_F(NullOperand, IsNotTalkedAboutWhereNothingIsNull) {
  EXPECT_THAT(sample_("record.two + 'a'"), Not(HasSubstr("null")));
  EXPECT_THAT(sample_("record.two.size()"), Not(HasSubstr("null")));
}

TEST_F(NullOperand, IsNoCondition) {
  EXPECT_EQ(sample_("record.n ? 1 : 2"),
            "error: ?: needs true or false, not null at column 10; record.n is null or absent, try record.n "
            "== true");
  EXPECT_THAT(sample_("record.two == 2 && record.absent"), HasSubstr("try record.absent == true"));
  EXPECT_THAT(sample_("record.absent || record.n"), HasSubstr("try record.absent == true"));
  EXPECT_THAT(sample_("record.items.exists(i, i.price)"), HasSubstr("try i.price == true"));
  EXPECT_THAT(sample_("record.two ? 1 : 2"), Not(HasSubstr("null")));
}

TEST(TextOfATime, IsToBeMadeATime) {
  Sample sample("{'ts': '2024-02-29T12:00:00Z'}");
  EXPECT_EQ(
      sample("record.ts.getHours()"),
      "error: no such operation: string.getHours() at column 11; it is a text, try timestamp(record.ts)");
  EXPECT_EQ(sample("timestamp(record.ts).getHours()"), "12");
}

// What has no name is not given one.
TEST_F(NullOperand, IsLeftAloneWhereItIsComputed) {
  EXPECT_EQ(sample_("(record.two > 1 ? record.n : 1) + 1"),
            "error: no such operation: null + int at column 33");
  EXPECT_EQ(sample_("record.two < dyn(null)"), "error: no such operation: int < null at column 12");
  EXPECT_EQ(sample_("dyn(null) < record.two"), "error: no such operation: null < int at column 11");
}

}  // namespace
}  // namespace hiveframe::expr
