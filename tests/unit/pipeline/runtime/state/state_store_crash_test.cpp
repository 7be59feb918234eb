// kill -9 at random moments loses nothing that was reported as committed.
#include <csignal>
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/pipeline/runtime/state/state_folder.hpp"

namespace hiveframe::runtime {
namespace {

class StateStoreCrash : public StateFolder {
 protected:
  // Commits n, n+1, ... and reports each through `out` once it is committed. Never returns.
  [[noreturn]] void commit_for_ever(std::uint64_t first, int out) {
    try {
      StateStore store = open();
      for (std::uint64_t n = first;; ++n) {
        StateChange change;
        const std::string text = std::to_string(n);
        change.lanes = {{"a", "", text}, {"b", "", text}};
        change.marks = {{"sink", "path", text}};
        store.commit(change);
        if (::write(out, &n, sizeof n) != sizeof n) break;
      }
    } catch (...) {
    }
    ::_exit(1);
  }
};

TEST_F(StateStoreCrash, NothingReportedIsLostAndNothingIsHalf) {
  std::mt19937 random(11);
  std::uint64_t stored = 0;
  std::uint64_t reports = 0;
  for (int round = 0; round < 20; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe_ends[0]);
      commit_for_ever(stored + 1, pipe_ends[1]);
    }
    ::close(pipe_ends[1]);
    // The moment is a number of commits plus a fraction of one, so that a slow disk is hit as often as a
    // fast.
    const std::uint64_t commits = random() % 25;
    std::uint64_t last_reported = stored;
    for (std::uint64_t i = 0; i < commits; ++i) {
      std::uint64_t reported = 0;
      if (::read(pipe_ends[0], &reported, sizeof reported) != sizeof reported) break;
      last_reported = reported;
    }
    const std::uint32_t spins = random() % 200'000;
    for (std::uint32_t i = 0; i < spins; ++i) [[maybe_unused]]
      volatile std::uint32_t sink = i;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: the store failed";
    std::uint64_t reported = 0;
    while (::read(pipe_ends[0], &reported, sizeof reported) == sizeof reported)
      last_reported = reported;
    ::close(pipe_ends[0]);
    reports += last_reported - stored;

    StateStore store = open();
    const StateSnapshot snapshot = store.load();
    if (snapshot.lanes.empty()) {
      ASSERT_EQ(last_reported, 0U) << "round " << round;
      continue;
    }
    ASSERT_EQ(snapshot.lanes.size(), 2U);
    ASSERT_EQ(snapshot.marks.size(), 1U);
    const std::uint64_t found = std::stoull(snapshot.lanes[0].position);
    EXPECT_GE(found, last_reported) << "round " << round;
    EXPECT_LE(found, last_reported + 1) << "round " << round;
    EXPECT_EQ(snapshot.lanes[1].position, snapshot.lanes[0].position) << "half a change, round " << round;
    EXPECT_EQ(snapshot.marks[0].value, snapshot.lanes[0].position) << "half a change, round " << round;
    stored = found;
  }
  EXPECT_GT(reports, 50U) << "the children were killed before they did anything";
}

// Killed while it removes everything: afterwards there is all of it or nothing, and no stray file.
TEST_F(StateStoreCrash, ClearIsAllOrNothing) {
  std::mt19937 random(12);
  int cleared = 0;
  for (int round = 0; round < 20; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        StateStore store = open();
        StateChange change;
        change.lanes = {{"a", "", "last"}};
        change.phase = Phase::completing;
        store.commit(change);
        [[maybe_unused]] const ssize_t said = ::write(pipe_ends[1], "x", 1);
        store.clear();
        while (true)
          ::pause();
      } catch (...) {
      }
      ::_exit(1);
    }
    ::close(pipe_ends[1]);
    char ready = 0;
    ASSERT_EQ(::read(pipe_ends[0], &ready, 1), 1);
    ::close(pipe_ends[0]);
    const std::uint32_t spins = random() % 3'000'000;
    for (std::uint32_t i = 0; i < spins; ++i) [[maybe_unused]]
      volatile std::uint32_t sink = i;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    StateStore store = open();
    const StateSnapshot snapshot = store.load();
    if (snapshot.lanes.empty()) {
      ++cleared;
      EXPECT_EQ(snapshot.phase, Phase::running);
    } else {
      EXPECT_EQ(snapshot.lanes, (std::vector<LaneState>{{"a", "", "last"}}));
      EXPECT_EQ(snapshot.phase, Phase::completing);
    }
    store.clear();
    EXPECT_TRUE(files().empty());
  }
  EXPECT_GT(cleared, 0);
}

}  // namespace
}  // namespace hiveframe::runtime
