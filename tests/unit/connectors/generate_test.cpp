#include <gmock/gmock.h>
#include <set>
#include <thread>

#include "config/option_table.hpp"
#include "connectors/generate/generate_source.hpp"
#include "connectors/generate/pace.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using connectors::generate::Clocks;
using connectors::generate::GenerateSource;
using connectors::generate::Pace;
using connectors::generate::record_seed;
using connectors::generate::Settings;
using connectors::generate::source_options;
using ::testing::ElementsAre;

constexpr pipeline::ReadLimits limits{65536, 1000, 65536};

std::shared_ptr<const Settings> settings(const std::string& yaml) {
  return std::make_shared<const Settings>(settings_from(source_options(), yaml).value());
}

Clocks fixed_time() {
  Clocks clocks;
  clocks.system = [] { return std::chrono::system_clock::time_point(std::chrono::seconds(1767225600)); };
  return clocks;
}

struct Generated {
  std::vector<std::string> records;
  std::vector<std::string> positions;
  std::vector<std::string> refused;
};

Generated generate(const std::shared_ptr<const Settings>& settings,
                   std::optional<std::string> from = std::nullopt, pipeline::ReadLimits each = limits) {
  GenerateSource source(settings, fixed_time());
  run(source.open({}));
  pipeline::LaneEvent event = run(source.next());
  const auto lane = std::move(std::get<pipeline::LaneOpened>(event).lane);
  run(lane->seek(from));
  const auto encoder = codec::find_format("ndjson")->encoder();
  Generated all;
  for (bool more = true; more;) {
    const pipeline::ReadBatch batch = run(lane->read(each));
    for (record::Record record : batch.storage->records) {
      all.positions.push_back(lane->position_of(*batch.storage, record));
      record::Draft draft(*batch.storage, record, batch.storage->arena);
      std::string_view text;
      record::DataError error;
      record.changed = true;
      EXPECT_TRUE(encoder->encode(draft, batch.storage->arena, text, error)) << error.message;
      all.records.emplace_back(text);
    }
    for (const pipeline::RefusedRecord& each_refused : batch.refused)
      all.refused.push_back(each_refused.place + ": " + each_refused.error.message);
    more = !batch.end_of_lane;
  }
  return all;
}

TEST(Generate, FillsInTheTemplateAndKeepsTypes) {
  const auto made = generate(settings(R"(
count: 2
template:
  id: "{{ meta.sequence }}"
  text: "id-{{ meta.sequence }}"
  quoted: "17"
  number: 17
  hex: 0x1F
  real: 1.10
  exact: 12345678901234567890123
  yes: true
  nothing:
  list: [1, "{{ meta.sequence + 1 }}", {deep: "{{ [meta.sequence] }}"}]
  at: "{{ now }}"
  literal: "{{{{ not }}"
)"));
  EXPECT_THAT(
      made.records,
      ElementsAre(R"({"id":0,"text":"id-0","quoted":"17","number":17,"hex":31,"real":1.1,)"
                  R"("exact":12345678901234567890123,"yes":true,"nothing":null,"list":[1,1,{"deep":[0]}],)"
                  R"("at":"2026-01-01T00:00:00Z","literal":"{{ not }}"})",
                  R"({"id":1,"text":"id-1","quoted":"17","number":17,"hex":31,"real":1.1,)"
                  R"("exact":12345678901234567890123,"yes":true,"nothing":null,"list":[1,2,{"deep":[1]}],)"
                  R"("at":"2026-01-01T00:00:00Z","literal":"{{ not }}"})"));
}

// In every way in which YAML writes a number.
TEST(Generate, NumbersLoseNoDigits) {
  const auto made = generate(settings(R"(
count: 1
template:
  - +123456789012345678901
  - 000123456789012345678901
  - -000123456789012345678901
  - +9007199254740993.0
  - .12345678901234567890123
  - -.5
  - +.5
  - 5.
  - 1.e3
  - 12345678901234567890123.
  - 007
  - -0
  - +0
  - 00
  - -00
  - +0.0
  - 1e400
  - +1E-400
  - +18446744073709551615
  - -9223372036854775808
  - 0xFFFFFFFFFFFFFFFF
  - 0o17
)"));
  EXPECT_THAT(made.records,
              ElementsAre("[123456789012345678901,123456789012345678901,-123456789012345678901,"
                          "9007199254740993.0,0.12345678901234567890123,-0.5,0.5,5.0,1000.0,"
                          "12345678901234567890123.0,7,-0.0,0,0,-0.0,0.0,1e400,1E-400,"
                          "18446744073709551615,-9223372036854775808,18446744073709551615,15]"));
}

TEST(Generate, UuidsAreOfTheSeed) {
  const std::string ids = "count: 3\ntemplate: {id: \"{{ uuid() }}\", other: \"{{ uuid() }}\"}\nseed: ";
  const auto one = generate(settings(ids + "7"));
  EXPECT_EQ(one.records, generate(settings(ids + "7"), std::nullopt, {1, 1, 1}).records);
  EXPECT_NE(one.records, generate(settings(ids + "8")).records);
  EXPECT_NE(one.records.at(0), one.records.at(1));
}

TEST(Generate, TheSameSeedGivesTheSameBytes) {
  const auto one = generate(settings("count: 1000\nseed: 7"));
  EXPECT_EQ(one.records, generate(settings("count: 1000\nseed: 7"), std::nullopt, {1, 1, 1}).records);
  EXPECT_NE(one.records, generate(settings("count: 1000\nseed: 8")).records);
  EXPECT_EQ(std::set(one.records.begin(), one.records.end()).size(), 1000U);
}

TEST(Generate, GoesOnAtEveryRecord) {
  const auto made = generate(settings("count: 50"));
  ASSERT_EQ(made.positions.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto rest = generate(settings("count: 50"), made.positions[i]);
    EXPECT_EQ(rest.records,
              std::vector(made.records.begin() + static_cast<std::ptrdiff_t>(i), made.records.end()));
  }
  EXPECT_TRUE(generate(settings("count: 50"), "50").records.empty());
  EXPECT_TRUE(generate(settings("count: 0")).records.empty());
  EXPECT_EQ(
      thrown_by([] { generate(settings("count: 1"), "1/x"); }),
      "Fatal: cannot go on generating: the stored position is not one of generate; run with --from-start");
}

TEST(Generate, ARecordWhoseExpressionFailsIsRefusedInItsPlace) {
  const auto made = generate(settings("count: 3\ntemplate: \"{{ 10 / (meta.sequence - 1) }}\""));
  EXPECT_THAT(made.records, ElementsAre("-10", "10"));
  ASSERT_EQ(made.refused.size(), 1U);
  EXPECT_THAT(made.refused[0], ::testing::StartsWith("generate record 1: "));
}

TEST(Generate, SeedsOfRecordsAreSplitMix64) {
  // The reference: https://prng.di.unimi.it/splitmix64.c with the state 1234567.
  EXPECT_EQ(record_seed(1234567, 0), 6457827717110365317U >> 1);
  EXPECT_EQ(record_seed(1234567, 1), 3203168211198807973U >> 1);
  EXPECT_EQ(record_seed(1234567, 2), 9817491932198370423U >> 1);
}

TEST(Generate, WithoutACountItGoesOnUntilCancelled) {
  GenerateSource source(settings("rate: 0.001"), {});
  EXPECT_FALSE(source.traits().keeps_position);
  pipeline::LaneEvent event = run(source.next());
  const auto lane = std::move(std::get<pipeline::LaneOpened>(event).lane);
  run(lane->seek(std::nullopt));
  EXPECT_EQ(run(lane->read(limits)).storage->records.size(), 1U);
  boost::asio::io_context context;
  auto read = boost::asio::co_spawn(context, lane->read(limits), boost::asio::use_future);
  std::thread waiting([&] { context.run(); });  // for a thousand seconds, were it not cancelled
  source.cancel();
  waiting.join();
  const pipeline::ReadBatch batch = read.get();
  EXPECT_TRUE(batch.storage->records.empty());
  EXPECT_FALSE(batch.end_of_lane);
}

TEST(Generate, WrongTemplatesAreShownWhereTheyStand) {
  std::string problems;
  settings_from(source_options(), "template: {a: \"{{ lenght(meta.x) }}\", \"{{ b }}\": 1, c: .inf}\n", "/",
                &problems);
  EXPECT_THAT(problems, ::testing::HasSubstr("p.yaml:1:19: error: unknown function 'lenght'"));
  EXPECT_THAT(problems, ::testing::HasSubstr("the name of a member cannot be a template"));
  EXPECT_THAT(problems, ::testing::HasSubstr("a record cannot hold the number '.inf'"));
  EXPECT_THAT(problems, ::testing::HasSubstr("3 errors in 1 file"));
}

TEST(Generate, NamesThatATemplateDoesNotKnowAreNoFieldsOfARecord) {
  std::string problems;
  settings_from(source_options(), "template: {a: \"{{ foo }}\", b: \"{{ recrd.x }}\"}\n", "/", &problems);
  EXPECT_THAT(problems, ::testing::HasSubstr("p.yaml:1:19: error: unknown variable 'foo'"));
  EXPECT_THAT(problems, ::testing::HasSubstr("p.yaml:1:35: error: unknown variable 'recrd'"));
  EXPECT_THAT(problems, ::testing::Not(::testing::HasSubstr("record")));
  const std::string hint = "= an expression here is made of meta.sequence, meta.seed and now";
  EXPECT_NE(problems.find(hint), problems.rfind(hint)) << "of both\n" << problems;
}

TEST(Pace, GivesWhatIsDueAndMakesUpForASecondAtMost) {
  using std::chrono::milliseconds;
  const Pace::Clock::time_point begin{};
  Pace pace(100.0, begin);
  EXPECT_EQ(pace.take(begin, 1000), 1U) << "the first one at once";
  EXPECT_EQ(pace.take(begin, 1000), 0U);
  EXPECT_EQ(pace.next(), begin + milliseconds(10));
  EXPECT_EQ(pace.take(begin + milliseconds(9), 1000), 0U);
  EXPECT_EQ(pace.take(begin + milliseconds(10), 1000), 1U);
  EXPECT_EQ(pace.take(begin + milliseconds(100), 4), 4U);
  EXPECT_EQ(pace.take(begin + milliseconds(100), 1000), 5U);
  EXPECT_EQ(pace.take(begin + std::chrono::hours(1), 100000), 100U);
  EXPECT_EQ(pace.take(begin + std::chrono::hours(1), 100000), 0U);
  EXPECT_EQ(pace.take(begin + std::chrono::hours(1) + milliseconds(20), 100000), 2U);
}

TEST(Pace, NeverWakesTooEarlyAtAnyRate) {
  for (const double rate : {0.001, 0.3, 1.0, 3.0, 7.7, 333.0, 1e6}) {
    Pace pace(rate, {});
    Pace::Clock::time_point now{};
    for (int i = 0; i < 200; ++i) {
      EXPECT_GE(pace.take(now, 1), 1U) << rate << " at " << i;
      EXPECT_GE(pace.next(), now);
      now = pace.next();
    }
    const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
    EXPECT_NEAR(seconds, 200 / rate, 1e-6 * 200 / rate + 1e-6);
  }
}

}  // namespace
}  // namespace hiveframe::testing
