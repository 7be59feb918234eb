#include "net/access_check.hpp"

#include <gmock/gmock.h>
#include <utility>

namespace hiveframe::net {
namespace {

using testing::HasSubstr;
using Fields = std::vector<std::pair<const char*, const char*>>;

Request request(Method method, const Fields& fields) {
  Request result;
  result.method = method;
  result.path = "/x";
  for (const auto& [name, value] : fields)
    result.headers.add(name, value);
  return result;
}

Access loopback() {
  Access access;
  access.names = {"127.0.0.1", "Admin.Example.com"};
  return access;
}

Access with_token(Credentials required) {
  Access access = loopback();
  access.required = required;
  access.tokens = {config::Secret("right")};
  return access;
}

unsigned host_status(const Access& access, const Fields& fields, const std::string& authority = {}) {
  const auto refusal = AccessCheck(access).refuse_host(request(Method::get, fields), authority);
  return refusal ? refusal->status : 0;
}

TEST(AccessCheckTest, TakesItsOwnNamesAndAnyAddress) {
  for (const char* each : {"127.0.0.1:8610", "localhost", "LOCALHOST:1", "[::1]:8610", "10.1.2.3",
                           "admin.example.com:80", "ADMIN.example.com."})
    EXPECT_EQ(host_status(loopback(), {{"Host", each}}), 0) << each;
}

TEST(AccessCheckTest, RefusesNamesThatWereMadeToPointHere) {
  for (const char* each : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "2130706433",
                           "127.1", "example.com", "xlocalhost"})
    EXPECT_EQ(host_status(loopback(), {{"Host", each}}), 421) << each;
  EXPECT_EQ(host_status(loopback(), {{"Host", "localhost"}}, "evil.example"), 421)
      << "the target's authority counts";
}

TEST(AccessCheckTest, WantsExactlyOneHost) {
  EXPECT_EQ(host_status(loopback(), {}), 400);
  EXPECT_EQ(host_status(loopback(), {{"Host", "localhost"}, {"host", "localhost"}}), 400);
  EXPECT_EQ(host_status(loopback(), {{"Host", ""}}), 400);
  EXPECT_EQ(host_status(loopback(), {{"Host", "a b"}}), 400);
}

TEST(AccessCheckTest, WhoShowsTheTokenIsBelievedAboutTheName) {
  const Access access = with_token(Credentials::token);
  EXPECT_EQ(host_status(access, {{"Host", "service"}, {"Authorization", "Bearer right"}}), 0);
  EXPECT_EQ(host_status(access, {{"Host", "service"}, {"Authorization", "Bearer wrong"}}), 421);
  EXPECT_EQ(host_status(loopback(), {{"Host", "service"}, {"Authorization", "Bearer "}}), 421);
}

TEST(AccessCheckTest, NoBrowserIsBehindAUnixSocket) {
  Request asked = request(Method::get, {{"Host", "anything.example"}});
  asked.peer.local_socket = true;
  EXPECT_FALSE(AccessCheck(loopback()).refuse_host(asked, ""));
  Request empty = request(Method::get, {{"Host", ""}});
  empty.peer.local_socket = true;
  EXPECT_FALSE(AccessCheck(loopback()).refuse_host(empty, ""));
}

unsigned site_status(Method method, Fields fields) {
  fields.emplace_back("Host", "localhost:8610");
  const auto refusal = AccessCheck(loopback()).refuse_other_site(request(method, fields), "");
  return refusal ? refusal->status : 0;
}

TEST(AccessCheckTest, RefusesRequestsOfOtherSites) {
  EXPECT_EQ(site_status(Method::post, {}), 0) << "curl sends none of these fields";
  EXPECT_EQ(site_status(Method::post, {{"Sec-Fetch-Site", "same-origin"}}), 0);
  EXPECT_EQ(site_status(Method::post, {{"Sec-Fetch-Site", "none"}}), 0);
  for (const char* each : {"cross-site", "same-site", "whatever", ""}) {
    EXPECT_EQ(site_status(Method::post, {{"Sec-Fetch-Site", each}}), 403) << each;
    EXPECT_EQ(site_status(Method::get, {{"Sec-Fetch-Site", each}}), 403) << each;
  }
}

TEST(AccessCheckTest, FollowsLinksButNoForms) {
  const Fields link = {
      {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", "document"}};
  EXPECT_EQ(site_status(Method::get, link), 0);
  EXPECT_EQ(site_status(Method::post, link), 403);
  EXPECT_EQ(site_status(Method::get, {{"Sec-Fetch-Site", "cross-site"},
                                      {"Sec-Fetch-Mode", "navigate"},
                                      {"Sec-Fetch-Dest", "iframe"}}),
            403);
}

TEST(AccessCheckTest, RefusesOtherOrigins) {
  for (const char* each : {"http://localhost:8610", "HTTP://LOCALHOST:8610", "https://localhost:8610"})
    EXPECT_EQ(site_status(Method::post, {{"Origin", each}}), 0) << each;
  for (const char* each :
       {"null", "", "http://localhost", "http://localhost:3000", "http://evil.example:8610",
        "file://localhost:8610", "http://localhost:8610.evil.example", "localhost:8610",
        "http://localhost:8610 http://evil.example", "http://user@localhost:8610"})
    EXPECT_EQ(site_status(Method::post, {{"Origin", each}}), 403) << each;
  EXPECT_EQ(site_status(Method::delete_,
                        {{"Origin", "http://localhost:8610"}, {"Origin", "http://localhost:8610"}}),
            403);
  EXPECT_EQ(site_status(Method::get, {{"Origin", "http://evil.example"}}), 0) << "it cannot read the answer";
}

TEST(AccessCheckTest, TheDefaultPortOfAnOriginMayBeLeftOut) {
  const auto status = [](const char* origin, const char* host) {
    const auto refusal =
        AccessCheck(loopback())
            .refuse_other_site(request(Method::post, {{"Origin", origin}, {"Host", host}}), "");
    return refusal ? refusal->status : 0;
  };
  EXPECT_EQ(status("http://localhost", "localhost:80"), 0);
  EXPECT_EQ(status("http://localhost:80", "localhost"), 0);
  EXPECT_EQ(status("https://localhost", "localhost:443"), 0);
  EXPECT_EQ(status("https://localhost", "localhost"), 0);
  EXPECT_EQ(status("http://localhost", "localhost:443"), 403);
}

unsigned credentials_status(Credentials required, const char* authorization, bool certificate) {
  Request asked = request(Method::get, {{"Host", "localhost"}});
  if (authorization != nullptr) asked.headers.add("Authorization", authorization);
  if (certificate) asked.peer.certificate_subject = "CN=somebody";
  const auto refusal = AccessCheck(with_token(required)).refuse_without_credentials(asked);
  return refusal ? refusal->status : 0;
}

TEST(AccessCheckTest, RequiresWhatTheSettingSays) {
  const char* right = "Bearer right";
  const char* wrong = "Bearer wrong";
  EXPECT_EQ(credentials_status(Credentials::none, nullptr, false), 0);
  EXPECT_EQ(credentials_status(Credentials::token, right, false), 0);
  EXPECT_EQ(credentials_status(Credentials::token, wrong, true), 401);
  EXPECT_EQ(credentials_status(Credentials::token, nullptr, true), 401);
  EXPECT_EQ(credentials_status(Credentials::certificate, nullptr, true), 0);
  EXPECT_EQ(credentials_status(Credentials::certificate, right, false), 403);
  EXPECT_EQ(credentials_status(Credentials::token_or_certificate, right, false), 0);
  EXPECT_EQ(credentials_status(Credentials::token_or_certificate, nullptr, true), 0);
  EXPECT_EQ(credentials_status(Credentials::token_or_certificate, wrong, false), 401);
  EXPECT_EQ(credentials_status(Credentials::token_and_certificate, right, true), 0);
  EXPECT_EQ(credentials_status(Credentials::token_and_certificate, right, false), 403);
  EXPECT_EQ(credentials_status(Credentials::token_and_certificate, nullptr, true), 401);
}

TEST(AccessCheckTest, SaysHowToAuthenticateAndNeverWhatIsRight) {
  const AccessCheck check(with_token(Credentials::token));
  const auto none = check.refuse_without_credentials(request(Method::get, {}));
  ASSERT_TRUE(none);
  EXPECT_EQ(*none->headers.find("WWW-Authenticate"), "Bearer realm=\"hiveframed\"");
  EXPECT_THAT(none->body, HasSubstr("Authorization: Bearer"));
  const auto wrong =
      check.refuse_without_credentials(request(Method::get, {{"Authorization", "Bearer nearly"}}));
  ASSERT_TRUE(wrong);
  EXPECT_THAT(*wrong->headers.find("WWW-Authenticate"), HasSubstr("invalid_token"));
  EXPECT_THAT(wrong->body, Not(HasSubstr("right\"")));
  EXPECT_THAT(wrong->body, Not(HasSubstr("nearly")));
  const Fields twice = {{"Authorization", "Bearer right"}, {"Authorization", "Bearer right"}};
  EXPECT_TRUE(check.refuse_without_credentials(request(Method::get, twice)));
}

}  // namespace
}  // namespace hiveframe::net
