// Disks that are full, folders that cannot be written. Each case runs in a child process, which may give up
// its rights, limit itself or mount something without harm to the other tests.
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/pipeline/runtime/state/state_folder.hpp"

namespace hiveframe::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr uid_t nobody = 65534;

class StateStoreDisk : public StateFolder {
 protected:
  // What `work` returned in a child process, or "fatal: " or "retryable: " and the message it threw.
  std::string in_child(const std::function<std::string()>& work) {
    int pipe_ends[2];
    EXPECT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      std::string answer;
      try {
        answer = work();
      } catch (const pipeline::Fatal& error) {
        answer = std::string("fatal: ") + error.what();
      } catch (const pipeline::Retryable& error) {
        answer = std::string("retryable: ") + error.what();
      } catch (const std::exception& error) {
        answer = std::string("unexpected: ") + error.what();
      }
      [[maybe_unused]] const ssize_t said = ::write(pipe_ends[1], answer.data(), answer.size());
      ::_exit(0);
    }
    ::close(pipe_ends[1]);
    std::string answer;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0)
      answer.append(buffer, static_cast<std::size_t>(got));
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status)) << "the child was killed by signal " << WTERMSIG(status);
    return answer;
  }

  // Root may write anywhere, so it becomes somebody who may not.
  static void give_up_root() {
    if (::geteuid() == 0 && ::seteuid(nobody) != 0) throw std::runtime_error("seteuid");
  }

  // Commits until it fails, makes room, and commits again.
  std::string fill_and_recover(const std::filesystem::path& folder, const std::function<void()>& make_room) {
    StateStore store(folder, "orders", StateStore::Start::resume);
    store.commit({.source_identity = "before", .lanes = {{"first", "", "1"}}});
    StateChange change;
    for (int i = 0; i < 2000; ++i)
      change.lanes.push_back({"lane " + std::to_string(i), "", std::string(2000, 'p')});
    std::string failure;
    try {
      store.commit(change);
      return "the disk did not fill";
    } catch (const pipeline::Retryable& error) {
      failure = std::string("retryable: ") + error.what();
    }
    try {
      store.commit(change);
      return "the disk was not full any more";
    } catch (const pipeline::Retryable&) {
    }
    make_room();
    if (store.load().lanes != std::vector<LaneState>{{"first", "", "1"}}) return "part of it was stored";
    store.commit(change);
    if (store.load().lanes.size() != 2001) return "not all of it was stored";
    return failure;
  }
};

TEST_F(StateStoreDisk, AFolderWithoutPermissionIsFatal) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0555), 0);
  const std::string answer = in_child([this] {
    give_up_root();
    open();
    return std::string("opened");
  });
  EXPECT_THAT(answer, AllOf(StartsWith("fatal: "), HasSubstr("Permission denied"),
                            HasSubstr(folder_.string()), HasSubstr("permission to it")));
}

TEST_F(StateStoreDisk, AFolderThatCannotBeMadeIsFatal) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0555), 0);
  const std::string answer = in_child([this] {
    give_up_root();
    const StateStore store(folder_ / "state", "orders", StateStore::Start::resume);
    return std::string("opened");
  });
  EXPECT_THAT(answer, AllOf(StartsWith("fatal: "),
                            HasSubstr("cannot make the state folder " + (folder_ / "state").string()),
                            HasSubstr("Permission denied"), HasSubstr("--state-dir")));
}

TEST_F(StateStoreDisk, ADatabaseOfAnotherUserIsFatal) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file to somebody else";
  open().commit({.source_identity = "x"});
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  ASSERT_EQ(::chown((folder_ / "orders.lock").c_str(), nobody, nobody), 0);
  const std::string answer = in_child([this] {
    give_up_root();
    open();
    return std::string("opened");
  });
  EXPECT_THAT(answer, AllOf(StartsWith("fatal: "), HasSubstr("Permission denied"), HasSubstr("orders.db")));
}

TEST_F(StateStoreDisk, AFileWhereTheFolderShouldBeIsFatal) {
  write_file("file", "x");
  for (const char* path : {"file", "file/below"}) {
    const std::string message = message_of<pipeline::Fatal>(
        [&] { const StateStore store(folder_ / path, "orders", StateStore::Start::resume); });
    EXPECT_THAT(message, AllOf(HasSubstr("Not a directory"), HasSubstr((folder_ / "file").string())));
  }
}

TEST_F(StateStoreDisk, AReadOnlyFileSystemIsFatal) {
  const std::string answer = in_child([this]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder_.c_str(), "tmpfs", MS_RDONLY, "size=1m") != 0) {
      return "skipped";
    }
    open();
    return "opened";
  });
  if (answer == "skipped") GTEST_SKIP() << "needs the right to mount";
  EXPECT_THAT(answer, AllOf(StartsWith("fatal: "), HasSubstr("Read-only file system")));
}

TEST_F(StateStoreDisk, AFullDiskIsRetryableAndNothingIsLost) {
  const std::string answer = in_child([this]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder_.c_str(), "tmpfs", 0, "size=256k") != 0) {
      return "skipped";
    }
    return fill_and_recover(folder_, [this] {
      if (::mount("none", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=64m") != 0)
        throw std::runtime_error("remount");
    });
  });
  if (answer == "skipped") GTEST_SKIP() << "needs the right to mount";
  EXPECT_THAT(answer, AllOf(StartsWith("retryable: "), HasSubstr("orders.db"), HasSubstr("free some space")));
}

TEST_F(StateStoreDisk, ADiskFullFromTheBeginningIsRetryable) {
  const std::string answer = in_child([this]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder_.c_str(), "tmpfs", 0, "size=16k") != 0) {
      return "skipped";
    }
    const std::string padding(64 * 1024, 'x');
    write_file("padding", padding);
    std::string failure;
    try {
      open();
      return "opened";
    } catch (const pipeline::Retryable& error) {
      failure = std::string("retryable: ") + error.what();
    }
    if (::mount("none", folder_.c_str(), "tmpfs", MS_REMOUNT, "size=64m") != 0) return "remount failed";
    StateStore store = open();
    store.commit({.source_identity = "x"});
    return failure;
  });
  if (answer == "skipped") GTEST_SKIP() << "needs the right to mount";
  EXPECT_THAT(answer, AllOf(StartsWith("retryable: "), HasSubstr("free some space")));
}

TEST_F(StateStoreDisk, AWriteThatFailsIsRetryableAndNothingIsLost) {
  const std::string answer = in_child([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    rlimit small = limit;
    small.rlim_cur = 256 * 1024;
    ::setrlimit(RLIMIT_FSIZE, &small);
    return fill_and_recover(folder_, [&] { ::setrlimit(RLIMIT_FSIZE, &limit); });
  });
  EXPECT_THAT(answer, AllOf(StartsWith("retryable: "), HasSubstr("orders.db")));
}

}  // namespace
}  // namespace hiveframe::runtime
