#include "daemon/os/service_notifier.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/os/folder_lock.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// The service manager's end. `name` as in $NOTIFY_SOCKET.
class Listener {
 public:
  explicit Listener(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (name.front() == '/' ? 1 : 0);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)), 0);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The next message; empty: there is none.
  [[nodiscard]] std::string hear() const {
    std::array<char, 4096> text{};
    const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

std::string unique(const std::string& what) {
  return what + std::to_string(::getpid()) + testing::UnitTest::GetInstance()->current_test_info()->name();
}

TEST(ServiceNotifier, TellsOverAPath) {
  const std::string path = unique("/tmp/hiveframe-notify-");
  {
    const Listener manager(path);
    ServiceNotifier notifier(path);
    EXPECT_TRUE(notifier.has_listener());
    notifier.ready("2 pipelines");
    EXPECT_EQ(manager.hear(), "READY=1\nSTATUS=2 pipelines");
    notifier.status("a\nREADY=1");
    EXPECT_EQ(manager.hear(), "STATUS=a READY=1");
    notifier.keep_alive();
    EXPECT_EQ(manager.hear(), "WATCHDOG=1");
    notifier.stopping();
    EXPECT_THAT(manager.hear(), StartsWith("STOPPING=1\n"));
    EXPECT_EQ(manager.hear(), "");
    EXPECT_EQ(notifier.problem(), "");
  }
  std::filesystem::remove(path);
}

TEST(ServiceNotifier, AReloadHasItsTime) {
  const std::string name = unique("@hiveframe-notify-");
  const Listener manager(name);
  ServiceNotifier notifier(name);
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  notifier.reloading();
  const std::string message = manager.hear();
  ASSERT_THAT(message, StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  const long long told = std::stoll(message.substr(message.find("USEC=") + 5));
  const long long before = now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
  EXPECT_GE(told, before);
  EXPECT_LT(told, before + 60'000'000);
}

TEST(ServiceNotifier, LongestNames) {
  const std::string longest = unique("@") + std::string(200, 'x');
  const std::string fits = longest.substr(0, sizeof(sockaddr_un::sun_path) - 1);
  const Listener manager(fits);
  ServiceNotifier notifier(fits);
  notifier.keep_alive();
  EXPECT_EQ(manager.hear(), "WATCHDOG=1");
  EXPECT_THAT(ServiceNotifier(longest).problem(), HasSubstr("too long"));
}

TEST(ServiceNotifier, WithoutAListenerItIsQuiet) {
  ServiceNotifier nobody("");
  EXPECT_FALSE(nobody.has_listener());
  EXPECT_EQ(nobody.problem(), "");
  nobody.ready("");
  ServiceNotifier relative("notify");
  EXPECT_FALSE(relative.has_listener());
  EXPECT_NE(relative.problem(), "");
  ServiceNotifier gone("/nowhere/notify");
  gone.ready("");
  EXPECT_EQ(gone.problem(), "No such file or directory");
}

TEST(Watchdog, IntervalOfThisProcess) {
  EXPECT_EQ(watchdog_interval("30000000", ""), 30s);
  EXPECT_EQ(watchdog_interval("30000000", std::to_string(::getpid())), 30s);
  EXPECT_EQ(watchdog_interval("30000000", std::to_string(::getpid() + 1)), std::nullopt);
  for (const char* none : {"", "0", "-1", "x", "1x", "99999999999999999999"})
    EXPECT_EQ(watchdog_interval(none, ""), std::nullopt) << none;
}

TEST(FolderLock, OnlyOneHasIt) {
  const std::filesystem::path folder = unique("/tmp/hiveframe-lock-");
  {
    const FolderLock lock(folder / "state");
    try {
      const FolderLock second(folder / "state");
      FAIL() << "locked twice";
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("the daemon with process id " + std::to_string(::getpid())));
    }
  }
  EXPECT_NO_THROW(FolderLock{folder / "state"});
  EXPECT_THROW(FolderLock{"/proc/nowhere/state"}, std::runtime_error);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hiveframe::daemon
