// The server over real sockets: what is sent is what a client sends, or no client should.
#include "net/http_server.hpp"

#include <gmock/gmock.h>

#include "net/error.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/requests.hpp"
#include "tests/unit/net/running_server.hpp"

namespace hiveframe::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(HttpServerTest, AnswersOneRequestAfterTheOther) {
  RunningServer server;
  RawClient client(server.listen_on_loopback());
  client.send(get("/pipelines/a%20b"));
  const std::string first = client.receive_answer();
  EXPECT_EQ(status_of(first), 200);
  EXPECT_THAT(first, EndsWith("\r\n\r\na b|"));
  EXPECT_THAT(first, HasSubstr("X-Content-Type-Options: nosniff"));
  client.send(post("{\"a\": 1}"));
  EXPECT_THAT(client.receive_answer(), EndsWith("\r\n\r\n{\"a\": 1}"));
  client.send(get("/later"));
  EXPECT_THAT(client.receive_answer(), EndsWith("\r\n\r\nlater"));
  client.send(get("/nothing"));
  EXPECT_EQ(status_of(client.receive_answer()), 404);
  client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.receive_until("\r\n\r\n"), HasSubstr("Content-Length: 2\r\n"));
  client.send("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string last = client.receive_all();
  EXPECT_EQ(status_of(last), 204);
  EXPECT_THAT(last, HasSubstr("Allow: POST, OPTIONS\r\n"));
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
}

TEST(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  RunningServer server;
  RawClient client(server.listen_on_loopback());
  std::string requests;
  for (int i = 0; i < 200; ++i)
    requests += i % 3 == 0 ? post(std::to_string(i)) : get("/pipelines/" + std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i)
    ASSERT_THAT(client.receive_answer(), EndsWith("\r\n\r\n" + std::to_string(i) + (i % 3 == 0 ? "" : "|")));
}

TEST(HttpServerTest, AnswersWhatIsMalformedAndCloses) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  const std::pair<std::string, unsigned> cases[] = {
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
      {std::string("\0\0\0\0\r\n\r\n", 8), 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 505},
      {"BREW /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
      {get("/pipelines/../../etc/passwd"), 400},
      {get("/pipelines/%2e%2e/%2e%2e/etc/passwd"), 400},
      {get("/pipelines/..%2f..%2fetc%2fpasswd"), 400},
      {get("/pipelines/a%00"), 400},
      {get("/pipelines/a%0d%0aX:y"), 400},
      {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
      {"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 421},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n",
       403},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 415},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: "
       "chunked\r\n\r\nzz\r\nab",
       400},
      {get("/" + std::string(20'000, 'a')), 431},
      {get("/", "X: " + std::string(20'000, 'a') + "\r\n"), 431},
      {"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n", 413},
  };
  for (const auto& [text, status] : cases) {
    RawClient client(port);
    client.send(text);
    client.finish();
    const std::string answer = client.receive_all();
    EXPECT_EQ(status_of(answer), status) << text.substr(0, 100);
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << text.substr(0, 100);
    EXPECT_THAT(answer, HasSubstr("\"status\":" + std::to_string(status)));
  }
  RawClient client(port);
  client.send(get("/healthz"));
  EXPECT_EQ(status_of(client.receive_answer()), 200) << "it lives";
}

TEST(HttpServerTest, RefusesALongBodyWhileItIsBeingSent) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  RawClient client(port);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
      "3000000\r\n\r\n");
  client.send(std::string(3'000'000, 'x'));
  EXPECT_EQ(status_of(client.receive_all()), 413);
  RawClient chunked(port);
  chunked.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: "
      "chunked\r\n\r\n");
  for (int i = 0; i < 20; ++i)
    chunked.send("10000\r\n" + std::string(65'536, 'x') + "\r\n");
  EXPECT_EQ(status_of(chunked.receive_all()), 413);
}

TEST(HttpServerTest, TakesABodyUpToItsLimit) {
  RunningServer server;
  RawClient client(server.listen_on_loopback());
  const std::string body(1024 * 1024, '7');
  client.send(post(body));
  EXPECT_THAT(client.receive_answer(), EndsWith("\r\n\r\n" + body));
}

TEST(HttpServerTest, SendsAClientOnThatAsksFirst) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  const std::string fields = "Host: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n";
  RawClient client(port);
  client.send("POST /echo HTTP/1.1\r\n" + fields + "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  EXPECT_THAT(client.receive_answer(), EndsWith("\r\n\r\n{}"));
  RawClient refused(port);
  refused.send("POST /nothing HTTP/1.1\r\n" + fields + "Content-Length: 2\r\n\r\n");
  refused.finish();
  EXPECT_EQ(status_of(refused.receive_all()), 404) << "without 100 before";
}

TEST(HttpServerTest, ShowsNothingOfWhatAHandlerThrows) {
  RunningServer server;
  RawClient client(server.listen_on_loopback());
  client.send(get("/throw"));
  const std::string answer = client.receive_answer();
  EXPECT_EQ(status_of(answer), 500);
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  client.send(get("/healthz"));
  EXPECT_EQ(status_of(client.receive_answer()), 200) << "the connection goes on";
}

TEST(HttpServerTest, WantsTheTokenWhateverItsLength) {
  RunningServer server;
  ListenerSettings settings = on_loopback();
  settings.access.required = Credentials::token;
  settings.access.tokens = {config::Secret("0123456789abcdef")};
  const std::uint16_t port = server.listen(settings);
  const auto status = [&](const std::string& fields) {
    RawClient client(port);
    client.send(get("/pipelines/x", fields + "Connection: close\r\n"));
    return status_of(client.receive_all());
  };
  EXPECT_EQ(status("Authorization: Bearer 0123456789abcdef\r\n"), 200);
  EXPECT_EQ(status(""), 401);
  for (const std::size_t size : {0, 1, 15, 17, 10'000})
    EXPECT_EQ(status("Authorization: Bearer " + std::string(size, '0') + "\r\n"), 401) << size;
  EXPECT_EQ(status("Authorization: Basic MDEyMzQ1Njc4OWFiY2RlZg==\r\n"), 401);
  RawClient open(port);
  open.send(get("/healthz"));
  EXPECT_EQ(status_of(open.receive_answer()), 200);
}

TEST(HttpServerTest, TwoServersDoNotShareAPort) {
  RunningServer server;
  ListenerSettings settings = on_loopback();
  settings.address = TcpAddress{"127.0.0.1", server.listen_on_loopback()};
  try {
    server.listen(settings);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("in use; stop what uses this port, or choose another one"));
  }
  settings.address = TcpAddress{"no-such-name.invalid", 0};
  settings.access.required = Credentials::token;
  settings.access.tokens = {config::Secret("x")};
  EXPECT_THROW(server.listen(settings), Error);
  settings.address = TcpAddress{"192.0.2.1", 0};
  EXPECT_THROW(server.listen(settings), Error);
}

TEST(HttpServerTest, ListensWhereverANameLeads) {
  RunningServer server;
  ListenerSettings settings = on_loopback();
  settings.address = TcpAddress{"localhost", 0};
  RawClient client(server.listen(settings));
  client.send(get("/healthz"));
  EXPECT_EQ(status_of(client.receive_answer()), 200);
}

}  // namespace
}  // namespace hiveframe::net
