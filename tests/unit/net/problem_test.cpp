#include "net/problem.hpp"

#include <gmock/gmock.h>
#include <rapidjson/document.h>

namespace hiveframe::net {
namespace {

rapidjson::Document parsed(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

TEST(ProblemTest, HasTheMembersOfTheStandard) {
  Request request;
  request.path = "/pipelines/orders";
  const Response response = Problem(404, "no pipeline 'orders'").to_response(request);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto document = parsed(response.body);
  EXPECT_STREQ(document["type"].GetString(), "about:blank");
  EXPECT_STREQ(document["title"].GetString(), "Not Found");
  EXPECT_EQ(document["status"].GetInt(), 404);
  EXPECT_STREQ(document["detail"].GetString(), "no pipeline 'orders'");
  EXPECT_STREQ(document["instance"].GetString(), "/pipelines/orders");
  EXPECT_EQ(document.MemberCount(), 5);
}

TEST(ProblemTest, LeavesOutWhatIsNotKnown) {
  const auto document = parsed(Problem(500).to_json(""));
  EXPECT_FALSE(document.HasMember("detail"));
  EXPECT_FALSE(document.HasMember("instance"));
}

TEST(ProblemTest, MayBeOfAKindAndHaveMoreMembers) {
  Problem problem(409, "2 of 3 files are wrong");
  problem.kind("urn:hiveframed:bad-configuration", "Bad configuration")
      .member("file", "a.yaml")
      .member("errors", std::vector<std::string>{"a \"quoted\"\n", "b"});
  const auto document = parsed(problem.to_json("/reload"));
  EXPECT_STREQ(document["type"].GetString(), "urn:hiveframed:bad-configuration");
  EXPECT_STREQ(document["title"].GetString(), "Bad configuration");
  EXPECT_STREQ(document["file"].GetString(), "a.yaml");
  EXPECT_STREQ(document["errors"][0].GetString(), "a \"quoted\"\n");
  EXPECT_EQ(document["errors"].Size(), 2);
}

TEST(ProblemTest, IsJsonWhateverItHolds) {
  const std::string bad("\xff\x00\x01\"\\\xed\xa0\x80", 8);
  const auto document = parsed(Problem(400, bad).member("x", bad).to_json(bad));
  EXPECT_EQ(std::string(document["detail"].GetString()).substr(0, 3), "\xEF\xBF\xBD");
}

TEST(ProblemTest, KnowsThePhraseOfEachStatus) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(299), "Unknown");
  EXPECT_EQ(reason_phrase(0), "Unknown");
}

}  // namespace
}  // namespace hiveframe::net
