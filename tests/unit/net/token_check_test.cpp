#include "net/token_check.hpp"

#include <gtest/gtest.h>

namespace hiveframe::net {
namespace {

using config::Secret;

TEST(TokenCheckTest, TakesTheTokenAndNothingNearIt) {
  const std::string token = "s3cret-0123456789";
  const TokenCheck check({Secret(token)});
  EXPECT_TRUE(check.matches(token));
  for (std::size_t size = 0; size < token.size(); ++size)
    EXPECT_FALSE(check.matches(token.substr(0, size))) << size;
  EXPECT_FALSE(check.matches(token + "x"));
  EXPECT_FALSE(check.matches(token + std::string(1, '\0')));
  EXPECT_FALSE(check.matches(std::string(1 << 20, 'x')));
  EXPECT_FALSE(check.matches("S3cret-0123456789"));
}

TEST(TokenCheckTest, TakesEachOfSeveral) {
  const TokenCheck check({Secret("old"), Secret("new")});
  EXPECT_TRUE(check.matches("old"));
  EXPECT_TRUE(check.matches("new"));
  EXPECT_FALSE(check.matches("oldnew"));
}

TEST(TokenCheckTest, AnEmptyTokenIsNone) {
  const TokenCheck check({Secret("")});
  EXPECT_TRUE(check.empty());
  EXPECT_FALSE(check.matches(""));
  EXPECT_FALSE(TokenCheck({}).matches(""));
}

TEST(TokenCheckTest, FindsTheTokenOfAField) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bEARER   abc=="), "abc==");
  for (const char* each : {"", "Bearer", "Bearer ", "Bearer    ", "Bearerabc", "Basic abc", "Bearer a b",
                           "Bearer a,b", "Bearer a ", " Bearer a", "Bearer\ta"})
    EXPECT_EQ(bearer_token(each), std::nullopt) << each;
}

}  // namespace
}  // namespace hiveframe::net
