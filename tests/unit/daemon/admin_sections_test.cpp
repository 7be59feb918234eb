#include "daemon/manager/admin_sections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::daemon {
namespace {

using ::testing::HasSubstr;

class AdminSectionTest : public ::testing::Test {
 protected:
  std::optional<AdminSettings> read(const std::string& yaml) {
    config::Reading reading(yaml);
    std::optional<AdminSettings> settings = admin_type().read(reading.document(), reading.reader);
    problems_ = reading.problems();
    EXPECT_EQ(settings.has_value(), problems_.empty());
    return settings;
  }
  std::string listens(const std::string& address) {
    const auto settings = read("listen: '" + address + "'\ntoken: s3cr3t");
    return settings ? to_text(settings->listen.front()) : problems_;
  }

  std::string problems_;
};

TEST_F(AdminSectionTest, ListensOnLoopbackUnlessTold) {
  const auto settings = read("{}");
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->listen.size(), 1u);
  EXPECT_EQ(to_text(settings->listen.front()), "127.0.0.1:8610");
  EXPECT_TRUE(settings->token.empty());
}

TEST_F(AdminSectionTest, Addresses) {
  for (const char* each : {"127.0.0.1:8610", "[::1]:8610", "localhost:0", "0.0.0.0:65535", "[::]:1",
                           "etl.example.com:80", "unix:/run/hiveframed/admin.sock"})
    EXPECT_EQ(listens(each), each);
  EXPECT_THAT(read("127.0.0.1:9000")->listen, ::testing::SizeIs(1)) << "the address alone";
  EXPECT_THAT(read("listen: [127.0.0.1:1, unix:/a]")->listen, ::testing::SizeIs(2));
  EXPECT_THAT(read("listen: []")->listen, ::testing::IsEmpty());
}

TEST_F(AdminSectionTest, WhatIsNoAddress) {
  for (const char* each :
       {"8610", "127.0.0.1", "127.0.0.1:", ":8610", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1]",
        "[127.0.0.1]:80", "[]:80", "a b:80", "a/b:80", "http://127.0.0.1:80", "host:80:90", "127.0.0.1:0x10"})
    EXPECT_THAT(listens(each), HasSubstr("is no address to listen on")) << each;
  EXPECT_THAT(listens("unix:relative"), HasSubstr("begins with /"));
  EXPECT_THAT(listens("unix:/" + std::string(200, 'x')),
              HasSubstr("has at most 107 bytes, this one has 201"));
}

TEST_F(AdminSectionTest, IsNotOpenToStrangers) {
  for (const char* each :
       {"0.0.0.0:8610", "'[::]:8610'", "192.168.1.1:8610", "etl.example.com:8610",
        "[127.0.0.1:8610, 10.0.0.1:8610]", "localhost.example.com:1", "127.0.0.1.example.com:1"}) {
    EXPECT_FALSE(read(std::string("listen: ") + each)) << each;
    EXPECT_THAT(problems_, HasSubstr("could command this daemon"));
    EXPECT_THAT(problems_, HasSubstr("set 'token'"));
    EXPECT_TRUE(read(std::string("listen: ") + each + "\ntoken: x")) << each;
    EXPECT_TRUE(read(std::string("listen: ") + each + "\ntls_certificate: a\ntls_key: b\ntls_client_ca: c"))
        << each;
  }
  for (const char* each : {"127.9.9.9:1", "localhost:1", "'[::1]:1'", "unix:/run/x"})
    EXPECT_TRUE(read(std::string("listen: ") + each)) << each << problems_;
}

TEST_F(AdminSectionTest, TlsIsWhole) {
  EXPECT_FALSE(read("tls_certificate: a"));
  EXPECT_THAT(problems_, HasSubstr("belong together"));
  EXPECT_FALSE(read("tls_key: a"));
  EXPECT_FALSE(read("tls_client_ca: a"));
  EXPECT_THAT(problems_, HasSubstr("client certificates need TLS"));
  EXPECT_TRUE(read("tls_certificate: a\ntls_key: b"));
}

TEST_F(AdminSectionTest, ShowsNoToken) {
  EXPECT_FALSE(read("token: s3cr3t\nlisten: nonsense"));
  EXPECT_THAT(problems_, ::testing::Not(HasSubstr("s3cr3t")));
}

}  // namespace
}  // namespace hiveframe::daemon
