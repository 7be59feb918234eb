#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>

#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {
namespace {

TEST(StateFileName, KeepsPlainNames) {
  EXPECT_EQ(state_file_stem("orders"), "orders");
  EXPECT_EQ(state_file_stem("Orders_2-eu.v1"), "Orders_2-eu.v1");
}

TEST(StateFileName, EscapesWhatCouldLeaveTheFolderOrHide) {
  EXPECT_EQ(state_file_stem("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
  EXPECT_EQ(state_file_stem("."), "%2E");
  EXPECT_EQ(state_file_stem(".."), "%2E%2E");
  EXPECT_EQ(state_file_stem(".hidden"), "%2Ehidden");
  EXPECT_EQ(state_file_stem(std::string("a\0b", 3)), "a%00b");
  EXPECT_EQ(state_file_stem("a b%2F~"), "a%20b%252F%7E");
  EXPECT_EQ(state_file_stem("Bücher"), "B%C3%BCcher");
}

TEST(StateFileName, LongNamesFitAndStayApart) {
  std::set<std::string> stems;
  for (int i = 0; i < 50; ++i) {
    const std::string name = std::string(300, 'x') + std::to_string(i);
    const std::string stem = state_file_stem(name);
    EXPECT_LE(stem.size() + std::string(".db-journal").size(), 255U);
    EXPECT_TRUE(stems.insert(stem).second);
  }
  EXPECT_LE(state_file_stem(std::string(200, '/')).size(), 200U);
  EXPECT_EQ(state_file_stem(std::string(200, 'x')), std::string(200, 'x'));
}

TEST(StateFileName, NeverTwoShortNamesWithOneFile) {
  const std::string alphabet = "a.%2F/~E";
  std::set<std::string> stems;
  std::size_t names = 0;
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      for (const char c : alphabet) {
        for (const std::string& name : {std::string{a, b, c}, std::string{a, b, c, a}}) {
          ++names;
          stems.insert(state_file_stem(name));
        }
      }
    }
  }
  EXPECT_EQ(stems.size(), names);
}

TEST(StateFileName, RefusesTheEmptyName) { EXPECT_THROW(state_file_stem(""), std::invalid_argument); }

}  // namespace
}  // namespace hiveframe::runtime
