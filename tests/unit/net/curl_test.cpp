// What people do with curl.
#include "tests/unit/net/curl.hpp"

#include <fstream>
#include <gmock/gmock.h>

#include "tests/unit/net/running_server.hpp"
#include "tests/unit/net/temporary_folder.hpp"

namespace hiveframe::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class CurlTest : public testing::Test {
 protected:
  std::string at(const std::string& target) const {
    return "'http://127.0.0.1:" + std::to_string(port_) + target + "'";
  }

  const std::string json_ = "-H 'Content-Type: application/json' ";
  RunningServer server_;
  std::uint16_t port_ = server_.listen_on_loopback();
};

TEST_F(CurlTest, Asks) {
  EXPECT_EQ(curl(at("/pipelines/a%20b")), "a b|");
  EXPECT_EQ(curl("--http1.0 " + at("/healthz")), "ok");
  EXPECT_EQ(curl(at("/healthz") + " " + at("/healthz") + " -w '%{num_connects},'"), "ok1,ok0,");
  EXPECT_THAT(curl("-I " + at("/large")), HasSubstr("Content-Length: 8388608\r\n"));
  EXPECT_EQ(curl("--http2 " + at("/healthz")), "ok") << "an upgrade it asks for, and does not get";
  EXPECT_EQ(curl("-o /dev/null -w '%{size_download}' " + at("/large")), "8388608");
}

TEST_F(CurlTest, Sends) {
  const TemporaryFolder folder;
  const std::string body = '"' + std::string(1'000'000, 'x') + '"';
  std::ofstream(folder / "body") << body;
  EXPECT_EQ(curl(json_ + "-d '{\"a\":1}' " + at("/echo")), "{\"a\":1}");
  EXPECT_EQ(curl(json_ + "--data-binary '@" + folder / "body" + "' " + at("/echo")), body);
  EXPECT_EQ(curl(json_ + "-H 'Expect: 100-continue' -d '{}' " + at("/echo")), "{}");
  EXPECT_EQ(curl(json_ + "-X POST -T - " + at("/echo") + " < '" + folder / "body" + "'"), body) << "chunked";
  EXPECT_THAT(curl("-d '{}' " + at("/echo")), HasSubstr("\"status\":415")) << "a form";
  EXPECT_THAT(curl(json_ + "-d '{}' -H 'Origin: http://evil.example' " + at("/echo")),
              HasSubstr("\"status\":403"));
  EXPECT_THAT(curl("-X DELETE -i " + at("/echo")), HasSubstr("Allow: POST, OPTIONS\r\n"));
}

TEST_F(CurlTest, IsRefusedTraversal) {
  for (const char* each : {"/pipelines/../../../etc/passwd", "/pipelines/..%2f..%2fetc%2fpasswd",
                           "/pipelines/%2e%2e", "/pipelines/x/..", "/pipelines/a%00b"})
    EXPECT_THAT(curl("--path-as-is -i " + at(each)), StartsWith("HTTP/1.1 400 Bad Request\r\n")) << each;
}

TEST_F(CurlTest, FollowsAStream) {
  EXPECT_EQ(curl("-N " + at("/ticks")), "one\ntwo\nthree\n");
  EXPECT_THAT(curl("-N --max-time 0.3 " + at("/quiet")), StartsWith("hello\n"));
  EXPECT_TRUE(server_.eventually([&] { return server_.observed().gone == 1; }));
  EXPECT_THAT(curl("-N " + at("/broken")),
              EndsWith("transfer closed with outstanding read data remaining\n"));
}

TEST_F(CurlTest, UsesAUnixSocket) {
  const TemporaryFolder folder;
  ListenerSettings settings;
  settings.address = UnixAddress{folder / "s"};
  server_.listen(settings);
  EXPECT_EQ(curl("--unix-socket '" + folder / "s" + "' http://hiveframed/healthz"), "ok");
}

}  // namespace
}  // namespace hiveframe::net
