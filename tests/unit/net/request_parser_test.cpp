#include "net/request_parser.hpp"

#include <gmock/gmock.h>

namespace hiveframe::net {
namespace {

using Progress = RequestParser::Progress;

Limits small() {
  Limits limits;
  limits.header_bytes = 256;
  limits.body_bytes = 32;
  return limits;
}

// The end of the first request in the text: its status, or 0 for one that is whole, 1 for one that is not.
unsigned status_of(const std::string& text) {
  RequestParser parser(small());
  parser.feed(text);
  Progress progress = parser.advance();
  if (progress == Progress::head) progress = parser.advance();
  if (progress == Progress::failed) return parser.failure().status;
  return progress == Progress::complete ? 0 : 1;
}

TEST(RequestParserTest, GivesHeadAndBody) {
  RequestParser parser(small());
  EXPECT_FALSE(parser.has_begun());
  parser.feed("POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX: y\r\n\r\nhel");
  EXPECT_TRUE(parser.has_begun());
  ASSERT_EQ(parser.advance(), Progress::head);
  EXPECT_EQ(parser.head().method, "POST");
  EXPECT_EQ(parser.head().target, "/a?b=c");
  EXPECT_EQ(*parser.head().headers.find("x"), "y");
  EXPECT_TRUE(parser.head().has_body);
  EXPECT_TRUE(parser.head().keep_alive);
  EXPECT_EQ(parser.advance(), Progress::need_more);
  parser.feed("lo");
  EXPECT_EQ(parser.advance(), Progress::complete);
  EXPECT_EQ(parser.take_body(), "hello");
  EXPECT_FALSE(parser.has_begun());
}

TEST(RequestParserTest, TakesOneByteAtATime) {
  const std::string text =
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: "
      "r\r\n\r\n";
  RequestParser parser(small());
  int heads = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    parser.feed(text.substr(i, 1));
    Progress progress = parser.advance();
    if (progress == Progress::head) {
      ++heads;
      progress = parser.advance();
    }
    ASSERT_EQ(progress, i + 1 < text.size() ? Progress::need_more : Progress::complete) << i;
  }
  EXPECT_EQ(heads, 1);
  EXPECT_EQ(parser.take_body(), "abcde");
}

TEST(RequestParserTest, TakesAnEmptyChunkedBodyInPieces) {
  RequestParser parser(small());
  parser.feed("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(parser.advance(), Progress::head);
  for (const char* each : {"0\r\n", "\r"}) {
    parser.feed(each);
    EXPECT_EQ(parser.advance(), Progress::need_more);
  }
  parser.feed("\n");
  EXPECT_EQ(parser.advance(), Progress::complete);
}

TEST(RequestParserTest, PassesOverEmptyLinesHoweverTheyCome) {
  RequestParser parser(small());
  for (const char* each : {"\r", "\n\r", "\n"}) {
    parser.feed(each);
    EXPECT_EQ(parser.advance(), Progress::need_more);
  }
  parser.feed("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(parser.advance(), Progress::head);
}

TEST(RequestParserTest, ReadsRequestsThatCameTogether) {
  RequestParser parser(small());
  parser.feed(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabGET "
      "/3");
  ASSERT_EQ(parser.advance(), Progress::head);
  EXPECT_EQ(parser.head().target, "/1");
  ASSERT_EQ(parser.advance(), Progress::complete);
  EXPECT_EQ(parser.take_body(), "");
  parser.next();
  EXPECT_TRUE(parser.has_begun());
  ASSERT_EQ(parser.advance(), Progress::head);
  EXPECT_EQ(parser.head().target, "/2");
  EXPECT_EQ(parser.head().headers.size(), 2);
  ASSERT_EQ(parser.advance(), Progress::complete);
  EXPECT_EQ(parser.take_body(), "ab");
  parser.next();
  EXPECT_EQ(parser.advance(), Progress::need_more);
  EXPECT_TRUE(parser.has_begun());
}

TEST(RequestParserTest, KnowsWhenTheConnectionEnds) {
  const auto keeps = [](const std::string& text) {
    RequestParser parser(small());
    parser.feed(text);
    EXPECT_EQ(parser.advance(), Progress::head) << text;
    return parser.head().keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: TE, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestParserTest, RefusesWhatIsNoHttp) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 0);
  for (const char* each :
       {"\x16\x03\x01\x02\r\n\r\n", "GET\r\n\r\n", "GET / \r\nHost: h\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        "GET / HTTP/1.1\r\n: h\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\x01z\r\n\r\n", "G\tET / HTTP/1.1\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\r\n\r\n"})
    EXPECT_EQ(status_of(each), 400) << testing::PrintToString(each);
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of("GET / HTTP/0.9\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST(RequestParserTest, RefusesLengthsThatCanBeReadInTwoWays) {
  const auto post = [](const std::string& fields) {
    return status_of("POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\nab");
  };
  EXPECT_EQ(post("Content-Length: 2\r\n"), 0);
  EXPECT_EQ(post("Content-Length: 2\r\nContent-Length: 2\r\n"), 0);
  EXPECT_EQ(post("Content-Length: 2\r\nContent-Length: 1\r\n"), 400);
  EXPECT_EQ(post("Content-Length: 2, 1\r\n"), 400);
  for (const char* each : {"-1", "+2", "0x2", "2a", "", "99999999999999999999", "2 2", "1e0"})
    EXPECT_EQ(post("Content-Length: " + std::string(each) + "\r\n"), 400) << each;
  EXPECT_EQ(post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n"), 400);
  EXPECT_EQ(post("Transfer-Encoding: gzip\r\n"), 501);
  EXPECT_EQ(post("Transfer-Encoding: gzip, chunked\r\n"), 501);
  EXPECT_EQ(post("Transfer-Encoding: chunked, identity\r\n"), 501);
  EXPECT_EQ(post("Transfer-Encoding: xchunked\r\n"), 501);
  EXPECT_EQ(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(RequestParserTest, RefusesMalformedChunks) {
  const auto chunks = [](const std::string& body) {
    return status_of("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
  };
  EXPECT_EQ(chunks("2\r\nab\r\n0\r\n\r\n"), 0);
  for (const char* each : {"x\r\nab", "-1\r\nab", "\r\nabc", "2\r\nabc\r\n0\r\n\r\n", "fffffffffffffffff\r\n",
                           "0x2\r\nab\r\n0\r\n\r\n"})
    EXPECT_EQ(chunks(each), 400) << each;
}

TEST(RequestParserTest, HoldsItsLimits) {
  const std::string line = "GET / HTTP/1.1\r\nX: ";
  EXPECT_EQ(status_of(line + std::string(200, 'a') + "\r\n\r\n"), 0);
  EXPECT_EQ(status_of(line + std::string(300, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(status_of(line + std::string(100'000, 'a')), 431);
  EXPECT_EQ(status_of("GET /" + std::string(300, 'a')), 431);
  const auto sized = [](const std::string& size) {
    return "POST / HTTP/1.1\r\nContent-Length: " + size + "\r\n\r\n";
  };
  EXPECT_EQ(status_of(sized("32") + std::string(32, 'a')), 0);
  EXPECT_EQ(status_of(sized("33")), 413);
  EXPECT_EQ(status_of(sized("18446744073709551615")), 413);
  const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status_of(chunked + "20\r\n" + std::string(32, 'a') + "\r\n0\r\n\r\n"), 0);
  EXPECT_EQ(status_of(chunked + "20\r\n" + std::string(32, 'a') + "\r\n1\r\nb\r\n"), 413);
  EXPECT_EQ(status_of(chunked + "ffffffffffffffff\r\n"), 413);
  EXPECT_EQ(status_of(chunked + "1;" + std::string(300, 'x')), 400);
  EXPECT_EQ(status_of(chunked + "0\r\nT: " + std::string(300, 'x')), 400);
}

TEST(RequestParserTest, KnowsOneExpectation) {
  const auto expecting = [](const std::string& what) {
    return "POST / HTTP/1.1\r\nContent-Length: 1\r\nExpect: " + what + "\r\n\r\n";
  };
  RequestParser parser(small());
  parser.feed(expecting("100-Continue"));
  ASSERT_EQ(parser.advance(), Progress::head);
  EXPECT_TRUE(parser.head().expects_continue);
  EXPECT_EQ(status_of(expecting("200-ok")), 417);
}

TEST(RequestParserTest, AFailureIsFinal) {
  RequestParser parser(small());
  parser.feed("x\r\n\r\n");
  EXPECT_EQ(parser.advance(), Progress::failed);
  parser.feed("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(parser.advance(), Progress::failed);
}

}  // namespace
}  // namespace hiveframe::net
