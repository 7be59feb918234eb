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

TEST(EqualWithin, CountsWhatItLooksAt) {
  const auto work_of = [](const Value& left, const Value& right) {
    std::uint64_t work = 1'000'000;
    EXPECT_EQ(equal_within(left, right, work), equal(left, right));
    return 1'000'000 - work;
  };
  const std::vector<Value> ones(1000, Value::int64(1));
  std::vector<Value> other = ones;
  other[99] = Value::int64(2);
  const std::string text(4000, 'x');
  const std::string same(4000, 'x');
  EXPECT_LE(work_of(Value::int64(1), Value::float64(1)), 1u);
  EXPECT_EQ(work_of(Value::list(ones), Value::list(ones)), 1000u);
  EXPECT_EQ(work_of(Value::list(ones), Value::list(other)), 100u) << "what differs early is cheap";
  EXPECT_EQ(work_of(Value::string(text), Value::string(same)), 1000u);
  EXPECT_EQ(work_of(Value::string(text), Value::string("x")), 0u);
  EXPECT_GT(work_of(Value::decimal("0.10000000000000000001"), Value::float64(0.1)), 100u);
  EXPECT_GT(work_of(Value::decimal(text), Value::decimal(same)), 1000u);

  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i)
    names.push_back("name" + std::to_string(i));
  std::vector<Member> members;
  for (const std::string& name : names)
    members.push_back({name, Value::int64(1)});
  EXPECT_EQ(work_of(Value::object(members), Value::object(members)), 100u);
  std::vector<Member> turned(members.rbegin(), members.rend());
  EXPECT_GT(work_of(Value::object(members), Value::object(turned)), 1000u) << "they are sorted";
}

TEST(EqualWithin, EndsWhenTheWorkIsDone) {
  // Each list stands twice in the next one: few values, and 2^60 ways through them.
  std::vector<std::vector<Value>> twice(60);
  Value left = Value::list({});
  for (std::vector<Value>& each : twice) {
    each = {left, left};
    left = Value::list(each);
  }
  std::uint64_t work = 10'000;
  EXPECT_FALSE(equal_within(left, left, work));
  EXPECT_EQ(work, 0u);

  const std::vector<Value> ones(10, Value::int64(1));
  work = 10;
  EXPECT_FALSE(equal_within(Value::list(ones), Value::list(ones), work)) << "nothing is left";
  EXPECT_EQ(work, 0u);
  work = 11;
  EXPECT_TRUE(equal_within(Value::list(ones), Value::list(ones), work));
  EXPECT_EQ(work, 1u);
}

}  // namespace
}  // namespace hiveframe::record
