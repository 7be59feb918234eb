#include "daemon/cli/daemon_address.hpp"

#include <gtest/gtest.h>
#include <utility>
#include <vector>

namespace hiveframe::daemon {
namespace {

AdminSettings listening(std::vector<ListenAddress> addresses) {
  AdminSettings settings;
  settings.listen = std::move(addresses);
  return settings;
}

TEST(DaemonAddress, WhereItIsAskedFromItsOwnMachine) {
  EXPECT_EQ(local_url({}), "http://127.0.0.1:8610") << "as it is without a section";
  EXPECT_EQ(local_url(listening({})), "");
  EXPECT_EQ(local_url(listening({{"127.0.0.1", 0, {}}})), "");
  EXPECT_EQ(local_url(listening({{"127.0.0.1", 0, {}}, {"::1", 7, {}}})), "http://[::1]:7");
  EXPECT_EQ(local_url(listening({{"0.0.0.0", 80, {}}})), "http://127.0.0.1:80");
  EXPECT_EQ(local_url(listening({{"::", 80, {}}})), "http://[::1]:80");
  EXPECT_EQ(local_url(listening({{"etl.example.com", 80, {}}, {"127.0.0.1", 1, {}}})),
            "http://etl.example.com:80");
  EXPECT_EQ(local_url(listening({{"0.0.0.0", 80, {}}, {{}, 0, "/run/a.sock"}})), "unix:/run/a.sock");
}

TEST(DaemonAddress, WithACertificateByTheNameThatItIsFor) {
  AdminSettings settings = listening({{"0.0.0.0", 443, {}}});
  settings.tls_certificate = "/etc/tls.crt";
  EXPECT_EQ(local_url(settings), "https://127.0.0.1:443");
  settings.names = {"etl.example.com", "other"};
  EXPECT_EQ(local_url(settings), "https://etl.example.com:443");
}

}  // namespace
}  // namespace hiveframe::daemon
