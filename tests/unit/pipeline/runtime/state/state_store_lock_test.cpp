#include <csignal>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/pipeline/runtime/state/state_folder.hpp"

namespace hiveframe::runtime {
namespace {

using testing::HasSubstr;
using Start = StateStore::Start;

class StateStoreLock : public StateFolder {
 protected:
  // A child that opens the store, says so, and waits to be killed.
  pid_t start_holder() {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ready[0]);
      try {
        StateStore store = open();
        [[maybe_unused]] const ssize_t said = ::write(ready[1], "x", 1);
        while (true)
          ::pause();
      } catch (...) {
      }
      ::_exit(1);
    }
    ::close(ready[1]);
    char answer = 0;
    EXPECT_EQ(::read(ready[0], &answer, 1), 1) << "the holder could not open the store";
    ::close(ready[0]);
    return child;
  }

  static void end(pid_t child) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
};

TEST_F(StateStoreLock, ASecondProcessIsToldWhoHoldsIt) {
  const pid_t holder = start_holder();
  const std::string message = message_of<pipeline::Fatal>([this] { open(); });
  EXPECT_THAT(message, HasSubstr("process " + std::to_string(holder) + " holds it"));
  EXPECT_THAT(message, HasSubstr("'orders'"));
  EXPECT_THAT(message, HasSubstr(folder_.string()));
  EXPECT_THAT(message_of<pipeline::Fatal>([this] { open(Start::over); }), HasSubstr("holds it"))
      << "starting over does not break a lock";
  end(holder);
  EXPECT_NO_THROW(open()) << "a dead holder holds nothing";
}

TEST_F(StateStoreLock, TwoInOneProcessAreToldApart) {
  StateStore store = open();
  EXPECT_THAT(message_of<pipeline::Fatal>([this] { open(); }), HasSubstr("this process"));
  store.commit({.source_identity = "still works"});
}

TEST_F(StateStoreLock, WhatStandsInTheLockFileIsNotTrusted) {
  write_file("orders.lock", "999999 \x1b[31m garbage");
  StateStore store = open();
  write_file("orders.lock", "\x1b[31mgarbage");
  EXPECT_THAT(message_of<pipeline::Fatal>([this] { open(); }), HasSubstr("another process holds it"));
}

TEST_F(StateStoreLock, ALockFileThatIsALinkIsRefused) {
  write_file("precious", "data");
  std::filesystem::create_symlink(folder_ / "precious", folder_ / "orders.lock");
  message_of<pipeline::Fatal>([this] { open(); });
  std::string content;
  std::ifstream(folder_ / "precious") >> content;
  EXPECT_EQ(content, "data");
}

}  // namespace
}  // namespace hiveframe::runtime
