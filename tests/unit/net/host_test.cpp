#include "net/host.hpp"

#include <gtest/gtest.h>

namespace hiveframe::net {
namespace {

TEST(HostTest, TellsNamesFromAddresses) {
  const auto name = parse_host("Example.COM.:8610");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->name, "example.com");
  EXPECT_EQ(name->port, "8610");
  EXPECT_FALSE(name->is_address);
  EXPECT_TRUE(parse_host("127.0.0.1")->is_address);
  EXPECT_EQ(parse_host("[::1]:80")->name, "::1");
  EXPECT_TRUE(parse_host("[::1]")->is_address);
  EXPECT_EQ(parse_host("a:")->port, "");
  // What some resolvers take for an address, no browser sends as one.
  for (const char* each : {"127.1", "2130706433", "0x7f.0.0.1", "127.0.0.1.example.com", "0177.0.0.1"})
    EXPECT_FALSE(parse_host(each)->is_address) << each;
}

TEST(HostTest, RefusesWhatIsNoHost) {
  for (const char* each : {"", ":80", "a b", "user@host", "a/b", "a:b", "a:80:80", "a:65536", "a:-1", "a: 80",
                           "[::1", "[::1]80", "[127.0.0.1]", "[]", "::1", "a\tb", "a,b", "gr\303\274n"})
    EXPECT_FALSE(parse_host(each)) << each;
}

TEST(HostTest, KnowsLoopback) {
  for (const char* each : {"127.0.0.1", "127.255.3.4", "::1", "localhost", "LOCALHOST"})
    EXPECT_TRUE(is_loopback(each)) << each;
  for (const char* each : {"0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "localhost.example.com", "",
                           "127.0.0.1.evil", "::2", "::ffff:127.0.0.1x"})
    EXPECT_FALSE(is_loopback(each)) << each;
}

}  // namespace
}  // namespace hiveframe::net
