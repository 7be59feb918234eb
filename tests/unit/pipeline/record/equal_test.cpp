#include "pipeline/record/equal.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace hiveframe::record {
namespace {

TEST(Equal, NumbersAreEqualAcrossKinds) {
  EXPECT_TRUE(equal(Value::int64(1), Value::float64(1.0)));
  EXPECT_TRUE(equal(Value::decimal("1.0"), Value::int64(1)));
  EXPECT_FALSE(equal(Value::int64(9007199254740993), Value::float64(9007199254740992.0)));
  EXPECT_FALSE(equal(Value::int64(1), Value::string("1")));
  EXPECT_FALSE(equal(Value::int64(1), Value::boolean(true)));
  const Value nan = Value::float64(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(equal(nan, nan));
}

TEST(Equal, KindsThatLookAlikeDiffer) {
  EXPECT_FALSE(equal(Value::string("a"), Value::bytes("a")));
  EXPECT_FALSE(equal(Value::timestamp(1, 2), Value::timestamp(1, 2, true)));
  EXPECT_FALSE(equal(Value::timestamp(1, 2), Value::duration(1, 2)));
  EXPECT_FALSE(equal(Value(), Value::boolean(false)));
  EXPECT_TRUE(equal(Value(), Value()));
  EXPECT_TRUE(equal(Value::timestamp(1, 2), Value::timestamp(1, 2)));
  EXPECT_FALSE(equal(Value::timestamp(1, 2), Value::timestamp(1, 3)));
  EXPECT_FALSE(equal(Value::date(1), Value::date(2)));
}

TEST(Equal, ListsGoByOrderAndObjectsDoNot) {
  const Value one_two[] = {Value::int64(1), Value::int64(2)};
  const Value two_one[] = {Value::int64(2), Value::int64(1)};
  EXPECT_TRUE(equal(Value::list(one_two), Value::list(one_two)));
  EXPECT_FALSE(equal(Value::list(one_two), Value::list(two_one)));
  EXPECT_FALSE(equal(Value::list(one_two), Value::list({one_two, 1})));
  const Member ab[] = {{"a", Value::int64(1)}, {"b", Value()}};
  const Member ba[] = {{"b", Value()}, {"a", Value::float64(1)}};
  const Member ac[] = {{"a", Value::int64(1)}, {"c", Value()}};
  EXPECT_TRUE(equal(Value::object(ab), Value::object(ba)));
  EXPECT_FALSE(equal(Value::object(ab), Value::object(ac)));
  EXPECT_FALSE(equal(Value::object(ab), Value::object({ab, 1})));
  EXPECT_TRUE(equal(Value::object({}), Value::object({})));
  EXPECT_FALSE(equal(Value::object({}), Value::list({})));
}

TEST(Equal, LargeObjectsInAnyOrder) {
  constexpr int count = 20'000;
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i)
    names.push_back("name" + std::to_string(i));
  std::vector<Member> members;
  for (int i = 0; i < count; ++i)
    members.push_back({names[static_cast<std::size_t>(i)], Value::int64(i)});
  std::vector<Member> reversed(members.rbegin(), members.rend());
  EXPECT_TRUE(equal(Value::object(members), Value::object(reversed)));
  reversed[count / 2].value = Value::int64(-1);
  EXPECT_FALSE(equal(Value::object(members), Value::object(reversed)));
}

}  // namespace
}  // namespace hiveframe::record
