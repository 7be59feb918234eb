#include <algorithm>
#include <gmock/gmock.h>
#include <set>

#include "tests/unit/daemon/manager/serving.hpp"

namespace hiveframe::daemon::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;
using Outcome = CommandAnswer::Outcome;

class ManagerTest : public ServingTest {
 protected:
  // Of one lane: each of so many, and none twice.
  void expect_each_once(const std::string& name, std::size_t count) {
    std::set<std::int64_t> ids;
    for (const auto& each : script(name).sink.received)
      EXPECT_TRUE(ids.insert(each.id).second) << each.id << " twice";
    EXPECT_EQ(ids.size(), count);
  }
};

TEST_F(ManagerTest, RunsEachToItsEnd) {
  start({pipeline("a"), pipeline("b")});
  ASSERT_TRUE(wait_for("a", PipelineState::finished));
  ASSERT_TRUE(wait_for("b", PipelineState::finished));
  const PipelineView a = view("a");
  EXPECT_EQ(a.status->read, 100U);
  EXPECT_EQ(a.starts, 1U);
  EXPECT_EQ(a.restarts, 0U);
  EXPECT_EQ(a.reason, "");
  EXPECT_EQ(a.configuration->file, "a.yaml");
  expect_each_once("b", 100);
}

TEST_F(ManagerTest, OneThatFailsIsStartedAgainAndDisturbsNobody) {
  script("bad").fail_runs = 3;
  start({pipeline("bad"), endless("good")});
  ASSERT_TRUE(wait_for("bad", PipelineState::finished));
  const PipelineView bad = view("bad");
  EXPECT_EQ(bad.starts, 4U);
  EXPECT_EQ(bad.restarts, 3U);
  ASSERT_THAT(bad.last_errors, SizeIs(1));
  EXPECT_EQ(bad.last_errors[0].times, 3U);
  EXPECT_THAT(bad.last_errors[0].message, HasSubstr("the scripted source: scripted"));
  ASSERT_TRUE(wait_for_records("good", 100));
  EXPECT_EQ(view("good").starts, 1U);
  EXPECT_EQ(view("good").state, PipelineState::running);
}

TEST_F(ManagerTest, WhileItBacksOffItSaysWhyAndUntilWhen) {
  settings_.restart.backoff = {.base_delay = 1h, .max_delay = 1h};
  script("bad").fail_runs = 1;
  start({pipeline("bad")});
  ASSERT_TRUE(wait_for("bad", PipelineState::backing_off));
  const PipelineView bad = view("bad");
  EXPECT_THAT(bad.reason, HasSubstr("the scripted source: scripted"));
  ASSERT_TRUE(bad.restarts_at);
  EXPECT_GT(*bad.restarts_at, std::chrono::system_clock::now() + 29min);
  // Somebody has mended what was wrong.
  EXPECT_EQ(restart("bad").outcome, Outcome::done);
  ASSERT_TRUE(wait_for("bad", PipelineState::finished));
  EXPECT_EQ(view("bad").reason, "");
}

TEST_F(ManagerTest, ByItsPolicyItStaysFailed) {
  script("bad").fail_runs = 1000;
  PipelineConfiguration bad = pipeline("bad");
  bad.restart = Restart::never;
  start({bad});
  ASSERT_TRUE(wait_for("bad", PipelineState::failed));
  EXPECT_EQ(pause("bad").outcome, Outcome::refused);
  EXPECT_EQ(resume("bad").outcome, Outcome::refused);
  EXPECT_EQ(script("bad").runs, 1);
  EXPECT_EQ(restart("bad").outcome, Outcome::done);
  ASSERT_TRUE(wait_for("bad", PipelineState::failed));
  EXPECT_EQ(view("bad").starts, 2U);
}

TEST_F(ManagerTest, PauseDrainsAndResumeGoesOn) {
  start({endless("a"), endless("b")});
  ASSERT_TRUE(wait_for_records("a", 100));
  EXPECT_EQ(pause("a").outcome, Outcome::done);
  EXPECT_EQ(view("a").state, PipelineState::paused);
  EXPECT_EQ(view("a").status->abandoned, 0U);
  EXPECT_EQ(pause("a").outcome, Outcome::done);
  script("a").source.records_per_lane = 200;
  EXPECT_EQ(resume("a").outcome, Outcome::done);
  ASSERT_TRUE(wait_for_records("a", 200));
  const CommandAnswer again = resume("a");
  EXPECT_EQ(again.outcome, Outcome::refused);
  EXPECT_THAT(again.message, HasSubstr("it is not paused but running"));
  EXPECT_EQ(view("b").starts, 1U);
  shut_down();
  expect_each_once("a", 200);
}

TEST_F(ManagerTest, PausedInTheMiddleOfItsRecordsNothingIsLostNorRepeated) {
  script("a").source.records_per_lane = 20'000;
  script("a").source.batch = 20;
  start({pipeline("a")});
  for (std::size_t records = 1000; records <= 10'000; records += 1000) {
    ASSERT_TRUE(wait_for_records("a", records));
    // Also where it was faster than who tells it.
    if (pause("a").message.starts_with("it has finished")) break;
    EXPECT_EQ(resume("a").outcome, Outcome::done);
  }
  ASSERT_TRUE(wait_for("a", PipelineState::finished));
  expect_each_once("a", 20'000);
}

TEST_F(ManagerTest, DrainStopsUntilRestart) {
  start({endless("a")});
  ASSERT_TRUE(wait_for_records("a", 100));
  EXPECT_EQ(drain("a").outcome, Outcome::done);
  EXPECT_EQ(view("a").state, PipelineState::stopped);
  const CommandAnswer refused = pause("a");
  EXPECT_EQ(refused.outcome, Outcome::refused);
  EXPECT_THAT(refused.message, HasSubstr("it has stopped"));
  EXPECT_EQ(restart("a").outcome, Outcome::done);
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  EXPECT_EQ(view("a").restarts, 0U);
}

TEST_F(ManagerTest, RestartDrainsAndGoesOn) {
  start({endless("a")});
  ASSERT_TRUE(wait_for_records("a", 100));
  script("a").source.records_per_lane = 150;
  EXPECT_EQ(restart("a").outcome, Outcome::done);
  ASSERT_TRUE(wait_for_records("a", 150));
  EXPECT_EQ(view("a").starts, 2U);
  shut_down();
  expect_each_once("a", 150);
}

TEST_F(ManagerTest, RestartFromTheStartReadsAllAgain) {
  start({endless("a")});
  ASSERT_TRUE(wait_for_records("a", 100));
  EXPECT_EQ(restart("a", From::start).outcome, Outcome::done);
  ASSERT_TRUE(wait_for_records("a", 200));
  // Once: the next one goes on where that one stood.
  script("a").source.records_per_lane = 101;
  EXPECT_EQ(restart("a").outcome, Outcome::done);
  ASSERT_TRUE(wait_for_records("a", 201));
}

TEST_F(ManagerTest, WhoIsNotThere) {
  start({endless("a")});
  for (const CommandAnswer& answer : {pause("b"), resume("b"), drain("b"), restart("b")}) {
    EXPECT_EQ(answer.outcome, Outcome::unknown);
    EXPECT_EQ(answer.message, "there is no pipeline 'b'");
  }
  EXPECT_FALSE(manager_->pipeline("b"));
}

TEST_F(ManagerTest, TheLastOfTwoCommandsHolds) {
  start({endless("a")});
  ASSERT_TRUE(wait_for_records("a", 100));
  std::optional<CommandAnswer> first;
  manager_->pause("a", [&](CommandAnswer answer) { first = std::move(answer); });
  EXPECT_EQ(resume("a").outcome, Outcome::done);
  ASSERT_TRUE(wait_until([&] { return first.has_value(); }));
  EXPECT_EQ(first->outcome, Outcome::failed);
  EXPECT_EQ(first->message, "it was told something else meanwhile");
  ASSERT_TRUE(wait_for("a", PipelineState::running));
}

TEST_F(ManagerTest, ASinkThatHangsIsLeftBehindAndNamed) {
  daemon_.shutdown_timeout = 20ms;
  script("a").writes.hangs = true;
  start({endless("a"), endless("b")});
  ASSERT_TRUE(wait_until([&] { return script("a").writes.felt.load(); }));
  const CommandAnswer paused = pause("a");
  EXPECT_EQ(paused.outcome, Outcome::failed);
  EXPECT_THAT(paused.message, HasSubstr("sink scripted sink did not answer a write"));
  EXPECT_EQ(view("a").state, PipelineState::paused);
  ASSERT_THAT(view("a").left_behind, SizeIs(1));
  EXPECT_THAT(view("a").left_behind[0], HasSubstr("sink scripted sink did not answer a write"));
  EXPECT_EQ(manager_->engine().left_behind, 1U);
  EXPECT_TRUE(manager_->leaves_something_behind());
  ASSERT_TRUE(wait_for_records("b", 100));

  // The next run does without it.
  script("a").writes.hangs = false;
  EXPECT_EQ(resume("a").outcome, Outcome::done);
  ASSERT_TRUE(wait_for_records("a", 100));
  script("a").writes.release();
  ASSERT_TRUE(wait_until([&] { return view("a").left_behind.empty(); }));
  EXPECT_EQ(manager_->engine().left_behind, 0U);
}

TEST_F(ManagerTest, WhatALeftBehindRunHasForItselfIsWaitedFor) {
  daemon_.shutdown_timeout = 20ms;
  script("a").writes.hangs = true;
  PipelineConfiguration a = endless("a");
  a.writes = {{"/srv/out", "'/srv/out'", false}};
  start({a});
  ASSERT_TRUE(wait_until([&] { return script("a").writes.felt.load(); }));
  EXPECT_EQ(restart("a").outcome, Outcome::failed);
  ASSERT_TRUE(wait_for("a", PipelineState::backing_off));
  EXPECT_THAT(view("a").reason,
              HasSubstr("'/srv/out' is still in use by an earlier run of it, which was left behind: "
                        "sink scripted sink did not answer a write"));
  EXPECT_EQ(script("a").runs, 1);
  script("a").writes.hangs = false;
  script("a").writes.release();
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  EXPECT_GT(view("a").last_errors.back().times, 0U);
}

TEST_F(ManagerTest, ASourceThatNeverAnswersDoesNotHoldUpTheOthers) {
  daemon_.shutdown_timeout = 20ms;
  script("a").opens.hangs = true;
  start({endless("a"), pipeline("b")});
  ASSERT_TRUE(wait_for("b", PipelineState::finished));
  ASSERT_TRUE(wait_until([&] { return script("a").opens.felt.load(); }));
  EXPECT_EQ(view("a").state, PipelineState::starting);
  const CommandAnswer drained = drain("a");
  EXPECT_EQ(drained.outcome, Outcome::failed);
  EXPECT_THAT(drained.message, HasSubstr("source scripted did not answer a call to open it"));
}

TEST_F(ManagerTest, ShutDownDrainsAllAndTakesNoMoreCommands) {
  start({endless("a"), endless("b")});
  ASSERT_TRUE(wait_for_records("a", 100));
  ASSERT_TRUE(wait_for_records("b", 100));
  shut_down();
  EXPECT_EQ(view("a").state, PipelineState::stopped);
  EXPECT_EQ(view("b").state, PipelineState::stopped);
  EXPECT_EQ(view("a").status->abandoned, 0U);
  EXPECT_EQ(restart("a").outcome, Outcome::refused);
  EXPECT_EQ(reload()->refused_because, "the daemon is stopping");
  EXPECT_EQ(loads_, 0);
}

TEST_F(ManagerTest, ShutDownOfWhatBacksOffAndWhatHangs) {
  daemon_.shutdown_timeout = 20ms;
  settings_.restart.backoff = {.base_delay = 1h, .max_delay = 1h};
  script("bad").fail_runs = 1;
  script("stuck").writes.hangs = true;
  start({pipeline("bad"), endless("stuck")});
  ASSERT_TRUE(wait_for("bad", PipelineState::backing_off));
  ASSERT_TRUE(wait_until([&] { return script("stuck").writes.felt.load(); }));
  shut_down();
  EXPECT_EQ(view("bad").state, PipelineState::stopped);
  EXPECT_THAT(view("stuck").left_behind, Not(IsEmpty()));
}

TEST_F(ManagerTest, TheDataPlaneShowsThatItTurns) {
  start({});
  EXPECT_TRUE(wait_until([&] { return manager_->data_turned_ago() == 0ms; }));
  EXPECT_EQ(manager_->engine().threads, 2U);
  EXPECT_EQ(manager_->engine().memory_limit, 64U << 20);
  EXPECT_THAT(manager_->pipelines(), IsEmpty());
}

}  // namespace
}  // namespace hiveframe::daemon::test
