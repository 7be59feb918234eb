#include <gmock/gmock.h>

#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

using testing::HasSubstr;

std::size_t passed(const std::string& yaml, std::size_t count, const std::string& fields = "") {
  const std::optional<std::vector<Step>> steps = read(yaml);
  EXPECT_TRUE(steps);
  std::size_t passed = 0;
  for (std::size_t i = 0; steps && i < count; ++i) {
    Sample sample("{'id': " + std::to_string(i) + fields + "}");
    pipeline::TransformContext context{sample.inputs()};
    record::DataError error;
    if ((*steps)[0].transform->apply(sample.draft(), context, error) == Verdict::keep) ++passed;
  }
  return passed;
}

TEST(Sampling, PassesTheShareAsked) {
  EXPECT_EQ(passed("- sample: 0\n", 500), 0U);
  EXPECT_EQ(passed("- sample: 1\n", 500), 500U);
  // Five standard deviations of a fair draw; the draw is fixed, so that this cannot fail by chance.
  const std::size_t some = passed("- sample: 0.1\n", 10'000);
  EXPECT_GT(some, 850U);
  EXPECT_LT(some, 1150U);
}

TEST(Sampling, TheSameRecordAlwaysFaresTheSame) {
  for (const char* record : {"{'id': 1}", "{'id': 2}", "{'id': 3}", "{'id': 4}", "{'id': 5}"})
    EXPECT_EQ(after("- sample: 0.5\n", record), after("- sample: 0.5\n", record));
}

TEST(Sampling, KeepsTogetherWhatBelongsTogether) {
  for (const char* customer : {"'a'", "'b'", "'c'", "'d'", "'e'", "'f'"}) {
    const std::string field = std::string(", 'customer': ") + customer;
    const std::size_t some = passed("- sample: {rate: 0.5, by: record.customer}\n", 50, field);
    EXPECT_TRUE(some == 0 || some == 50) << some;
  }
  EXPECT_THAT(after("- sample: {rate: 0.5, by: record.a + 1}\n", "{}"), HasSubstr("expression: "));
  EXPECT_THAT(after("- sample: {rate: 0.5, by: double('NaN')}\n", "{}"),
              HasSubstr("value: cannot sample by"));
}

TEST(Sampling, RefusesWhatIsNoShare) {
  EXPECT_THAT(problems_of("- sample: 10\n"), HasSubstr("t.yaml:1:11: error: "));
  EXPECT_THAT(problems_of("- sample: {by: record.a}\n"), HasSubstr("rate"));
}

}  // namespace
}  // namespace hiveframe::transform
