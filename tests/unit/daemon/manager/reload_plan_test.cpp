#include "daemon/manager/reload_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hiveframe::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

config::Secret said(const char* text) { return config::Secret(text); }

TEST(ReloadPlan, EachPipelineIsInOnePart) {
  const ReloadPlan plan =
      reload_plan({{"a", said("1")}, {"b", said("1")}, {"c", said("1")}, {"d", said("1")}},
                  {{"b", said("2")}, {"c", said("1")}, {"e", said("1")}, {"f", said("1")}});
  EXPECT_THAT(plan.unchanged, ElementsAre("c"));
  EXPECT_THAT(plan.changed, ElementsAre("b"));
  EXPECT_THAT(plan.added, ElementsAre("e", "f"));
  EXPECT_THAT(plan.removed, ElementsAre("a", "d"));
}

TEST(ReloadPlan, NothingAndEverything) {
  const Fingerprints all{{"a", said("1")}, {"b", said("2")}};
  EXPECT_THAT(reload_plan({}, all).added, ElementsAre("a", "b"));
  EXPECT_THAT(reload_plan(all, {}).removed, ElementsAre("a", "b"));
  EXPECT_THAT(reload_plan(all, all).unchanged, ElementsAre("a", "b"));
  EXPECT_THAT(reload_plan(all, all).changed, IsEmpty());
}

TEST(ReloadPlan, AnotherNameIsAnotherPipeline) {
  const ReloadPlan plan = reload_plan({{"a", said("1")}}, {{"A", said("1")}});
  EXPECT_THAT(plan.added, ElementsAre("A"));
  EXPECT_THAT(plan.removed, ElementsAre("a"));
}

}  // namespace
}  // namespace hiveframe::daemon
