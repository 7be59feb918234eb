// What a tap is shown of a batch on its way through a chain.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "tests/unit/pipeline/runtime/exec/splitting.hpp"
#include "tests/unit/pipeline/runtime/exec/worker_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShownTest : public WorkerTest {
 protected:
  ShownTest() {
    chain_.tap = tap_;
    add_route("ndjson", "has(record.was) || has(record.a)");
    add_route("ndjson", "false");
  }

  const std::shared_ptr<Tap> tap_ = std::make_shared<Tap>();
  std::shared_ptr<Tap::Viewer> viewer_ = tap_->look(100, [] {});
};

TEST_F(ShownTest, EachStepOfARecord) {
  add_stage();
  add_stage();
  const Processed out = process({R"({"a":1})", R"({"drop":1})", R"({"bad":"x"})", "{"});
  const auto samples = viewer_->take();
  ASSERT_EQ(samples.size(), 4u);

  const TapSample& kept = *samples[0];
  EXPECT_EQ(kept.before.record, R"({"a":1})");
  ASSERT_EQ(kept.steps.size(), 2u);
  EXPECT_EQ(kept.steps[0].stage, "transforms[0] replace");
  EXPECT_EQ(kept.steps[0].after.record, R"({"was":{"a":1}})");
  EXPECT_TRUE(kept.steps[0].changed);
  EXPECT_EQ(kept.steps[1].after.record, R"({"was":{"was":{"a":1}}})");
  EXPECT_THAT(kept.sinks, ElementsAre("sinks[0]"));
  EXPECT_EQ(kept.fate, TapSample::Fate::kept);

  EXPECT_EQ(samples[1]->fate, TapSample::Fate::dropped);
  ASSERT_EQ(samples[1]->steps.size(), 1u) << "the second stage never saw it";
  EXPECT_EQ(samples[1]->steps[0].fate, TapSample::Fate::dropped);
  EXPECT_THAT(samples[1]->sinks, IsEmpty());

  EXPECT_EQ(samples[2]->fate, TapSample::Fate::rejected);
  EXPECT_EQ(samples[2]->failed_stage, "transforms[0] replace");
  EXPECT_EQ(samples[2]->error, "it is bad");

  EXPECT_EQ(samples[3]->failed_stage, "decode");
  EXPECT_EQ(samples[3]->before.unshown, "it cannot be decoded");
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"was":{"was":{"a":1}}})")) << "looking changes nothing";
  EXPECT_EQ(out.filtered, 1u);
  EXPECT_EQ(out.bad.size(), 2u);
}

TEST_F(ShownTest, OfASplitRecordTheFirstPart) {
  chain_.stages.push_back({"transforms[0] split", std::make_shared<Split>("a")});
  add_stage();
  const Processed out = process({R"({"a":[7,8]})", R"({"a":[]})", R"({"a":[7,null]})"});
  const auto samples = viewer_->take();
  ASSERT_EQ(samples.size(), 3u);
  ASSERT_EQ(samples[0]->steps.size(), 2u) << "of one part";
  EXPECT_EQ(samples[0]->steps[0].parts, 2u);
  EXPECT_EQ(samples[0]->steps[0].after.record, R"({"n":0,"a":7})");
  EXPECT_EQ(samples[0]->steps[1].after.record, R"({"was":{"n":0,"a":7}})");
  EXPECT_THAT(samples[0]->sinks, ElementsAre("sinks[0]"));
  EXPECT_EQ(samples[0]->fate, TapSample::Fate::kept);
  EXPECT_EQ(samples[1]->steps[0].fate, TapSample::Fate::dropped);
  EXPECT_EQ(samples[1]->fate, TapSample::Fate::dropped);
  EXPECT_EQ(samples[2]->fate, TapSample::Fate::rejected);
  EXPECT_EQ(samples[2]->error, "it is null");
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"was":{"n":0,"a":7}})", R"({"was":{"n":1,"a":8}})"));
}

TEST_F(ShownTest, WhatIsTooLongIsNot) {
  process({R"({"a":")" + std::string(Tap::longest, 'x') + R"("})", R"({"a":2})"});
  const auto samples = viewer_->take();
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0]->before.record, "");
  EXPECT_EQ(samples[0]->before.unshown, "longer than 64 KiB");
  EXPECT_THAT(samples[0]->sinks, ElementsAre("sinks[0]"));
  EXPECT_EQ(samples[1]->before.record, R"({"a":2})");
}

TEST_F(ShownTest, ARecordOfSeveralLinesStandsOnOne) {
  process({"{\n\t\"a\": \"\\n\"\r\n}"});
  const auto samples = viewer_->take();
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0]->before.record, R"({"a":"\n"})");
}

TEST_F(ShownTest, NothingWhereNobodyLooks) {
  viewer_.reset();
  EXPECT_THAT(encoded(process({R"({"a":1})"}), 0), ElementsAre(R"({"a":1})"));
}

}  // namespace
}  // namespace hiveframe::runtime::test
