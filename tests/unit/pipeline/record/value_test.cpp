#include "pipeline/record/value.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hiveframe::record {
namespace {

// Names are compared by words of several sizes: of any length, the one that differs in a byte is another.
TEST(Value, FindsMembersByNamesOfAnyLength) {
  for (std::size_t length = 0; length <= 40; ++length) {
    const std::string wanted(length, 'x');
    std::vector<std::string> others = {wanted + "x"};
    if (length != 0) others.push_back(wanted.substr(1));
    for (std::size_t at = 0; at < length; ++at) {
      others.push_back(wanted);
      others.back()[at] = 'y';
    }
    std::vector<Member> members;
    for (const std::string& other : others)
      members.push_back({other, Value::int64(0)});
    EXPECT_EQ(Value::object(members).find(wanted), nullptr) << length;
    members.push_back({wanted, Value::int64(1)});
    const Value* const found = Value::object(members).find(wanted);
    ASSERT_NE(found, nullptr) << length;
    EXPECT_EQ(found->as_int64(), 1) << length;
    EXPECT_EQ(position(members, wanted), members.size() - 1);
  }
}

TEST(Value, FindsNothingInWhatIsNoObject) {
  const Value items[] = {Value::int64(1)};
  EXPECT_EQ(Value().find("a"), nullptr);
  EXPECT_EQ(Value::string("a").find("a"), nullptr);
  EXPECT_EQ(Value::list(items).find("a"), nullptr);
  EXPECT_EQ(Value::object({}).find(""), nullptr);
}

}  // namespace
}  // namespace hiveframe::record
