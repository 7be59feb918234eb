// A sink that is added to a pipeline which goes on gets only what is read from then on, and that is said.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/runtime/exec/log_capture.hpp"
#include "tests/unit/pipeline/runtime/exec/pipeline_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class NewSinksTest : public PipelineTest {
 protected:
  NewSinksTest() {
    source_.endless = true;
    spec_.sinks[0].display = "first";
  }

  void add(const std::string& display) {
    add_sink(other_);
    spec_.sinks.back().display = display;
  }
  void run_a_while() {
    source_.records_per_lane += 100;
    source_.committed = 0;
    const Status status = run([this](Pipeline& pipeline) {
      await(
          [&] { return source_.committed == source_.records_per_lane || is_final(pipeline.status().state); });
      pipeline.stop();
    });
    ASSERT_EQ(status.state, State::stopped) << status.reason;
  }
  std::vector<std::string> lines() {
    run_a_while();
    std::vector<std::string> lines = log_.lines();
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(seen_));
    seen_ += lines.size();
    return lines;
  }

  LogCapture log_;
  SinkScript other_;
  std::size_t seen_ = 0;
};

TEST_F(NewSinksTest, IsToldOnce) {
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  add("second");
  EXPECT_THAT(lines(), Contains("[test] sinks[1]: second is new and gets only what is read from now on; to "
                                "send it everything, run once with --from-start"));
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
}

TEST_F(NewSinksTest, ThatWasAwayForARunIsNewAgain) {
  add("second");
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  const SinkSpec second = spec_.sinks.back();
  spec_.sinks.pop_back();
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  spec_.sinks.push_back(second);
  EXPECT_THAT(lines(), Contains(HasSubstr("second is new")));
}

TEST_F(NewSinksTest, NobodyIsNewInAnotherPlaceOrFromTheStart) {
  add("second");
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  std::swap(spec_.sinks[0], spec_.sinks[1]);
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  add("third");
  options_.from_start = true;
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new"))));
  options_.from_start = false;
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("is new")))) << "it has got everything";
}

}  // namespace
}  // namespace hiveframe::runtime::test
