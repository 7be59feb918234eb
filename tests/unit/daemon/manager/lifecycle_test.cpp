#include "daemon/manager/lifecycle.hpp"

#include <gtest/gtest.h>

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using runtime::State;
using Wish = Lifecycle::Wish;

const Lifecycle::Clock::time_point noon{1000h};

class LifecycleTest : public testing::Test {
 protected:
  static RestartSettings settings() {
    RestartSettings settings;
    settings.backoff = {.base_delay = 1s, .max_delay = 1min, .exponential_base = 2.0, .jitter = false};
    return settings;
  }
  // Up and running.
  void run() {
    ASSERT_TRUE(life_.should_start(noon));
    life_.started();
  }
  // Told to stop, as the lifecycle asks for.
  void stop(State comes_to) {
    ASSERT_TRUE(life_.should_stop());
    life_.stopping();
    ASSERT_FALSE(life_.should_stop());
    ASSERT_EQ(life_.state(State::running), PipelineState::draining);
    life_.ended(comes_to, noon, noon);
  }
  PipelineState state() const { return life_.state(State::running); }

  Lifecycle life_{Restart::on_failure, settings(), [] { return 0.0; }};
};

TEST_F(LifecycleTest, RunsAtFirst) {
  EXPECT_EQ(state(), PipelineState::starting);
  run();
  EXPECT_FALSE(life_.should_start(noon));
  EXPECT_FALSE(life_.should_stop());
  EXPECT_EQ(life_.state(State::starting), PipelineState::starting);
  EXPECT_EQ(life_.state(State::running), PipelineState::running);
  EXPECT_EQ(life_.state(State::degraded), PipelineState::degraded);
}

TEST_F(LifecycleTest, AFinishedOneStaysFinished) {
  run();
  life_.ended(State::finished, noon, noon);
  EXPECT_EQ(state(), PipelineState::finished);
  EXPECT_FALSE(life_.should_start(noon + 24h));
  life_.start_over();
  EXPECT_TRUE(life_.should_start(noon));
}

TEST_F(LifecycleTest, AFailedOneIsStartedAgainInAWhile) {
  run();
  life_.ended(State::failed, std::nullopt, noon);
  EXPECT_EQ(state(), PipelineState::backing_off);
  EXPECT_EQ(life_.retry_at(), noon + 1s);
  EXPECT_FALSE(life_.should_start(noon + 999ms));
  EXPECT_TRUE(life_.starts_by_itself());
  ASSERT_TRUE(life_.should_start(noon + 1s));
  life_.started();
  EXPECT_EQ(life_.retry_at(), std::nullopt);
  life_.ended(State::failed, std::nullopt, noon);
  EXPECT_EQ(life_.retry_at(), noon + 2s);
}

TEST_F(LifecycleTest, WhatCannotBeStartedIsTriedAgainInAWhile) {
  life_.not_started(noon);
  EXPECT_EQ(life_.retry_at(), noon + 1s);
  life_.not_started(noon);
  EXPECT_EQ(life_.retry_at(), noon + 2s);
}

TEST_F(LifecycleTest, ByItsPolicyAFailedOneStaysFailed) {
  Lifecycle life(Restart::never, settings(), [] { return 0.0; });
  life.started();
  life.ended(State::failed, std::nullopt, noon);
  EXPECT_EQ(life.state(State::failed), PipelineState::failed);
  EXPECT_FALSE(life.should_start(noon + 24h));
  life.start_over();
  EXPECT_TRUE(life.should_start(noon));
}

TEST_F(LifecycleTest, PauseDrainsAndHolds) {
  run();
  life_.wish(Wish::pause);
  stop(State::stopped);
  EXPECT_EQ(state(), PipelineState::paused);
  EXPECT_FALSE(life_.should_start(noon + 24h));
  life_.wish(Wish::run);
  EXPECT_TRUE(life_.should_start(noon));
}

TEST_F(LifecycleTest, OneThatCouldNotDrainIsPausedAllTheSame) {
  run();
  life_.wish(Wish::pause);
  stop(State::failed);
  EXPECT_EQ(state(), PipelineState::paused);
  EXPECT_EQ(life_.retry_at(), std::nullopt);
}

TEST_F(LifecycleTest, OneThatFinishedWhileItWasToldToPauseHasFinished) {
  run();
  life_.wish(Wish::pause);
  stop(State::finished);
  EXPECT_EQ(state(), PipelineState::finished);
}

TEST_F(LifecycleTest, PausedWhileItBacksOff) {
  run();
  life_.ended(State::failed, std::nullopt, noon);
  life_.wish(Wish::pause);
  EXPECT_EQ(state(), PipelineState::paused);
  EXPECT_FALSE(life_.should_start(noon + 24h));
  life_.wish(Wish::run);
  EXPECT_TRUE(life_.should_start(noon));
  EXPECT_FALSE(life_.starts_by_itself());
}

TEST_F(LifecycleTest, ResumedWhileItDrainsItRunsAgain) {
  run();
  life_.wish(Wish::pause);
  ASSERT_TRUE(life_.should_stop());
  life_.stopping();
  life_.wish(Wish::run);
  EXPECT_FALSE(life_.should_stop());
  life_.ended(State::stopped, noon, noon);
  EXPECT_TRUE(life_.should_start(noon));
}

TEST_F(LifecycleTest, RestartDrainsAndStarts) {
  run();
  life_.start_over();
  stop(State::stopped);
  EXPECT_TRUE(life_.should_start(noon));
  run();
  EXPECT_FALSE(life_.should_stop());
}

TEST_F(LifecycleTest, ARestartOfOneThatFinishesMeanwhileIsARestart) {
  run();
  life_.start_over();
  stop(State::finished);
  EXPECT_TRUE(life_.should_start(noon));
}

TEST_F(LifecycleTest, PausedAfterARestartItDoesNotStart) {
  run();
  life_.start_over();
  ASSERT_TRUE(life_.should_stop());
  life_.stopping();
  life_.wish(Wish::pause);
  life_.ended(State::finished, noon, noon);
  EXPECT_FALSE(life_.should_start(noon));
  EXPECT_EQ(state(), PipelineState::finished);
}

TEST_F(LifecycleTest, HeldItDrainsAndStaysAsItWasWished) {
  run();
  life_.hold();
  stop(State::stopped);
  EXPECT_FALSE(life_.should_start(noon + 24h));
  life_.release(Restart::on_failure);
  EXPECT_TRUE(life_.should_start(noon));

  run();
  life_.wish(Wish::pause);
  stop(State::stopped);
  life_.hold();
  life_.release(Restart::on_failure);
  EXPECT_FALSE(life_.should_start(noon));
  EXPECT_EQ(state(), PipelineState::paused);
}

TEST_F(LifecycleTest, WhatFailedUnderItsOldConfigurationIsANewOne) {
  run();
  life_.ended(State::failed, std::nullopt, noon);
  life_.hold();
  EXPECT_EQ(life_.retry_at(), std::nullopt);
  EXPECT_FALSE(life_.should_start(noon + 24h));
  life_.release(Restart::never);
  EXPECT_TRUE(life_.should_start(noon));
  run();
  life_.ended(State::failed, std::nullopt, noon);
  EXPECT_EQ(state(), PipelineState::failed);
}

TEST_F(LifecycleTest, OneWhoseReaderWentAwayHasStopped) {
  run();
  life_.ended(State::stopped, noon, noon);
  EXPECT_EQ(state(), PipelineState::stopped);
  EXPECT_FALSE(life_.should_start(noon + 24h));
}

TEST_F(LifecycleTest, EndedButNotHeardOf) {
  run();
  EXPECT_EQ(life_.state(State::failed), PipelineState::draining);
  EXPECT_EQ(life_.state(State::finished), PipelineState::draining);
}

TEST_F(LifecycleTest, SetAsideItDrainsAndGoesOnWhereItStood) {
  run();
  life_.set_aside();
  stop(State::stopped);
  EXPECT_FALSE(life_.should_start(noon));
  EXPECT_TRUE(life_.aside());
  life_.take_up();
  EXPECT_TRUE(life_.should_start(noon));
}

TEST_F(LifecycleTest, SetAsideWhatHasEndedStaysThat) {
  run();
  life_.ended(State::finished, noon, noon);
  life_.set_aside();
  life_.errand_started();
  EXPECT_EQ(state(), PipelineState::running);
  EXPECT_FALSE(life_.should_stop());
  life_.errand_ended();
  EXPECT_EQ(state(), PipelineState::finished);
  life_.take_up();
  EXPECT_FALSE(life_.should_start(noon + 24h));
}

TEST_F(LifecycleTest, SetAsideABackoffWaitsUntilItIsTakenUp) {
  run();
  life_.ended(State::failed, std::nullopt, noon);
  life_.set_aside();
  EXPECT_FALSE(life_.retry_at()) << "a timer would find nothing to do, for ever";
  EXPECT_FALSE(life_.should_start(noon + 1h));
  life_.errand_started();
  life_.errand_ended();
  life_.take_up();
  EXPECT_EQ(life_.retry_at(), noon + 1s);
  EXPECT_TRUE(life_.should_start(noon + 1s));
}

TEST_F(LifecycleTest, AnErrandEndsWhenItsOperatorWantsSomethingElse) {
  const auto begin = [this] {
    life_.set_aside();
    life_.errand_started();
    EXPECT_FALSE(life_.should_stop());
  };
  const auto end = [this] {
    ASSERT_TRUE(life_.should_stop());
    life_.stopping();
    EXPECT_EQ(state(), PipelineState::draining);
    life_.errand_ended();
    life_.take_up();
  };
  begin();
  life_.wish(Wish::pause);
  end();
  EXPECT_EQ(state(), PipelineState::paused);
  life_.wish(Wish::run);
  begin();
  life_.hold();
  end();
  EXPECT_FALSE(life_.should_start(noon));
  life_.release(Restart::on_failure);
  begin();
  life_.start_over();
  end();
  EXPECT_TRUE(life_.should_start(noon));
  run();
  EXPECT_FALSE(life_.should_stop()) << "it is started over once";
}

}  // namespace
}  // namespace hiveframe::daemon
