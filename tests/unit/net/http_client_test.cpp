#include "net/http_client.hpp"

#include <cstring>
#include <gmock/gmock.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "net/error.hpp"
#include "tests/unit/net/answering_socket.hpp"
#include "tests/unit/net/running_server.hpp"
#include "tests/unit/net/temporary_folder.hpp"

namespace hiveframe::net {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

ClientSettings to(std::uint16_t port) {
  ClientSettings settings;
  settings.url = "http://127.0.0.1:" + std::to_string(port);
  return settings;
}

ClientRequest ask(const std::string& target) {
  ClientRequest request;
  request.target = target;
  return request;
}

// What a client says of a server that sends this and closes.
std::string problem(const std::string& answer) {
  AnsweringSocket server(answer);
  try {
    HttpClient(to(server.port())).send(ask("/"));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(HttpClientTest, AsksAndIsAnswered) {
  RunningServer server;
  HttpClient client(to(server.listen_on_loopback()));
  const ClientResponse response = client.send(ask("/pipelines/a%20b"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "a b|");
  EXPECT_EQ(*response.headers.find("content-type"), "text/plain; charset=utf-8");
  ClientRequest post = ask("/echo");
  post.method = Method::post;
  post.body = "{\"a\": [1, 2]}";
  EXPECT_EQ(client.send(post).body, post.body);
  EXPECT_EQ(client.send(ask("/nothing")).status, 404) << "an answer, not an exception";
  EXPECT_EQ(client.send(ask("/large")).body.size(), 8U * 1024 * 1024);
  ClientRequest head = ask("/large");
  head.method = Method::head;
  EXPECT_EQ(client.send(head).body, "");
}

TEST(HttpClientTest, GetsTheRefusalOfABodyThatIsTooLong) {
  RunningServer server;
  HttpClient client(to(server.listen_on_loopback()));
  ClientRequest post = ask("/echo");
  post.method = Method::post;
  post.body.assign(20'000'000, '1');
  EXPECT_EQ(client.send(post).status, 413);
}

TEST(HttpClientTest, SendsItsTokenOverAUnixSocket) {
  const TemporaryFolder folder;
  ListenerSettings listener;
  listener.address = UnixAddress{folder / "s"};
  listener.access.required = Credentials::token;
  listener.access.tokens = {config::Secret("right")};
  RunningServer server;
  server.listen(listener);
  ClientSettings settings;
  settings.url = "unix:" + folder / "s";
  EXPECT_EQ(HttpClient(settings).send(ask("/pipelines/x")).status, 401);
  settings.token = config::Secret("right");
  EXPECT_EQ(HttpClient(settings).send(ask("/pipelines/x")).body, "x|");
}

TEST(HttpClientTest, GivesAStreamAsItComes) {
  RunningServer server;
  HttpClient client(to(server.listen_on_loopback()));
  std::string heard;
  const ClientResponse response = client.stream(ask("/quiet"), [&](std::string_view piece) {
    heard += piece;
    return heard != "hello\n";  // nothing more would come
  });
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(heard, "hello\n");
  const ClientResponse missing = client.stream(ask("/nothing"), [](std::string_view) {
    ADD_FAILURE() << "this is for what was asked for";
    return true;
  });
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("\"status\":404"));
}

TEST(HttpClientTest, PassesThroughWhatItsTakerThrows) {
  RunningServer server;
  HttpClient client(to(server.listen_on_loopback()));
  EXPECT_THROW(
      client.stream(ask("/flood"), [](std::string_view) -> bool { throw std::logic_error("enough"); }),
      std::logic_error);
}

TEST(HttpClientTest, SaysThatAStreamBrokeOff) {
  RunningServer server;
  HttpClient client(to(server.listen_on_loopback()));
  try {
    client.stream(ask("/broken"), [](std::string_view) { return true; });
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("in the middle of the answer"));
  }
}

TEST(HttpClientTest, SaysWhoDoesNotListen) {
  std::uint16_t port = 0;
  {
    RunningServer server;
    port = server.listen_on_loopback();
  }
  try {
    HttpClient(to(port)).send(ask("/"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot connect to http://127.0.0.1:" + std::to_string(port) +
                  ": Connection refused; check that the server runs and listens there");
  }
  ClientSettings settings;
  settings.url = "unix:/no/such/socket";
  try {
    HttpClient(settings).send(ask("/"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "cannot connect to /no/such/socket: No such file or directory; check that the server runs "
                 "and that this "
                 "is the path of its socket");
  }
}

TEST(HttpClientTest, SaysWhatIsWrongWithAnAnswer) {
  EXPECT_THAT(problem(""), HasSubstr("the connection ended without an answer"));
  EXPECT_THAT(problem("SSH-2.0-OpenSSH_9.2\r\n\r\n"), HasSubstr("this is no HTTP answer"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
              HasSubstr("in the middle of the answer"));
  EXPECT_EQ(problem("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), "");
}

TEST(HttpClientTest, WaitsForAnAnswerOnlySoLong) {
  RunningServer server;
  ClientSettings settings = to(server.listen_on_loopback());
  settings.answer_time = milliseconds(50);
  try {
    HttpClient(settings).send(ask("/wait"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot ask http://127.0.0.1:"));
    EXPECT_THAT(error.what(), HasSubstr(": no answer in time; check"));
  }
  HttpClient again(to(server.listen_on_loopback()));
  EXPECT_EQ(again.send(ask("/healthz")).body, "ok");
}

TEST(HttpClientTest, KeepsOnlySoMuchOfAnAnswer) {
  RunningServer server;
  ClientSettings settings = to(server.listen_on_loopback());
  settings.answer_bytes = 1'000'000;
  EXPECT_THROW(HttpClient(settings).send(ask("/large")), Error);
}

TEST(HttpClientTest, IsCancelledFromAnotherThread) {
  RunningServer server;
  HttpClient client(to(server.listen_on_loopback()));
  std::thread other([&] {
    server.eventually([&] { return server.observed().started == 1; });
    client.cancel();
  });
  EXPECT_THROW(client.send(ask("/wait")), Cancelled);
  other.join();
  EXPECT_THROW(client.send(ask("/healthz")), Cancelled) << "and stays so";
}

}  // namespace
}  // namespace hiveframe::net
