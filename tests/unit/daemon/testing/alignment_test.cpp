#include "daemon/testing/alignment.hpp"

#include <cctype>
#include <gtest/gtest.h>
#include <string>

namespace hiveframe::daemon {
namespace {

// "aa" a pair, "a-" an expected one alone, "-a" one alone that was got. A letter and its capital are alike.
std::string aligned(const std::string& expected, const std::string& got) {
  const auto distance = [&](std::size_t i, std::size_t j) {
    if (expected[i] == got[j]) return 0.0;
    return std::tolower(expected[i]) == std::tolower(got[j]) ? 0.25 : 1.0;
  };
  std::string text;
  for (const Pair& pair : align(expected.size(), got.size(), distance)) {
    if (!text.empty()) text += ' ';
    text += pair.expected ? expected[*pair.expected] : '-';
    text += pair.got ? got[*pair.got] : '-';
  }
  return text;
}

TEST(Alignment, WhatIsTheSameBelongsTogether) {
  EXPECT_EQ(aligned("abc", "abc"), "aa bb cc");
  EXPECT_EQ(aligned("", ""), "");
}

TEST(Alignment, OneThatIsMissingLeavesTheOthersAlone) {
  EXPECT_EQ(aligned("abcd", "acd"), "aa b- cc dd");
  EXPECT_EQ(aligned("abcd", "bcd"), "a- bb cc dd");
  EXPECT_EQ(aligned("acd", "abcd"), "aa -b cc dd");
  EXPECT_EQ(aligned("abc", ""), "a- b- c-");
  EXPECT_EQ(aligned("", "ab"), "-a -b");
}

TEST(Alignment, TheSameAtTheEndsIsNotTwiceTheSame) {
  EXPECT_EQ(aligned("aaa", "aa"), "aa aa a-");
  EXPECT_EQ(aligned("aba", "abaaba"), "aa bb aa -a -b -a");
  EXPECT_EQ(aligned("xbc", "ybc"), "xy bb cc");
}

TEST(Alignment, WhatIsAlikeIsComparedRatherThanWhatIsNot) {
  EXPECT_EQ(aligned("ab", "B"), "a- bB");
  EXPECT_EQ(aligned("ab", "xAB"), "-x aA bB");
}

TEST(Alignment, WhatIsWhollyDifferentIsStillShownSideBySide) { EXPECT_EQ(aligned("ab", "xy"), "ax by"); }

TEST(Alignment, WhatIsOtherInALongListIsComparedInPlace) {
  const std::string many(1000, 'a');
  EXPECT_EQ(aligned("a" + many + "c", "b" + many).substr(0, 8), "ab aa aa");
}

}  // namespace
}  // namespace hiveframe::daemon
