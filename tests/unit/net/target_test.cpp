#include "net/target.hpp"

#include <gmock/gmock.h>

namespace hiveframe::net {
namespace {

using testing::ElementsAre;

Target parsed(std::string_view text) {
  auto result = parse_target(text);
  if (const auto* bad = std::get_if<BadTarget>(&result)) {
    ADD_FAILURE() << text << ": " << bad->detail;
    return {};
  }
  return std::get<Target>(result);
}

bool refused(std::string_view text) {
  const auto result = parse_target(text);
  const auto* bad = std::get_if<BadTarget>(&result);
  return bad != nullptr && !bad->detail.empty();
}

TEST(TargetTest, CutsAPathAndDecodesEachPieceOnce) {
  EXPECT_THAT(parsed("/").segments, ElementsAre(""));
  EXPECT_THAT(parsed("/pipelines/a%20b/tap").segments, ElementsAre("pipelines", "a b", "tap"));
  EXPECT_THAT(parsed("/a/").segments, ElementsAre("a", ""));
  EXPECT_THAT(parsed("//a").segments, ElementsAre("", "a"));
  EXPECT_THAT(parsed("/%252e%252e").segments, ElementsAre("%2e%2e"));
  EXPECT_THAT(parsed("/gr%C3%BC%c3%9fe+1").segments, ElementsAre("gr\xC3\xBC\xC3\x9F"
                                                                 "e+1"));
  EXPECT_EQ(parsed("/a%20b?c=d").path, "/a%20b");
}

TEST(TargetTest, TakesTheAbsoluteFormAndTheAsterisk) {
  const Target target = parsed("HTTP://example.com:80/a?b=c");
  EXPECT_EQ(target.authority, "example.com:80");
  EXPECT_THAT(target.segments, ElementsAre("a"));
  EXPECT_EQ(*target.query.find("b"), "c");
  EXPECT_THAT(parsed("http://example.com").segments, ElementsAre(""));
  EXPECT_THAT(parsed("http://example.com?a=b").segments, ElementsAre(""));
  EXPECT_TRUE(parsed("*").asterisk);
}

TEST(TargetTest, RefusesWhatClimbsOrHidesASlash) {
  for (const char* each : {"/..", "/a/../b", "/%2e%2e/etc", "/a/%2E.", "/.", "/a/./b", "/a%2Fb", "/a%2fb",
                           "/a\\b", "/a%5Cb", "/..%2f..%2fetc", "/a%2f..%2fb", "http://h/.."})
    EXPECT_TRUE(refused(each)) << each;
}

TEST(TargetTest, RefusesWhatIsNotText) {
  for (const char* each : {"/%00", "/a%00b", "/%0a", "/%0d%0aSet-Cookie:x", "/%7f", "/%", "/%2", "/%2g",
                           "/%c0%af", "/%ff", "/\xff", "/a?b=%00", "/a?b=%", "/a?%zz=1", "/a?b=%ff"})
    EXPECT_TRUE(refused(each)) << each;
}

TEST(TargetTest, RefusesWhatIsNoPath) {
  for (const char* each :
       {"", "a", "?a", "example.com:443", "ftp://example.com/", "http:///a", "/a#b", "/a?b#c", "**"})
    EXPECT_TRUE(refused(each)) << each;
}

TEST(QueryTest, KeepsParametersInTheirOrder) {
  const Query query = parsed("/?a=1&b&&c=&a=2&d+e=f%20g+h&=x&i=j=k").query;
  EXPECT_THAT(std::vector(query.begin(), query.end()),
              ElementsAre(testing::Pair("a", "1"), testing::Pair("b", ""), testing::Pair("c", ""),
                          testing::Pair("a", "2"), testing::Pair("d e", "f g h"), testing::Pair("", "x"),
                          testing::Pair("i", "j=k")));
  EXPECT_EQ(*query.find("a"), "1");
  EXPECT_EQ(query.find("z"), nullptr);
  EXPECT_TRUE(parsed("/?").query.empty());
}

TEST(QueryTest, SaysWhatAHandlerDoesNotKnow) {
  EXPECT_EQ(parsed("/?limit=1&stage=x").query.find_problem({"limit", "stage"}), std::nullopt);
  EXPECT_EQ(*parsed("/?limt=1").query.find_problem({"limit", "stage"}),
            "unknown parameter 'limt'; did you mean 'limit'?");
  EXPECT_EQ(*parsed("/?limit=1&limit=1").query.find_problem({"limit"}), "parameter 'limit' is given twice");
  EXPECT_EQ(*parsed("/?a").query.find_problem({}), "unknown parameter 'a': this takes none");
}

}  // namespace
}  // namespace hiveframe::net
