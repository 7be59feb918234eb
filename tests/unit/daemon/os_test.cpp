#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <thread>
#include <unistd.h>

#include "daemon/os/console.hpp"
#include "daemon/os/log.hpp"
#include "daemon/os/output_buffer.hpp"
#include "daemon/os/process.hpp"
#include "daemon/os/waiter.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Console, LinesStandAboveTheRedrawnOne) {
  std::ostringstream out;
  Console console(out);
  console.print("first\n");
  console.show_status("50 %");
  console.print("second\n");
  console.show_status("60 %");
  console.erase_status();
  console.print("third\n");
  EXPECT_EQ(out.str(), "first\n50 %\r\x1b[Ksecond\n50 %\r\x1b[K60 %\r\x1b[Kthird\n");
}

TEST(Log, OneLineAnEvent) {
  std::ostringstream out;
  Console console(out);
  {
    Log log(console, {});
    log.write(Log::Level::info, "orders", "started");
    log.write(Log::Level::warning, "", "a\nb\x1b[2J\xff {}");
  }
  EXPECT_THAT(out.str(),
              testing::MatchesRegex("[-0-9]+T[:.0-9]+Z info  \\[orders\\] started\n"
                                    "[-0-9]+T[:.0-9]+Z warn  a\\\\x0ab\\\\x1b\\[2J\\\\xff \\{\\}\n"));
}

TEST(Log, QuietLeavesInformationOut) {
  std::ostringstream out;
  Console console(out);
  Log log(console, {.level = Log::Level::warning, .colour = true});
  log.write(Log::Level::info, "orders", "started");
  log.write(Log::Level::error, "orders", "failed");
  EXPECT_THAT(out.str(), testing::HasSubstr("\x1b[1;31merror\x1b[0m [orders] failed\n"));
  EXPECT_THAT(out.str(), testing::Not(testing::HasSubstr("started")));
}

TEST(OutputBuffer, RemembersWhyItFailed) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  OutputBuffer buffer(ends[1]);
  std::ostream out(&buffer);
  out << "seen" << std::flush;
  EXPECT_TRUE(out.good());
  char seen[4];
  EXPECT_EQ(read(ends[0], seen, 4), 4);
  close(ends[0]);
  out << "lost" << std::flush;
  EXPECT_FALSE(out.good());
  EXPECT_EQ(buffer.error(), EPIPE);
  close(ends[1]);
}

TEST(OutputBuffer, WritesMoreThanItHolds) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  // A non-blocking pipe that is full makes it wait, not fail.
  fcntl(ends[1], F_SETFL, fcntl(ends[1], F_GETFL) | O_NONBLOCK);
  const std::string text(3'000'000, 'x');
  std::thread writer([&] {
    OutputBuffer buffer(ends[1]);
    std::ostream out(&buffer);
    out << text << std::flush;
    EXPECT_TRUE(out.good());
    close(ends[1]);
  });
  std::string got;
  char chunk[65536];
  for (ssize_t n = 0; (n = read(ends[0], chunk, sizeof chunk)) > 0;)
    got.append(chunk, static_cast<std::size_t>(n));
  writer.join();
  close(ends[0]);
  EXPECT_EQ(got, text);
}

TEST(Waiter, TakesSignalsAndNotices) {
  Waiter waiter;
  EXPECT_EQ(waiter.wait(0ms), 0);
  kill(getpid(), SIGTERM);
  EXPECT_EQ(waiter.wait(10s), SIGTERM);
  std::thread other([&] { waiter.notify(); });
  EXPECT_EQ(waiter.wait(10s), 0);
  other.join();
}

TEST(Waiter, LateSignalsDoNotKill) {
  {
    Waiter waiter;
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGINT);
  }
  Waiter again;
  EXPECT_EQ(again.wait(0ms), 0);
}

TEST(Waiter, LeavesAnIgnoredInterruptAlone) {
  const auto before = std::signal(SIGINT, SIG_IGN);
  Waiter waiter;
  kill(getpid(), SIGINT);
  kill(getpid(), SIGTERM);
  EXPECT_EQ(waiter.wait(10s), SIGTERM);
  EXPECT_EQ(waiter.wait(0ms), 0);
  std::signal(SIGINT, before);
}

TEST(StateDir, FollowsTheXdgSpecification) {
  if (geteuid() == 0) {
    EXPECT_EQ(default_state_dir(), "/var/lib/hiveframed");
    return;
  }
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(default_state_dir(), "/state/hiveframed");
  setenv("XDG_STATE_HOME", "relative", 1);
  setenv("HOME", "/people/me", 1);
  EXPECT_EQ(default_state_dir(), "/people/me/.local/state/hiveframed");
}

}  // namespace
}  // namespace hiveframe::daemon
