// Clients that are slow, silent or too many.
#include <chrono>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "net/http_server.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/requests.hpp"
#include "tests/unit/net/running_server.hpp"

namespace hiveframe::net {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Limits quick() {
  Limits limits;
  limits.handshake_time = limits.head_time = limits.body_time = milliseconds(200);
  limits.idle_time = milliseconds(200);
  limits.write_time = milliseconds(500);
  return limits;
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

}  // namespace
}  // namespace hiveframe::net
