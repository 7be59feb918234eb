// The server over real sockets: what is sent is what a client sends, or no client should.
#include "net/http_server.hpp"

#include <chrono>
#include <gmock/gmock.h>
#include <optional>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include "net/error.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/running_server.hpp"

namespace hiveframe::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;

std::string get(const std::string& target, const std::string& fields = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

std::string post(const std::string& body, const std::string& fields = {}) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

Limits quick() {
  Limits limits;
  limits.handshake_time = limits.head_time = limits.body_time = milliseconds(200);
  limits.idle_time = milliseconds(200);
  limits.write_time = milliseconds(500);
  return limits;
}

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

TEST(HttpServerTest, StreamsPieceByPiece) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  RawClient client(port);
  client.send(get("/ticks"));
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n6\r\nthree\n\r\n0\r\n\r\n"));
  RawClient old(port);
  old.send("GET /ticks HTTP/1.0\r\nHost: localhost\r\n\r\n");
  const std::string plain = old.receive_all();
  EXPECT_THAT(plain, EndsWith("\r\n\r\none\ntwo\nthree\n"));
  EXPECT_THAT(plain, Not(HasSubstr("chunked")));
  RawClient head(port);
  head.send("HEAD /flood HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(head.receive_all(), EndsWith("\r\n\r\n"));
}

TEST(HttpServerTest, AStreamThatFailsIsCutOff) {
  RunningServer server;
  RawClient client(server.listen_on_loopback());
  client.send(get("/broken"));
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, EndsWith("6\r\nhello\n\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
}

TEST(HttpServerTest, AStreamWaitsForItsReader) {
  Limits limits;
  limits.write_time = std::chrono::hours(1);
  RunningServer server(limits);
  std::optional<RawClient> client(server.listen_on_loopback());
  client->send(get("/flood"));
  std::size_t before = 0;
  // It stands still once the system's buffers are full.
  ASSERT_TRUE(server.eventually([&] { return server.observed().written > 1'000'000; }));
  for (int still = 0; still < 20;) {
    std::this_thread::sleep_for(milliseconds(5));
    const std::size_t now = server.observed().written;
    still = now == before ? still + 1 : 0;
    before = now;
    ASSERT_LT(now, 200'000'000U);
  }
  std::size_t received = 0;
  while (received < before + 1'000'000)
    received += client->receive().size();
  EXPECT_GT(server.observed().written, before);
  client.reset();
  EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
}

TEST(HttpServerTest, AStreamNoticesThatItsReaderIsGone) {
  RunningServer server;
  std::optional<RawClient> client(server.listen_on_loopback());
  client->send(get("/quiet"));
  client->receive_until("hello");
  ASSERT_TRUE(server.eventually([&] { return server.observed().started == 1; }));
  EXPECT_EQ(server.observed().gone, 0);
  client.reset();
  EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
  EXPECT_EQ(server.observed().gone, 1);
  EXPECT_EQ(server.observed().cancelled, 1);
}

TEST(HttpServerTest, CutsOffWhoSendsARequestSlowly) {
  RunningServer server(quick());
  const std::uint16_t port = server.listen_on_loopback();
  RawClient head(port);
  const auto begin = std::chrono::steady_clock::now();
  head.send("GET / HTTP/1.1\r\n");
  // A byte now and then does not help.
  while (head.send("X") && std::chrono::steady_clock::now() - begin < std::chrono::seconds(20) &&
         server.connections() > 0)
    std::this_thread::sleep_for(milliseconds(10));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));

  RawClient waiting(port);
  waiting.send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(status_of(waiting.receive_all()), 408);
  RawClient body(port);
  body.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
      "5\r\n\r\n12");
  EXPECT_EQ(status_of(body.receive_all()), 408);
}

TEST(HttpServerTest, ClosesWhoSaysNothing) {
  RunningServer server(quick());
  const std::uint16_t port = server.listen_on_loopback();
  RawClient silent(port);
  EXPECT_EQ(silent.receive_all(), "");
  RawClient idle(port);
  idle.send(get("/healthz"));
  EXPECT_EQ(status_of(idle.receive_answer()), 200);
  EXPECT_EQ(idle.receive_all(), "");
}

TEST(HttpServerTest, CutsOffWhoDoesNotReadItsAnswer) {
  RunningServer server(quick());
  const std::uint16_t port = server.listen_on_loopback();
  RawClient answer(port);
  for (int i = 0; i < 4; ++i)
    answer.send(get("/large"));
  RawClient stream(port);
  stream.send(get("/flood"));
  ASSERT_TRUE(server.eventually([&] { return server.observed().written > 0; }));
  EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
}

TEST(HttpServerTest, ThousandsThatAskNothingKeepNobodyOut) {
  const rlimit files{10'000, 10'000};
  rlimit now{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &now), 0);
  if (now.rlim_cur < 3'000 && setrlimit(RLIMIT_NOFILE, &files) != 0) GTEST_SKIP() << "no 3,000 descriptors";
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  std::vector<RawClient> idle;
  for (int i = 0; i < 2'000; ++i) {
    idle.emplace_back(port);
    if (i % 2 == 0) idle.back().send("GET / HTTP/1.1\r\nHost: loc");
    if (i % 500 == 499) {
      RawClient client(port);
      client.send(get("/healthz"));
      ASSERT_EQ(status_of(client.receive_answer()), 200) << i;
    }
  }
  EXPECT_LE(server.connections(), 257U) << "one may be on its way out";
}

// The highest number of a descriptor, until it is restored.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit now{limit, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &now);
  }
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(HttpServerTest, AnswersWhenTheSystemHasNoDescriptorsLeft) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's look at an object needs a descriptor, too (it asks a pipe what is memory)";
#endif
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  std::vector<int> sockets;
  for (int i = 0; i < 12; ++i)
    sockets.push_back(RawClient::new_socket());
  const int next = ::dup(0);
  ::close(next);
  const DescriptorLimit limit(static_cast<rlim_t>(next) + 4);
  std::vector<RawClient> clients;
  for (const int each : sockets)
    clients.emplace_back(port, each);
  clients.back().send(get("/healthz"));
  EXPECT_EQ(status_of(clients.back().receive_answer()), 200);
}

TEST(HttpServerTest, TurnsAwayOnlyWhenAllAreBeingAnswered) {
  Limits limits;
  limits.connections = 2;
  RunningServer server(limits);
  const std::uint16_t port = server.listen_on_loopback();
  RawClient first(port);
  RawClient second(port);
  first.send(get("/quiet"));
  second.send(get("/wait"));
  ASSERT_TRUE(server.eventually([&] { return server.observed().started == 2; }));
  RawClient third(port);
  const std::string answer = third.receive_all();
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1"));
  EXPECT_THAT(answer, HasSubstr("\"status\":503"));
}

TEST(HttpServerTest, StopsWhileStreaming) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  RawClient quiet(port);
  quiet.send(get("/quiet"));
  quiet.receive_until("hello");
  RawClient flood(port);
  flood.send(get("/flood"));
  RawClient idle(port);
  ASSERT_TRUE(
      server.eventually([&] { return server.observed().written > 0 && server.observed().started == 1; }));
  EXPECT_EQ(server.stop(std::chrono::hours(1)), 0U) << "streams are not waited for";
  EXPECT_EQ(server.connections(), 0U);
  EXPECT_EQ(server.observed().gone, 1);
  EXPECT_EQ(server.observed().cancelled, 1);
  EXPECT_EQ(idle.receive_all(), "");
  EXPECT_THAT(quiet.receive_all(), Not(HasSubstr("0\r\n\r\n"))) << "cut off, and seen to be";
  EXPECT_THROW(RawClient{port}, std::system_error);
}

TEST(HttpServerTest, StopsInTimeWhateverHandlersDo) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  RawClient waiting(port);
  waiting.send(get("/wait"));
  RawClient stuck(port);
  stuck.send(get("/stuck"));
  ASSERT_TRUE(server.eventually([&] { return server.observed().started == 2; }));
  EXPECT_EQ(server.stop(milliseconds(50)), 1U) << "one does not heed cancellation";
  EXPECT_EQ(server.observed().cancelled, 1);
  EXPECT_EQ(server.connections(), 0U);
}

TEST(HttpServerTest, LetsARequestBeAnsweredWhileItStops) {
  RunningServer server;
  const std::uint16_t port = server.listen_on_loopback();
  RawClient client(port);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4\r\n"
      "Expect: 100-continue\r\n\r\n");
  client.receive_until("\r\n\r\n");
  std::thread stopping([&] { EXPECT_EQ(server.stop(std::chrono::hours(1)), 0U); });
  EXPECT_TRUE(server.eventually([&] {
    try {
      RawClient another(port);
      return false;
    } catch (const std::system_error&) {
      return true;  // it has begun to stop
    }
  }));
  client.send("1234");
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n1234"));
  stopping.join();
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
