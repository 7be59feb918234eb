#include "pipeline/record/draft.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string_view>

#include "pipeline/record/schema.hpp"

namespace hiveframe::record {
namespace {

class DraftTest : public testing::Test {
 protected:
  DraftTest() {
    storage_.schema = std::make_shared<const Schema>(Schema{{{"id", Kind::int64}}});
    record_.value = Value::object(members_);
    record_.tree = true;
  }

  const Member members_[1] = {{"id", Value::int64(7)}};
  Storage storage_;
  Record record_;
  Draft draft_{storage_, record_, storage_.arena};
};

TEST_F(DraftTest, LookingLeavesTheBatchItsSchema) {
  const std::string_view path[] = {"id"};
  EXPECT_EQ(draft_.find(path)->as_int64(), 7);
  EXPECT_EQ(draft_.glance(path)->as_int64(), 7);
  EXPECT_NE(storage_.schema, nullptr);
  EXPECT_FALSE(record_.changed);
}

TEST_F(DraftTest, AChangedRecordHasNoSchema) {
  const std::shared_ptr<const Schema> shared = storage_.schema;
  draft_.replace(Value::string("seven"));
  EXPECT_EQ(storage_.schema, nullptr);
  EXPECT_TRUE(record_.changed);
  EXPECT_EQ(draft_.value().text(), "seven");
  EXPECT_EQ(shared->columns.front().name, "id") << "it is other batches' too";
}

}  // namespace
}  // namespace hiveframe::record
