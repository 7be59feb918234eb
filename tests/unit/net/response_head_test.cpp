#include "net/response_head.hpp"

#include <gmock/gmock.h>

namespace hiveframe::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The example of RFC 9110 section 5.6.7.
constexpr std::chrono::system_clock::time_point example{std::chrono::seconds(784'111'777)};

TEST(ResponseHeadTest, WritesADateAsTheStandardDoes) {
  EXPECT_EQ(http_date(example), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ResponseHeadTest, SaysWhatItIsAndWhatBrowsersMayNotDo) {
  Response response = Response::json("{}");
  response.headers.add("Allow", "GET");
  const std::string head =
      response_head(response, {.length = 2, .chunked = false, .keep_alive = true}, example);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  for (const char* each : {"\r\nContent-Type: application/json\r\n", "\r\nContent-Length: 2\r\n",
                           "\r\nAllow: GET\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
                           "\r\nCache-Control: no-store\r\n", "frame-ancestors 'none'"})
    EXPECT_THAT(head, HasSubstr(each));
  EXPECT_THAT(head, Not(HasSubstr("Connection:")));
  EXPECT_THAT(head, Not(HasSubstr("Access-Control")));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(ResponseHeadTest, SaysHowTheBodyEnds) {
  const std::string stream = response_head({}, {.length = {}, .chunked = true, .keep_alive = false}, example);
  EXPECT_THAT(stream, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(stream, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(stream, Not(HasSubstr("Content-Length")));
}

TEST(ResponseHeadTest, NoValueEndsALine) {
  Response response;
  response.headers.add("Location", "/a\r\nSet-Cookie: b\n\nc");
  response.content_type = "text/plain\r\nX: y";
  const std::string head =
      response_head(response, {.length = 0, .chunked = false, .keep_alive = true}, example);
  EXPECT_THAT(head, HasSubstr("Location: /a  Set-Cookie: b  c\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/plain  X: y\r\n"));
  EXPECT_EQ(head.find("\r\n\r\n"), head.size() - 4);
}

TEST(ResponseHeadTest, KnowsWhatHasNoBody) {
  for (const unsigned each : {100U, 101U, 204U, 304U})
    EXPECT_TRUE(is_bodiless(each)) << each;
  for (const unsigned each : {200U, 201U, 205U, 303U, 404U, 500U})
    EXPECT_FALSE(is_bodiless(each)) << each;
}

}  // namespace
}  // namespace hiveframe::net
