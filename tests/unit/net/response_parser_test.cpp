#include "net/response_parser.hpp"

#include <gmock/gmock.h>

namespace hiveframe::net {
namespace {

using Progress = ResponseParser::Progress;

TEST(ResponseParserTest, GivesABodyAsItComes) {
  ResponseParser parser(false);
  EXPECT_EQ(parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nab"),
            Progress::need_more);
  EXPECT_TRUE(parser.has_head());
  EXPECT_EQ(parser.status(), 200);
  EXPECT_EQ(*parser.headers().find("x"), "y");
  EXPECT_EQ(parser.take_body(), "ab");
  EXPECT_EQ(parser.feed("c\r\n"), Progress::need_more);
  EXPECT_EQ(parser.take_body(), "c");
  EXPECT_EQ(parser.feed("2\r\nde\r\n0\r\n\r\n"), Progress::complete);
  EXPECT_EQ(parser.take_body(), "de");
}

TEST(ResponseParserTest, TakesOneByteAtATime) {
  const std::string text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc";
  ResponseParser parser(false);
  std::string body;
  for (std::size_t i = 0; i < text.size(); ++i) {
    ASSERT_EQ(parser.feed(text.substr(i, 1)), i + 1 < text.size() ? Progress::need_more : Progress::complete)
        << i;
    if (parser.has_head()) body += parser.take_body();
  }
  EXPECT_EQ(parser.status(), 404);
  EXPECT_EQ(body, "abc");
}

TEST(ResponseParserTest, GivesASmallPieceAtOnceAndTakesAnEmptyBodyInPieces) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  ResponseParser parser(false);
  EXPECT_EQ(parser.feed(head), Progress::need_more);
  EXPECT_EQ(parser.feed("1\r\nx\r\n"), Progress::need_more);
  EXPECT_EQ(parser.take_body(), "x");
  ResponseParser empty(false);
  for (const std::string& each : {head, std::string("0\r\n"), std::string("\r")})
    EXPECT_EQ(empty.feed(each), Progress::need_more);
  EXPECT_EQ(empty.feed("\n"), Progress::complete);
}

TEST(ResponseParserTest, EndsWhereTheConnectionEndsIfNothingElseSaysSo) {
  ResponseParser parser(false);
  EXPECT_EQ(parser.feed("HTTP/1.0 200 OK\r\n\r\nabc"), Progress::need_more);
  EXPECT_EQ(parser.end(), Progress::complete);
  EXPECT_EQ(parser.take_body(), "abc");
}

TEST(ResponseParserTest, TheAnswerToHeadHasNoBody) {
  ResponseParser parser(true);
  EXPECT_EQ(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), Progress::complete);
  ResponseParser no_content(false);
  EXPECT_EQ(no_content.feed("HTTP/1.1 204 No Content\r\n\r\n"), Progress::complete);
}

TEST(ResponseParserTest, SaysWhatIsMissing) {
  for (const char* each : {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"}) {
    ResponseParser parser(false);
    EXPECT_EQ(parser.feed(each), Progress::need_more);
    EXPECT_EQ(parser.end(), Progress::failed);
    EXPECT_EQ(parser.failure(), "the connection ended in the middle of the answer");
  }
  for (const char* each : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nX", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    ResponseParser parser(false);
    EXPECT_EQ(parser.feed(each), Progress::need_more);
    EXPECT_EQ(parser.end(), Progress::failed) << each;
    EXPECT_EQ(parser.failure(), "the connection ended without an answer");
  }
}

TEST(ResponseParserTest, RefusesWhatIsNoHttp) {
  for (const std::string& each : {std::string("SSH-2.0-OpenSSH\r\n\r\n"), std::string("HTTP/1.1 abc\r\n\r\n"),
                                  "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')}) {
    ResponseParser parser(false);
    EXPECT_EQ(parser.feed(each), Progress::failed);
    EXPECT_THAT(parser.failure(), testing::StartsWith("this is no HTTP answer: "));
  }
}

}  // namespace
}  // namespace hiveframe::net
