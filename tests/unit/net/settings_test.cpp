// Settings of listeners and clients that contradict themselves, or say something that does not exist.
#include <gmock/gmock.h>

#include "net/error.hpp"
#include "net/http_client.hpp"
#include "net/listener_settings.hpp"
#include "net/server_url.hpp"

namespace hiveframe::net {
namespace {

using testing::HasSubstr;

std::string problem(const ListenerSettings& settings) {
  try {
    check(settings);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

ListenerSettings on(const std::string& host, Credentials required = Credentials::none) {
  ListenerSettings settings;
  settings.address = TcpAddress{host, 8610};
  settings.access.required = required;
  return settings;
}

TEST(ListenerSettingsTest, OffLoopbackSomethingMustBeShown) {
  EXPECT_EQ(problem(on("127.0.0.1")), "");
  EXPECT_EQ(problem(on("::1")), "");
  for (const char* each : {"0.0.0.0", "::", "", "10.0.0.1", "example.com"})
    EXPECT_THAT(problem(on(each)), HasSubstr("anybody on the network could use it; set a token")) << each;
  ListenerSettings settings = on("0.0.0.0", Credentials::token);
  settings.access.tokens = {config::Secret("x")};
  EXPECT_EQ(problem(settings), "");
  EXPECT_THAT(problem(on("::")), HasSubstr("cannot listen on [::]:8610: "));
}

TEST(ListenerSettingsTest, WhatIsRequiredCanBeShown) {
  EXPECT_THAT(problem(on("127.0.0.1", Credentials::token)), HasSubstr("none is set"));
  ListenerSettings empty = on("127.0.0.1", Credentials::token);
  empty.access.tokens = {config::Secret("")};
  EXPECT_THAT(problem(empty), HasSubstr("none is set"));
  ListenerSettings certificates = on("127.0.0.1", Credentials::certificate);
  EXPECT_THAT(problem(certificates), HasSubstr("nothing says who signs them"));
  certificates.tls = ServerTls{"c", "k", ""};
  EXPECT_THAT(problem(certificates), HasSubstr("nothing says who signs them"));
  certificates.tls->client_ca = "ca";
  EXPECT_EQ(problem(certificates), "");
  certificates.address = UnixAddress{"/run/x"};
  EXPECT_THAT(problem(certificates), HasSubstr("a Unix socket has no TLS"));
}

TEST(ServerUrlTest, IsATcpAddressOrASocket) {
  const ServerUrl plain = ServerUrl::parse("HTTP://Example.com:8610/");
  EXPECT_EQ(plain.host, "example.com");
  EXPECT_EQ(plain.port, "8610");
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(ServerUrl::parse("http://[::1]").host, "::1");
  EXPECT_EQ(ServerUrl::parse("http://[::1]").port, "80");
  EXPECT_EQ(ServerUrl::parse("https://h").port, "443");
  EXPECT_TRUE(ServerUrl::parse("https://h").tls);
  EXPECT_EQ(ServerUrl::parse("unix:/run/x.sock").socket_path, "/run/x.sock");
  EXPECT_EQ(ServerUrl::parse("unix:///run/x.sock").socket_path, "/run/x.sock");
}

TEST(ServerUrlTest, SaysWhatIsWrongWithoutShowingIt) {
  for (const char* each :
       {"", "localhost", "ftp://h", "http:h", "http://", "http://h:x", "http://u:hunter2@h", "http://h/path",
        "http://h?x", "unix:x", "unix:", "localhost:8610", "http://h h"}) {
    try {
      ServerUrl::parse(each);
      ADD_FAILURE() << each;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("; write http://HOST:PORT, https://HOST:PORT or unix:/PATH"));
      EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
    }
  }
}

TEST(ClientErrorTest, SaysWhatTheServerSaid) {
  ClientRequest request;
  request.target = "/pipelines/x";
  ClientResponse response;
  response.status = 404;
  response.body = R"({"title": "Not Found", "detail": "no pipeline 'x'", "status": 404})";
  EXPECT_STREQ(to_error(request, response, "http://h").what(),
               "cannot GET /pipelines/x at http://h: 404 Not Found: no pipeline 'x'");
  response.status = 401;
  response.body = "<html>";
  EXPECT_STREQ(to_error(request, response, "http://h").what(),
               "cannot GET /pipelines/x at http://h: 401 Unauthorized; give the server's token");
  response.body = "[1]";
  EXPECT_THAT(to_error(request, response, "http://h").what(), HasSubstr("401 Unauthorized"));
  response.body = R"({"title": 1, "detail": "two\nlines"})";
  EXPECT_THAT(to_error(request, response, "http://h").what(), HasSubstr("401 Unauthorized: two lines"));
}

TEST(HttpClientTest, RefusesATokenOrPathThatWouldBreakTheRequest) {
  ClientSettings settings;
  settings.url = "http://127.0.0.1:1";
  settings.token = config::Secret("abc\n");
  EXPECT_THROW(HttpClient{settings}, Error);
  settings.token = {};
  HttpClient client(settings);
  ClientRequest request;
  request.target = "/a HTTP/1.1\r\nX: y";
  EXPECT_THROW(client.send(request), Error);
}

}  // namespace
}  // namespace hiveframe::net
