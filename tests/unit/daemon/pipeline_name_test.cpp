#include "daemon/manager/pipeline_name.hpp"

#include <gtest/gtest.h>
#include <regex>
#include <string>

namespace hiveframe::daemon {
namespace {

TEST(PipelineNameTest, ThePatternIsTheRule) {
  const std::regex pattern{std::string(name_pattern)};
  for (const std::string& each :
       {std::string("orders"), std::string("orders-eu.2"), std::string("ORDERS_EU"), std::string("7"),
        std::string(64, 'x'), std::string(65, 'x'), std::string(), std::string("-eu"), std::string(".a"),
        std::string("_a"), std::string("a b"), std::string("a/b"), std::string("a\n"), std::string("\na"),
        std::string("gr\u00fcn"), std::string("a\0b", 3), std::string("a%20b")})
    EXPECT_EQ(std::regex_match(each, pattern), name_problem(each).empty()) << each;
  EXPECT_TRUE(name_problem("orders-eu.2").empty());
  EXPECT_FALSE(name_problem("a b").empty());
}

}  // namespace
}  // namespace hiveframe::daemon
