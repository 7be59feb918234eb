// One batch on its way through a chain, by real formats, expressions and templates.

#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/expr/environment.hpp"
#include "tests/unit/pipeline/runtime/exec/worker_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using record::DataError;
using record::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(WorkerTest, WhatNobodyChangesPassesAsItCame) {
  add_route("ndjson");
  const Processed out = process({R"({ "a" : 1.10 })", "[1,2]", "null"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({ "a" : 1.10 })", "[1,2]", "null"));
  EXPECT_EQ(out.read, 3u);
  EXPECT_EQ(out.filtered, 0u);
  const record::Slice slice(out.storage, out.selections[0]);
  EXPECT_EQ(slice.encoded(0).data(), slice[0].original.data()) << "the very bytes, not a copy";
}

TEST_F(WorkerTest, RecordsThatCannotBeDecodedAreBadAndTheOthersPass) {
  add_route("ndjson");
  const Processed out = process({R"({"a":1})", R"({"a":)", "\"\xff\"", R"({"a":1,"a":2})", "7"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"a":1})", "7"));
  ASSERT_EQ(out.bad.size(), 3u);
  EXPECT_EQ(out.bad[0].record, 1u);
  EXPECT_EQ(out.bad[0].stage, "decode");
  EXPECT_EQ(out.bad[0].error.type, DataError::Type::syntax);
  EXPECT_EQ(out.bad[1].error.type, DataError::Type::encoding);
  EXPECT_EQ(out.bad[2].record, 3u);
  EXPECT_EQ(out.bad[2].error.type, DataError::Type::duplicate_key);
  EXPECT_EQ(out.read, 5u);
}

TEST_F(WorkerTest, AStageDropsOrRejectsAndLeavesTheOriginal) {
  add_route("ndjson");
  add_stage();
  const Processed out = process({R"({"a":1})", R"({"drop":1})", R"({"bad":1})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"was":{"a":1}})"));
  EXPECT_EQ(out.filtered, 1u);
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].stage, "transforms[0] replace");
  EXPECT_EQ(out.bad[0].error.message, "it is bad");
  EXPECT_EQ(out.storage->records[out.bad[0].record].original, R"({"bad":1})");
}

TEST_F(WorkerTest, WhenDecidesWhichSinkTakesARecord) {
  add_route("ndjson", "record.n < 10");
  add_route("ndjson", "record.n % 2 == 0");
  const Processed out = process({R"({"n":1})", R"({"n":12})", R"({"n":13})", R"({"n":4})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"n":1})", R"({"n":4})"));
  EXPECT_THAT(encoded(out, 1), ElementsAre(R"({"n":12})", R"({"n":4})"));
  EXPECT_EQ(out.filtered, 1u) << "13 is taken by none";
}

TEST_F(WorkerTest, AWhenThatFailsMakesTheRecordBadForAllSinks) {
  add_route("ndjson");
  add_route("ndjson", "record.n / 0 == 1");
  const Processed out = process({R"({"n":1})"});
  EXPECT_THAT(encoded(out, 0), IsEmpty());
  EXPECT_THAT(encoded(out, 1), IsEmpty());
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].stage, "sinks[1] when");
  EXPECT_EQ(out.bad[0].error.type, DataError::Type::expression);
  EXPECT_THAT(out.bad[0].error.message, HasSubstr("division by zero"));
}

TEST_F(WorkerTest, AWhenThatIsNoConditionForARecordMakesItBad) {
  add_route("ndjson", "record.flag");
  const Processed out = process({R"({"flag":true})", R"({"flag":"yes"})", R"({})"});
  EXPECT_EQ(encoded(out, 0).size(), 1u);
  EXPECT_EQ(out.bad.size(), 2u);
}

TEST_F(WorkerTest, WhatASinksFormatCannotHoldIsBad) {
  add_route("text");
  const Processed out = process({R"("line")", R"({"a":1})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre("line"));
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].stage, "sinks[0] encode");
  EXPECT_EQ(out.bad[0].record, 1u);
}

TEST_F(WorkerTest, SinksOfOneFormatShareTheBytes) {
  add_route("ndjson", "record.was.n == 1");
  add_route("ndjson");
  add_route("ndjson");
  add_stage();
  // Long enough to stay where they are.
  const std::string fill(5000, 'x');
  const Processed out = process({R"({"n":1,"fill":")" + fill + "\"}", R"({"n":2,"fill":")" + fill + "\"}"});
  const record::Slice second(out.storage, out.selections[1]);
  const record::Slice third(out.storage, out.selections[2]);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(second.encoded(i).data(), third.encoded(i).data());
    EXPECT_EQ(second.encoded(i).size(), third.encoded(i).size());
  }
  const record::Slice first(out.storage, out.selections[0]);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first.encoded(0).data(), second.encoded(0).data());
}

TEST_F(WorkerTest, SinksThatTakeTreesGetThemAndThoseThatTakeBytesGetBytes) {
  add_route(nullptr);
  add_route("ndjson");
  add_stage();
  const Processed out = process({R"({"a":"text \u20ac"})", R"({"a":2})"});
  EXPECT_THAT(encoded(out, 1), ElementsAre("{\"was\":{\"a\":\"text \xE2\x82\xAC\"}}", R"({"was":{"a":2}})"));
  const record::Slice trees(out.storage, out.selections[0]);
  ASSERT_EQ(trees.size(), 2u);
  EXPECT_TRUE(out.selections[0]->encoded.empty());
  EXPECT_TRUE(trees[0].tree);
  EXPECT_EQ(trees[0].value.find("was")->find("a")->text(), "text \xE2\x82\xAC");
  EXPECT_EQ(trees[1].value.find("was")->find("a")->as_int64(), 2);
}

TEST_F(WorkerTest, WithoutSinksOfTreesNoneIsKept) {
  add_route("ndjson");
  add_stage();
  const Processed out = process({R"({"a":1})"});
  EXPECT_FALSE(out.storage->records[0].tree) << "its memory is used for the next record";
}

TEST_F(WorkerTest, RecordsThatComeAsTreesNeedNoFormat) {
  chain_.source_format = nullptr;
  add_route("ndjson");
  auto storage = std::make_unique<record::Storage>();
  record::Record record;
  record.value = Value::int64(7);
  record.tree = true;
  storage->records.push_back(record);
  EXPECT_THAT(encoded(process(std::move(storage)), 0), ElementsAre("7"));
}

TEST_F(WorkerTest, NumbersThatJsonCannotHoldAreBad) {
  chain_.source_format = nullptr;
  add_route("ndjson");
  auto storage = std::make_unique<record::Storage>();
  for (const double number : {1.5, std::numeric_limits<double>::quiet_NaN()}) {
    record::Record record;
    record.value = Value::float64(number);
    record.tree = true;
    storage->records.push_back(record);
  }
  const Processed out = process(std::move(storage));
  EXPECT_THAT(encoded(out, 0), ElementsAre("1.5"));
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].record, 1u);
}

TEST_F(WorkerTest, TemplatesAreSettledForEachRecordAndRoute) {
  Route& first = add_route("ndjson", "record.n != 2");
  add_template(first, "orders-{{ record.n }}");
  add_template(first, "{{ record.c }}/x");
  Route& second = add_route("ndjson");
  add_template(second, "{{ record.c }}");
  const Processed out = process({R"({"n":1,"c":"NL"})", R"({"n":2,"c":"DE"})", R"({"n":3,"c":"FR"})"});
  const record::Slice slice(out.storage, out.selections[0]);
  ASSERT_EQ(slice.size(), 2u);
  EXPECT_EQ(slice.computed(0, 0), "orders-1");
  EXPECT_EQ(slice.computed(0, 1), "NL/x");
  EXPECT_EQ(slice.computed(1, 0), "orders-3");
  EXPECT_EQ(slice.computed(1, 1), "FR/x");
  EXPECT_EQ(record::Slice(out.storage, out.selections[1]).computed(1, 0), "DE");
}

TEST_F(WorkerTest, ATemplateWithoutAValueMakesTheRecordBad) {
  add_template(add_route("ndjson"), "orders-{{ record.country }}");
  const Processed out = process({R"({"country":"NL"})", R"({})"});
  EXPECT_EQ(encoded(out, 0).size(), 1u);
  EXPECT_EQ(out.selections[0]->computed.size(), 1u);
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].stage, "sinks[0]");
  EXPECT_EQ(out.bad[0].error.type, DataError::Type::expression);
}

TEST_F(WorkerTest, ARecordWhoseTreeIsTooLargeIsRefused) {
  chain_.max_tree_bytes = 1000;
  add_route("ndjson");
  std::string many = "[0";
  for (int i = 0; i < 1000; ++i)
    many += ",0";
  const Processed out = process({"[0]", many + "]", "[1]"});
  EXPECT_THAT(encoded(out, 0), ElementsAre("[0]", "[1]"));
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].error.type, DataError::Type::length);
  EXPECT_THAT(out.bad[0].error.message, HasSubstr("memory_limit"));
}

TEST_F(WorkerTest, ExpressionsSeeTheEnvironmentOfTheRun) {
  chain_.environment = expr::environment_of({{"REGION", "eu"}, {"EMPTY", ""}}, chain_.environment_text);
  add_route("ndjson", "record.region == env.REGION && env.EMPTY == ''");
  const Processed out = process({R"({"region":"eu"})", R"({"region":"us"})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"region":"eu"})"));
}

TEST_F(WorkerTest, AWorkerIsUsedAgainAndAgain) {
  add_route("ndjson");
  add_stage();
  std::vector<Processed> kept;
  for (int i = 0; i < 50; ++i) {
    const std::string large(static_cast<std::size_t>(i) * 20000, 'x');
    kept.push_back(process({R"({"a":)" + std::to_string(i) + R"(,"b":")" + large + R"("})", R"({"bad":1})"}));
  }
  for (int i = 0; i < 50; ++i) {
    const std::string large(static_cast<std::size_t>(i) * 20000, 'x');
    EXPECT_THAT(encoded(kept[static_cast<std::size_t>(i)], 0),
                ElementsAre(R"({"was":{"a":)" + std::to_string(i) + R"(,"b":")" + large + R"("}})"));
  }
}

TEST_F(WorkerTest, ABatchWithoutRecordsOrSinksIsFine) {
  const Processed out = process(std::vector<std::string>{});
  EXPECT_EQ(out.read, 0u);
  EXPECT_EQ(process({"1", "2"}).filtered, 2u);
}

TEST_F(WorkerTest, ABatchThatBecomesTooLargeIsCutAndTheRestIsAsItCame) {
  add_stage();
  add_route("ndjson");
  chain_.max_batch_bytes = 100'000;
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i)
    texts.push_back("{\"id\":" + std::to_string(i) + ",\"s\":\"" + std::string(1000, 'x') + "\"}");
  std::vector<std::string> found;
  int parts = 0;
  for (std::unique_ptr<record::Storage> storage = json_batch(texts); storage; ++parts) {
    const std::size_t before = storage->records.size();
    Processed processed = process(std::move(storage));
    EXPECT_LT(processed.storage->arena.footprint(), 1'000'000u);
    const std::size_t rest = processed.rest ? processed.rest->records.size() : 0;
    EXPECT_EQ(processed.read + rest, before);
    for (std::string& each : encoded(processed, 0))
      found.push_back(std::move(each));
    storage = std::move(processed.rest);
  }
  EXPECT_GT(parts, 3);
  ASSERT_EQ(found.size(), texts.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_EQ(found[i], "{\"was\":" + texts[i] + "}");
}

TEST_F(WorkerTest, TheRestOfACutBatchKeepsItsPlaces) {
  add_stage();
  add_route("ndjson");
  chain_.max_batch_bytes = 1;
  Processed processed = process(lines_batch("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n"));
  ASSERT_TRUE(processed.rest);
  const record::Storage& rest = *processed.rest;
  ASSERT_EQ(processed.read + rest.records.size(), 4u);
  const auto line = rest.meta(rest.records.front(), "line");
  const auto offset = rest.meta(rest.records.front(), "offset");
  ASSERT_TRUE(line && offset);
  EXPECT_EQ(line->as_uint64(), processed.read + 1);
  EXPECT_EQ(offset->as_uint64(), processed.read * 8);
}

TEST_F(WorkerTest, EvenABatchWithoutAnyRoomGoesOnByOneRecord) {
  class NoRoom final : public record::Charge {
   public:
    void resize(std::size_t) override {}
    bool try_resize(std::size_t) override { return false; }
  };
  add_stage();
  add_route("ndjson");
  chain_.max_batch_bytes = SIZE_MAX;
  std::unique_ptr<record::Storage> storage = json_batch({"{\"a\":1}", "{\"a\":2}"});
  storage->charge_to(std::make_unique<NoRoom>());
  Processed first = process(std::move(storage));
  EXPECT_THAT(encoded(first, 0), ElementsAre(R"({"was":{"a":1}})"));
  ASSERT_TRUE(first.rest);
  Processed second = process(std::move(first.rest));
  EXPECT_THAT(encoded(second, 0), ElementsAre(R"({"was":{"a":2}})"));
  EXPECT_FALSE(second.rest);
}

}  // namespace
}  // namespace hiveframe::runtime::test
