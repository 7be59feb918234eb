#include "config/did_you_mean.hpp"

#include <gtest/gtest.h>

namespace hiveframe::config {
namespace {

const std::vector<std::string> names = {"auto_offset_reset", "group_id", "topic", "size", "ssl"};

TEST(DidYouMean, FindsSlips) {
  EXPECT_EQ(nearest("auto_offset_rest", names), "auto_offset_reset");
  EXPECT_EQ(nearest("groupid", names), "group_id");
  EXPECT_EQ(nearest("GROUP-ID", names), "group_id");
  EXPECT_EQ(nearest("topci", names), "topic");  // neighbours swapped
  EXPECT_EQ(nearest("sls", names), "ssl");
  EXPECT_EQ(nearest("lenght", std::vector<std::string>{"length"}), "length");
}

TEST(DidYouMean, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("xyz", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest("a", names), "");
  EXPECT_EQ(nearest(std::string(100'000, 't'), names), "");
  EXPECT_EQ(nearest("nosuch", std::vector<std::string>{"touch"}), "");
  EXPECT_EQ(nearest("topic", {}), "");
}

TEST(DidYouMean, Hints) {
  EXPECT_EQ(did_you_mean("topics", names), "did you mean 'topic'?");
  EXPECT_EQ(did_you_mean("zzz", names), "one of: auto_offset_reset, group_id, topic, size, ssl");
  EXPECT_EQ(did_you_mean("zzz", std::vector<std::string>{"path"}), "known: path");
  EXPECT_EQ(did_you_mean("zzz", {}), "");
  EXPECT_TRUE(did_you_mean("zzz", std::vector<std::string>(30, "aa")).ends_with(", aa, aa, …"));
  EXPECT_EQ(join_or(names), "auto_offset_reset, group_id, topic, size or ssl");
}

}  // namespace
}  // namespace hiveframe::config
