#include "daemon/testing/shown_value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/daemon/testing/yaml_text.hpp"

namespace hiveframe::daemon {
namespace {

using record::Value;
using testing::Pair;

TEST(ShownValue, IsJson) { EXPECT_EQ(shown(yaml("{a: [1, x, null]}").value), R"({"a":[1,"x",null]})"); }

TEST(ShownValue, NothingMovesTheCursor) {
  EXPECT_EQ(shown_text("a\x1b[31mb\nc\xff"), "a\uFFFD[31mb\uFFFDc\uFFFD");
  EXPECT_EQ(shown(Value::string("\u202Egnp.exe")), "\"\uFFFDgnp.exe\"");
}

TEST(ShownValue, IsCutByCodePoints) {
  std::string long_text;
  for (int i = 0; i < 200; ++i)
    long_text += "é";
  const std::string text = shown_text(long_text);
  EXPECT_EQ(text, long_text.substr(0, 320) + "…");
}

TEST(ShownValue, TwoThatLookTheSameSayWhatTheyAre) {
  EXPECT_THAT(shown(Value::string("1970-01-02"), Value::date(1)),
              Pair(R"("1970-01-02", a string)", R"("1970-01-02", a date)"));
}

TEST(ShownValue, OfLongOnesThePartThatDiffersIsShown) {
  const std::string before(300, 'x');
  const auto [expected, got] = shown(Value::string(before + "A" + before), Value::string(before + "B"));
  EXPECT_EQ(expected, "…" + std::string(40, 'x') + "A" + std::string(119, 'x') + "…");
  EXPECT_EQ(got, "…" + std::string(40, 'x') + "B\"");
}

TEST(ShownValue, ALongOneBesideAShortOne) {
  const std::string many(300, 'x');
  const auto [expected, got] = shown(Value::string(""), Value::string(many));
  EXPECT_EQ(expected, "\"\"");
  EXPECT_EQ(got, "\"" + std::string(159, 'x') + "…");
}

TEST(ShownValue, NeverCutsWithinACodePoint) {
  const std::string before(300, 'x');
  // é and è begin with the same byte.
  const auto [expected, got] = shown(Value::string(before + "é"), Value::string(before + "è"));
  EXPECT_EQ(expected, "…" + std::string(40, 'x') + "é\"");
  EXPECT_EQ(got, "…" + std::string(40, 'x') + "è\"");
}

}  // namespace
}  // namespace hiveframe::daemon
