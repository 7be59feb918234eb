// Answers that come piece by piece, and a server that stops while some are under way.
#include <chrono>
#include <gmock/gmock.h>
#include <optional>
#include <system_error>
#include <thread>

#include "net/http_server.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/requests.hpp"
#include "tests/unit/net/running_server.hpp"

namespace hiveframe::net {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;

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

}  // namespace
}  // namespace hiveframe::net
