// TLS with the server's and clients' certificates, by our own client and by curl.
#include <fstream>
#include <gmock/gmock.h>

#include "net/error.hpp"
#include "net/http_client.hpp"
#include "tests/unit/net/certificates.hpp"
#include "tests/unit/net/curl.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/running_server.hpp"

namespace hiveframe::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { certificates = new Certificates(); }
  static void TearDownTestSuite() { delete certificates; }

  static std::string path(const std::string& name) { return certificates->path(name); }

  static ListenerSettings settings(Credentials required) {
    ListenerSettings result = on_loopback();
    result.tls = ServerTls{path("server.pem"), path("server.key"), ""};
    result.access.required = required;
    if (required != Credentials::none && required != Credentials::token)
      result.tls->client_ca = path("ca.pem");
    if (required != Credentials::none && required != Credentials::certificate)
      result.access.tokens = {config::Secret("right")};
    return result;
  }

  static ClientSettings client(std::uint16_t port, const std::string& identity,
                               const std::string& token = "") {
    ClientSettings result;
    result.url = "https://127.0.0.1:" + std::to_string(port);
    result.tls.ca = path("ca.pem");
    if (!identity.empty()) {
      result.tls.certificate = path(identity + ".pem");
      result.tls.key = path(identity + ".key");
    }
    result.token = config::Secret(token);
    return result;
  }

  // The body of an answer, its status if that is no success, or what() of the error.
  static std::string ask(const ClientSettings& settings) {
    try {
      ClientRequest request;
      request.target = "/pipelines/x";
      const ClientResponse response = HttpClient(settings).send(request);
      return response.succeeded() ? response.body : std::to_string(response.status);
    } catch (const Error& error) {
      return error.what();
    }
  }

  static std::string curl(std::uint16_t port, const std::string& arguments) {
    return net::curl("--cacert '" + path("ca.pem") + "' " + arguments +
                     " -w '%{http_code}' https://localhost:" + std::to_string(port) + "/pipelines/x");
  }

 private:
  static Certificates* certificates;
};

Certificates* TlsTest::certificates = nullptr;

TEST_F(TlsTest, ServesWhoTrustsItsCertificate) {
  RunningServer server;
  const std::uint16_t port = server.listen(settings(Credentials::none));
  EXPECT_EQ(ask(client(port, "")), "x|");
  EXPECT_EQ(curl(port, ""), "x|200");
  ClientSettings stranger = client(port, "");
  stranger.tls.ca = path("other-ca.pem");
  EXPECT_THAT(ask(stranger), StartsWith("cannot connect to https://127.0.0.1:"));
  EXPECT_THAT(ask(stranger), HasSubstr("certificate verify failed"));
  EXPECT_THAT(ask(stranger), HasSubstr("; check that the server speaks TLS there, that the CA"));
}

TEST_F(TlsTest, TheCertificateMustBeForTheName) {
  RunningServer server;
  ListenerSettings wrong = settings(Credentials::none);
  wrong.tls->certificate = path("client.pem");
  wrong.tls->key = path("client.key");
  EXPECT_THAT(ask(client(server.listen(wrong), "")), HasSubstr("certificate verify failed"));
}

TEST_F(TlsTest, RequiresAClientCertificateOfItsCa) {
  RunningServer server;
  const std::uint16_t port = server.listen(settings(Credentials::certificate));
  EXPECT_EQ(ask(client(port, "client")), "x|CN=operator,O=hive");
  EXPECT_EQ(curl(port, "--cert '" + path("client.pem") + "' --key '" + path("client.key") + "'"),
            "x|CN=operator,O=hive200");
  EXPECT_THAT(ask(client(port, "")),
              HasSubstr("; give the client certificate, with its key, that the server asks for"));
  EXPECT_THAT(ask(client(port, "stranger")), HasSubstr("; give the client certificate"));
  EXPECT_THAT(curl(port, ""), Not(HasSubstr("200")));
  EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; }));
}

TEST_F(TlsTest, TakesATokenInPlaceOfACertificate) {
  RunningServer server;
  const std::uint16_t port = server.listen(settings(Credentials::token_or_certificate));
  EXPECT_EQ(ask(client(port, "client")), "x|CN=operator,O=hive");
  EXPECT_EQ(ask(client(port, "", "right")), "x|");
  EXPECT_EQ(ask(client(port, "", "wrong")), "401");
  EXPECT_THAT(ask(client(port, "stranger", "right")), StartsWith("cannot "))
      << "a wrong certificate never is right";
}

TEST_F(TlsTest, MayRequireBoth) {
  RunningServer server;
  const std::uint16_t port = server.listen(settings(Credentials::token_and_certificate));
  EXPECT_EQ(ask(client(port, "client", "right")), "x|CN=operator,O=hive");
  EXPECT_EQ(ask(client(port, "client")), "401");
  EXPECT_THAT(ask(client(port, "", "right")), StartsWith("cannot "));
}

TEST_F(TlsTest, SpeaksNoOldVersions) {
  RunningServer server;
  const std::uint16_t port = server.listen(settings(Credentials::none));
  EXPECT_EQ(curl(port, "--tls-max 1.2 --ciphers DEFAULT:@SECLEVEL=0"), "x|200");
  EXPECT_THAT(curl(port, "--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT:@SECLEVEL=0"), Not(HasSubstr("200")));
}

TEST_F(TlsTest, IsNotDisturbedByWhatIsNoTls) {
  Limits limits;
  limits.handshake_time = std::chrono::milliseconds(200);
  RunningServer server(limits);
  const std::uint16_t port = server.listen(settings(Credentials::none));
  RawClient plain(port);
  plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(plain.receive_all(), Not(HasSubstr("HTTP/1.1")));
  RawClient silent(port);
  EXPECT_EQ(silent.receive_all(), "");
  EXPECT_EQ(ask(client(port, "")), "x|");
  ClientSettings wrong = client(port, "");
  RunningServer without;
  wrong.url = "https://127.0.0.1:" + std::to_string(without.listen_on_loopback());
  EXPECT_THAT(ask(wrong), HasSubstr("; check that the server speaks TLS there"));
}

TEST_F(TlsTest, StreamsAndStops) {
  RunningServer server;
  const std::uint16_t port = server.listen(settings(Credentials::none));
  HttpClient asking(client(port, ""));
  ClientRequest request;
  request.target = "/ticks";
  std::string ticks;
  asking.stream(request, [&](std::string_view piece) {
    ticks += piece;
    return true;
  });
  EXPECT_EQ(ticks, "one\ntwo\nthree\n");
  request.target = "/flood";
  std::size_t received = 0;
  asking.stream(request, [&](std::string_view piece) {
    received += piece.size();
    return received < 1'000'000;
  });
  EXPECT_TRUE(server.eventually([&] { return server.connections() == 0; })) << "the client went away";
  request.target = "/quiet";
  EXPECT_THROW(asking.stream(request,
                             [&](std::string_view) {
                               EXPECT_EQ(server.stop(std::chrono::hours(1)), 0U);
                               return true;
                             }),
               Error);
}

TEST_F(TlsTest, SaysWhichFileCannotBeUsed) {
  RunningServer server;
  const auto problem = [&](const ServerTls& tls) -> std::string {
    ListenerSettings wrong = on_loopback();
    wrong.tls = tls;
    try {
      server.listen(wrong);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  std::ofstream(path("garbage.pem")) << "garbage";
  EXPECT_THAT(problem({path("missing.pem"), path("server.key"), ""}),
              HasSubstr("cannot use the certificate " + path("missing.pem") + ": "));
  EXPECT_THAT(problem({path("garbage.pem"), path("server.key"), ""}),
              StartsWith("cannot use the certificate "));
  EXPECT_THAT(problem({path("server.pem"), path("missing.key"), ""}),
              StartsWith("cannot use the private key "));
  EXPECT_THAT(problem({path("server.pem"), path("locked.key"), ""}),
              AllOf(StartsWith("cannot use the private key "), HasSubstr("unencrypted")));
  EXPECT_THAT(problem({path("server.pem"), path("client.key"), ""}),
              AllOf(HasSubstr("private key " + path("client.key")), HasSubstr("mismatch")));
  EXPECT_THAT(problem({path("server.pem"), path("server.key"), path("garbage.pem")}),
              StartsWith("cannot use the client CA "));
  ClientSettings wrong = client(1, "");
  wrong.tls.ca = path("missing.pem");
  EXPECT_THROW(HttpClient{wrong}, Error);
}

}  // namespace
}  // namespace hiveframe::net
