#include "pipeline/record/deep_copy.hpp"

#include <gtest/gtest.h>

#include "pipeline/record/equal.hpp"

namespace hiveframe::record {
namespace {

TEST(DeepCopy, OutlivesTheOriginal) {
  Arena kept;
  Value copy;
  {
    Arena gone;
    const Value items[] = {Value::string(gone.copy("text")), Value::decimal(gone.copy("1e400")),
                           Value::bytes(gone.copy("\0x"))};
    const Member members[] = {{gone.copy("list"), Value::list(items)}, {gone.copy("n"), Value::int64(4)}};
    const Value original = Value::object(members);
    copy = deep_copy(original, kept);
    EXPECT_TRUE(equal(copy, original));
  }
  EXPECT_EQ(copy.find("list")->items()[1].text(), "1e400");
  EXPECT_EQ(copy.find("n")->as_int64(), 4);
}

}  // namespace
}  // namespace hiveframe::record
