#include "config/secret.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace hiveframe::config {
namespace {

TEST(Secret, IsShownNowhere) {
  const Secret secret("hunter2");
  std::ostringstream stream;
  stream << secret;
  EXPECT_EQ(stream.str(), "***");
  EXPECT_EQ(fmt::format("{}", secret), "***");
  EXPECT_EQ(fmt::format("[{:>5}]", secret), "[  ***]");
  EXPECT_EQ(testing::PrintToString(secret), "***");
  EXPECT_EQ(secret.reveal(), "hunter2");
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace hiveframe::config
