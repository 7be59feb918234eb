#include <gmock/gmock.h>

#include "tests/unit/daemon/manager/serving.hpp"

namespace hiveframe::daemon::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class ReloadTest : public ServingTest {};

TEST_F(ReloadTest, EachPipelineGetsWhatItsFileSays) {
  start({endless("gone"), endless("new_said"), endless("same")});
  ASSERT_TRUE(wait_for("gone", PipelineState::running));
  ASSERT_TRUE(wait_for("new_said", PipelineState::running));
  ASSERT_TRUE(wait_for("same", PipelineState::running));
  configure({endless("added"), endless("new_said", "2"), endless("same")});
  const auto report = reload();
  EXPECT_TRUE(report->sound());
  EXPECT_EQ(actions(*report), "added added, gone removed, new_said replaced, same unchanged");
  EXPECT_EQ(view("same").starts, 1U);
  EXPECT_EQ(view("new_said").starts, 2U);
  EXPECT_EQ(view("new_said").restarts, 0U);
  EXPECT_EQ(view("new_said").configuration->fingerprint.reveal(), "2");
  EXPECT_EQ(view("added").state, PipelineState::running);
  EXPECT_FALSE(manager_->pipeline("gone"));
  EXPECT_EQ(manager_->last_reload(), report);
}

TEST_F(ReloadTest, NothingIsLostNorRepeatedByIt) {
  script("a").source.records_per_lane = 20'000;
  script("a").source.batch = 20;
  start({endless("a")});
  std::size_t replaced = 0;
  for (int i = 2; i < 12; ++i) {
    ASSERT_TRUE(wait_for_records("a", static_cast<std::size_t>(i) * 500));
    configure({endless("a", std::to_string(i))});
    const auto report = reload();
    EXPECT_TRUE(report->sound());
    if (actions(*report) == "a replaced") ++replaced;
  }
  EXPECT_EQ(replaced, 10U);
  ASSERT_TRUE(wait_for_records("a", 20'000));
  shut_down();
  std::vector<std::int64_t> ids;
  for (const auto& each : script("a").sink.received)
    ids.push_back(each.id);
  ASSERT_EQ(ids.size(), 20'000U);
  for (std::size_t i = 0; i < ids.size(); ++i)
    ASSERT_EQ(ids[i], static_cast<std::int64_t>(i));
}

TEST_F(ReloadTest, OfAConfigurationThatIsNotSoundNothingIsTaken) {
  start({endless("a"), endless("b")});
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  const auto problems = std::make_shared<config::Diagnostics>();
  problems->file_error("c.yaml", "it is broken");
  configure(LoadedConfiguration{std::nullopt, problems});
  const auto report = reload();
  EXPECT_FALSE(report->accepted);
  EXPECT_FALSE(report->sound());
  EXPECT_EQ(report->refused_because, "the new configuration is not sound; nothing was changed");
  ASSERT_TRUE(report->diagnostics);
  EXPECT_THAT(report->diagnostics->render(), HasSubstr("c.yaml: error: it is broken"));
  EXPECT_THAT(report->pipelines, IsEmpty());
  EXPECT_EQ(view("a").starts, 1U);
  EXPECT_EQ(view("b").starts, 1U);
}

TEST_F(ReloadTest, WhatFailsAtOnceIsRolledBack) {
  start({endless("a")});
  ASSERT_TRUE(wait_for_records("a", 100));
  script("a").source.records_per_lane = 150;
  script("bad").fail_runs = 1000;
  configure({pipeline("a", "2", "bad")});
  const auto report = reload();
  EXPECT_TRUE(report->accepted);
  EXPECT_FALSE(report->sound());
  EXPECT_EQ(actions(*report), "a rolled_back");
  EXPECT_THAT(report->pipelines[0].detail, HasSubstr("the scripted source: scripted"));
  EXPECT_EQ(view("a").state, PipelineState::running);
  EXPECT_EQ(view("a").configuration->fingerprint.reveal(), "1");
  ASSERT_TRUE(wait_for_records("a", 150));

  // The file still says it: it is tried again.
  script("bad").fail_runs = 0;
  script("bad").source.records_per_lane = 200;
  EXPECT_EQ(actions(*reload()), "a replaced");
  ASSERT_TRUE(wait_for("a", PipelineState::finished));
}

TEST_F(ReloadTest, WhatDoesNotComeUpInTimeIsRolledBack) {
  daemon_.start_timeout = 50ms;
  start({endless("a")});
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  script("down").source.fail_opens = 1'000'000'000;
  configure({pipeline("a", "2", "down")});
  const auto report = reload();
  EXPECT_EQ(actions(*report), "a rolled_back");
  EXPECT_THAT(report->pipelines[0].detail, HasSubstr("cannot open the fake source: scripted"));
  EXPECT_EQ(view("a").state, PipelineState::running);
}

TEST_F(ReloadTest, WhatHangsIsLeftBehindAndRolledBack) {
  // Long enough for it to come so far, on a busy machine, too.
  daemon_.start_timeout = 250ms;
  daemon_.shutdown_timeout = 20ms;
  start({endless("a")});
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  script("stuck").opens.hangs = true;
  configure({pipeline("a", "2", "stuck")});
  const auto report = reload();
  EXPECT_EQ(actions(*report), "a rolled_back");
  EXPECT_EQ(report->pipelines[0].detail, "it is still starting");
  EXPECT_EQ(view("a").state, PipelineState::running);
  EXPECT_THAT(view("a").left_behind, testing::SizeIs(1));
}

TEST_F(ReloadTest, OneThatCannotDrainIsReplacedAllTheSame) {
  daemon_.shutdown_timeout = 20ms;
  script("a").writes.hangs = true;
  start({endless("a")});
  ASSERT_TRUE(wait_until([&] { return script("a").writes.felt.load(); }));
  script("other").source.endless = true;
  configure({pipeline("a", "2", "other")});
  EXPECT_EQ(actions(*reload()), "a replaced");
  ASSERT_TRUE(wait_for_records("other", 100));
  EXPECT_THAT(view("a").left_behind, testing::SizeIs(1));
}

TEST_F(ReloadTest, WhatWasNotUpIsNotGoneBackTo) {
  settings_.restart.backoff = {.base_delay = 1h, .max_delay = 1h};
  script("a").fail_runs = 1;
  start({pipeline("a")});
  ASSERT_TRUE(wait_for("a", PipelineState::backing_off));
  script("bad").fail_runs = 1;
  configure({pipeline("a", "2", "bad")});
  const auto report = reload();
  EXPECT_EQ(actions(*report), "a failed");
  EXPECT_EQ(view("a").configuration->fingerprint.reveal(), "2");
  configure({pipeline("a", "3")});
  EXPECT_EQ(actions(*reload()), "a replaced");
  ASSERT_TRUE(wait_for("a", PipelineState::finished));
}

TEST_F(ReloadTest, AnAddedOneThatFailsStaysWithItsPolicy) {
  settings_.restart.backoff = {.base_delay = 1h, .max_delay = 1h};
  start({});
  script("a").fail_runs = 1;
  configure({pipeline("a")});
  const auto report = reload();
  EXPECT_EQ(actions(*report), "a failed");
  EXPECT_THAT(report->pipelines[0].detail, HasSubstr("the scripted source: scripted"));
  EXPECT_EQ(view("a").state, PipelineState::backing_off);
  restart("a");
  ASSERT_TRUE(wait_for("a", PipelineState::finished));
}

TEST_F(ReloadTest, APausedOneStaysPaused) {
  start({endless("a")});
  ASSERT_TRUE(wait_for_records("a", 100));
  pause("a");
  configure({endless("a", "2")});
  const auto report = reload();
  EXPECT_EQ(actions(*report), "a replaced");
  EXPECT_EQ(report->pipelines[0].detail, "it is paused");
  EXPECT_EQ(view("a").state, PipelineState::paused);
  EXPECT_EQ(view("a").starts, 1U);
  resume("a");
  ASSERT_TRUE(wait_for("a", PipelineState::running));
}

TEST_F(ReloadTest, ARenamedOneWaitsForWhatItHad) {
  PipelineConfiguration before = endless("before");
  before.writes = {{"/srv/out", "'/srv/out'", false}};
  script("before").sink.stalled = true;
  start({before, endless("other")});
  ASSERT_TRUE(wait_until([&] { return script("before").sink.stall_felt.load(); }));
  ASSERT_TRUE(wait_for("other", PipelineState::running));
  PipelineConfiguration after = endless("after");
  after.writes = before.writes;
  configure({after, endless("other", "2")});
  std::shared_ptr<const ReloadReport> report;
  manager_->reload([&](std::shared_ptr<const ReloadReport> given) { report = std::move(given); });
  // Who needs nothing of it does not wait.
  ASSERT_TRUE(wait_until([&] { return view("other").starts == 2U; }));
  EXPECT_EQ(script("after").runs, 0);
  script("before").sink.stalled = false;
  ASSERT_TRUE(wait_until([&] { return report != nullptr; }));
  EXPECT_EQ(actions(*report), "after added, before removed, other replaced");
}

TEST_F(ReloadTest, WhatAnotherOneHasIsSaid) {
  PipelineConfiguration a = endless("a");
  a.reads = {{"stdin", "standard input", false}};
  start({a});
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  PipelineConfiguration b = endless("b");
  b.reads = a.reads;
  // No reading of files gives this; it may come about when one is rolled back.
  configure({a, b});
  const auto report = reload();
  EXPECT_EQ(actions(*report), "a unchanged, b failed");
  EXPECT_EQ(report->pipelines[1].detail, "standard input is in use by pipeline 'a'");
}

TEST_F(ReloadTest, WhatOthersMayShareIsInNobodysWay) {
  PipelineConfiguration a = endless("a");
  a.writes = {{"parts", "'/srv'", true}};
  PipelineConfiguration b = endless("b");
  b.writes = a.writes;
  start({a, b});
  EXPECT_TRUE(wait_for("a", PipelineState::running));
  EXPECT_TRUE(wait_for("b", PipelineState::running));
}

TEST_F(ReloadTest, ThoseThatComeMeanwhileShareTheNextOne) {
  start({endless("a")});
  configure({endless("a")});
  std::vector<std::shared_ptr<const ReloadReport>> reports;
  for (int i = 0; i < 5; ++i)
    manager_->reload(
        [&](std::shared_ptr<const ReloadReport> report) { reports.push_back(std::move(report)); });
  ASSERT_TRUE(wait_until([&] { return reports.size() == 5; }));
  EXPECT_EQ(loads_, 2);
  EXPECT_NE(reports[0], reports[1]);
  EXPECT_EQ(reports[1], reports[4]);
}

TEST_F(ReloadTest, AFileSystemThatHangsDoesNotHoldItUp) {
  settings_.load_timeout = 20ms;
  std::mutex mutex;
  std::condition_variable changed;
  bool released = false;
  before_loading_ = [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return released; });
  };
  start({endless("a")});
  configure({endless("a"), endless("b")});
  EXPECT_THAT(reload()->refused_because,
              HasSubstr("the configuration cannot be read: it could not be read within 20ms"));
  EXPECT_THAT(reload()->refused_because, HasSubstr("is still being read since an earlier reload"));
  ASSERT_TRUE(wait_until([&] { return loads_ == 1; }));
  {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
  }
  // What it reads now was answered long ago. On a busy machine the next reading takes its time, too.
  std::shared_ptr<const ReloadReport> report;
  do {
    EXPECT_FALSE(loads_ == 1 && manager_->pipeline("b"));
    control_.run_one_for(1ms);
    report = reload();
  } while (report->refused_because.find("is still being read") != std::string::npos ||
           report->refused_because.find("could not be read within") != std::string::npos);
  EXPECT_EQ(actions(*report), "a unchanged, b added");
}

TEST_F(ReloadTest, AReadingThatThrowsIsAnAnswer) {
  start({endless("a")});
  before_loading_ = [] { throw std::runtime_error("out of luck"); };
  EXPECT_EQ(reload()->refused_because, "the configuration cannot be read: out of luck");
  before_loading_ = nullptr;
  configure({endless("a")});
  EXPECT_TRUE(reload()->accepted);
}

TEST_F(ReloadTest, DaemonSettingsThatNeedARestartAreNamedUntilThen) {
  LogLevel level = LogLevel::info;
  settings_.on_settings = [&level](const DaemonSettings& daemon) { level = daemon.log.level; };
  start({endless("a")});
  daemon_.threads = 3;
  daemon_.shutdown_timeout = 5s;
  daemon_.log.level = LogLevel::error;
  configure({endless("a")});
  EXPECT_THAT(reload()->needs_restart, ElementsAre("threads"));
  EXPECT_EQ(manager_->daemon().shutdown_timeout, 5s);
  EXPECT_EQ(level, LogLevel::error);
  EXPECT_THAT(reload()->needs_restart, ElementsAre("threads"));
  daemon_.threads = 2;
  configure({endless("a")});
  EXPECT_THAT(reload()->needs_restart, IsEmpty());
}

TEST_F(ReloadTest, ShutDownEndsTheOneUnderWay) {
  start({endless("a")});
  ASSERT_TRUE(wait_for("a", PipelineState::running));
  script("down").source.fail_opens = 1'000'000'000;
  configure({pipeline("a", "2", "down"), endless("added")});
  bool answered = false;
  manager_->reload([&](const std::shared_ptr<const ReloadReport>&) { answered = true; });
  ASSERT_TRUE(wait_until([&] { return script("down").runs == 1; }));
  shut_down();
  EXPECT_TRUE(wait_until([&] { return answered; }));
  EXPECT_EQ(view("a").state, PipelineState::stopped);
}

TEST_F(ReloadTest, ShutDownWhileFilesAreRead) {
  start({endless("a")});
  configure({endless("a"), endless("b")});
  bool answered = false;
  manager_->reload([&](const std::shared_ptr<const ReloadReport>& report) {
    EXPECT_EQ(report->refused_because, "the daemon is stopping");
    answered = true;
  });
  shut_down();
  EXPECT_TRUE(wait_until([&] { return answered; }));
  EXPECT_EQ(script("b").runs, 0);
}

}  // namespace
}  // namespace hiveframe::daemon::test
