#include "pipeline/runtime/exec/marks.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace hiveframe::runtime::test {
namespace {

using Changes = std::map<std::string, std::optional<std::string>>;

TEST(MarksTest, TheLastChangeOfAKeyCounts) {
  Marks marks(nullptr);
  marks.belong_to("a file");
  marks.set("a", "1");
  marks.set("a", "2");
  marks.set("b", "1");
  marks.erase("b");
  marks.erase("c");
  marks.set("c", "back");
  EXPECT_EQ(marks.take(), (Changes{{"a", "2"}, {"b", std::nullopt}, {"c", "back"}}));
}

TEST(MarksTest, WhatWasTakenIsTakenOnce) {
  Marks marks(nullptr);
  marks.belong_to("a file");
  marks.set("a", "1");
  EXPECT_EQ(marks.take().size(), 1u);
  EXPECT_TRUE(marks.take().empty());
}

TEST(MarksTest, WhatCouldNotBeStoredIsTakenAgainUnlessItHasChangedSince) {
  Marks marks(nullptr);
  marks.belong_to("a file");
  marks.set("kept", "old");
  marks.set("newer", "old");
  marks.set("erased", "old");
  marks.erase("gone");
  Changes taken = marks.take();
  marks.set("newer", "new");
  marks.erase("erased");
  marks.give_back(std::move(taken));
  EXPECT_EQ(marks.take(),
            (Changes{{"kept", "old"}, {"newer", "new"}, {"erased", std::nullopt}, {"gone", std::nullopt}}));
}

TEST(MarksTest, BytesAreOpaque) {
  Marks marks(nullptr);
  marks.belong_to("a file");
  const std::string bytes("\0\xff\n", 3);
  marks.set(bytes, bytes);
  EXPECT_EQ(marks.take(), (Changes{{bytes, bytes}}));
}

TEST(MarksTest, NobodyCouldTellWhoseMarksOfASinkWithoutIdentityAre) {
  Marks marks(nullptr);
  EXPECT_THROW(marks.set("a", "1"), std::logic_error);
  EXPECT_THROW(marks.erase("a"), std::logic_error);
}

}  // namespace
}  // namespace hiveframe::runtime::test
