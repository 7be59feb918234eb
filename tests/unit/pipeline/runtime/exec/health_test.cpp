#include "pipeline/runtime/exec/health.hpp"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class HealthTest : public ::testing::Test {
 public:
  ~HealthTest() override { spdlog::set_default_logger(before_); }

 protected:
  HealthTest() : before_(spdlog::default_logger()) {
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log_);
    sink->set_pattern("%v");
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    std::istringstream text(log_.str());
    for (std::string line; std::getline(text, line);)
      lines.push_back(line);
    return lines;
  }

  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> before_;
  Health health_{"orders"};
};

TEST_F(HealthTest, IsWellAtFirst) {
  EXPECT_FALSE(health_.degraded());
  EXPECT_EQ(health_.reason(), "");
}

TEST_F(HealthTest, SaysOnceThatATroubleBeganAndOnceThatItEnded) {
  health_.trouble("sink", "cannot write to db: refused");
  health_.trouble("sink", "cannot write to db: refused");
  health_.trouble("sink", "cannot write to db: timed out");
  EXPECT_TRUE(health_.degraded());
  EXPECT_EQ(health_.reason(), "sink: cannot write to db: timed out") << "the newest counts";
  health_.recovered("sink");
  health_.recovered("sink");
  EXPECT_FALSE(health_.degraded());
  EXPECT_THAT(lines(), ElementsAre("[orders] sink: cannot write to db: refused; trying again until it works",
                                   "[orders] sink: works again after 3 failed attempts"));
}

TEST_F(HealthTest, SaysHowLongItIsTriedIfThatIsLimited) {
  Health patient("orders", std::chrono::minutes(2));
  patient.trouble("sink", "x");
  EXPECT_THAT(lines(), ElementsAre("[orders] sink: x; trying again for up to 2m"));
}

TEST_F(HealthTest, IsDegradedAsLongAsAnyPartIs) {
  health_.trouble("sinks[0]", "a");
  health_.trouble("sinks[1]", "b");
  health_.recovered("sinks[0]");
  EXPECT_TRUE(health_.degraded());
  EXPECT_EQ(health_.reason(), "sinks[1]: b");
  health_.recovered("sinks[1]");
  EXPECT_FALSE(health_.degraded());
}

TEST_F(HealthTest, ATroubleThatComesBackIsANewOne) {
  health_.trouble("sink", "x");
  health_.recovered("sink");
  health_.trouble("sink", "y");
  EXPECT_THAT(lines(), ElementsAre(HasSubstr("x"), HasSubstr("1 failed attempt"), HasSubstr("y")));
}

TEST_F(HealthTest, WhatNobodyTriesAnyMoreIsForgottenWithoutAWord) {
  health_.trouble("source, lane-3", "x");
  health_.trouble("sink", "y");
  health_.forget("source, lane-3");
  health_.forget("source, lane-4");
  EXPECT_EQ(health_.reason(), "sink: y");
  health_.forget("sink");
  EXPECT_FALSE(health_.degraded());
  EXPECT_EQ(lines().size(), 2u) << "only that the troubles began";
}

}  // namespace
}  // namespace hiveframe::runtime::test
