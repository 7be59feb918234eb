// Records of which a stage makes several, on their way through a chain.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/pipeline/runtime/exec/splitting.hpp"
#include "tests/unit/pipeline/runtime/exec/worker_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using record::DataError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SplitTest : public WorkerTest {
 protected:
  SplitTest() { chain_.stages.push_back({"transforms[0] split", std::make_shared<Split>("l")}); }
  static std::vector<std::string> originals(const Processed& processed) {
    std::vector<std::string> texts;
    for (const record::Record& each : processed.storage->records)
      texts.emplace_back(each.original);
    return texts;
  }
};

TEST_F(SplitTest, ARecordBecomesSeveralInItsPlace) {
  add_route("ndjson");
  const std::string several = R"({"l":["a","b"]})";
  const Processed out = process({R"({"x":0})", several, R"({"l":[]})", R"({ "x":1})"});
  EXPECT_THAT(encoded(out, 0),
              ElementsAre(R"({"x":0})", R"({"n":0,"l":"a"})", R"({"n":1,"l":"b"})", R"({ "x":1})"));
  EXPECT_EQ(out.read, 4U);
  EXPECT_EQ(out.filtered, 1U) << "of which nothing came";
  EXPECT_THAT(out.numbers, ElementsAre(0, 1, 1, 3));
  EXPECT_THAT(originals(out), ElementsAre(R"({"x":0})", several, several, R"({ "x":1})"))
      << "a letter about a part holds what came in";
}

TEST_F(SplitTest, PartsAreSplitAgain) {
  chain_.stages.push_back({"transforms[1] split", std::make_shared<Split>("l")});
  add_route("ndjson");
  const Processed out = process({R"({"l":[[1,2],[],3]})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"n":0,"l":1})", R"({"n":1,"l":2})", R"({"n":2,"l":3})"));
  EXPECT_THAT(out.numbers, ElementsAre(0, 0, 0));
  EXPECT_EQ(out.filtered, 0U);
}

TEST_F(SplitTest, EachSinkTakesThePartsThatItWants) {
  add_route("ndjson", "record.n == 0");
  add_route("ndjson", "record.n == 2");
  add_route(nullptr);
  const Processed out = process({R"({"l":["a","b","c"]})", R"({"l":["d"]})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"n":0,"l":"a"})", R"({"n":0,"l":"d"})"));
  EXPECT_THAT(encoded(out, 1), ElementsAre(R"({"n":2,"l":"c"})"));
  const record::Slice trees(out.storage, out.selections[2]);
  ASSERT_EQ(trees.size(), 4U);
  EXPECT_EQ(trees[1].value.find("l")->text(), "b");
  EXPECT_EQ(trees[3].value.find("l")->text(), "d");
}

TEST_F(SplitTest, OfABadPartTheWholeRecordIsBad) {
  add_route("ndjson");
  add_route("ndjson", "record.n / (record.n - 1) < 100");
  add_template(add_route("ndjson"), "{{ record.n }}");
  // By the transform the second part of the second, and by a sink that of the third.
  const std::string no_part = R"({"l":["a",null]})";
  const std::string no_condition = R"({"l":["c","d"]})";
  const Processed out = process({R"({"l":["x"]})", no_part, no_condition, R"({"l":["y"]})"});
  for (std::size_t route = 0; route < 3; ++route)
    EXPECT_THAT(encoded(out, route), ElementsAre(R"({"n":0,"l":"x"})", R"({"n":0,"l":"y"})")) << route;
  EXPECT_EQ(out.selections[2]->computed.size(), 2U);
  ASSERT_EQ(out.bad.size(), 2U);
  EXPECT_EQ(out.bad[0].stage, "transforms[0] split");
  EXPECT_EQ(out.bad[0].error.message, "it is null");
  EXPECT_EQ(out.bad[1].stage, "sinks[1] when");
  EXPECT_THAT(originals(out), ElementsAre(R"({"l":["x"]})", no_part, no_condition, R"({"l":["y"]})"));
  EXPECT_EQ(out.bad[0].record, 1U);
  EXPECT_EQ(out.bad[1].record, 2U);
  EXPECT_EQ(out.filtered, 0U);
}

TEST_F(SplitTest, WhatIsTakenBackLeavesTheRunsWhole) {
  add_route("ndjson");
  const auto item = [](char c) { return "\"" + std::string(3000, c) + "\""; };
  const auto part = [&](int n, char c) {
    return "{\"n\":" + std::to_string(n) + ",\"l\":" + item(c) + "}\n";
  };
  const Processed out = process({"{\"l\":[" + item('a') + "," + item('b') + "]}",
                                 "{\"l\":[" + item('c') + "," + item('d') + ",null]}",
                                 "{\"l\":[" + item('e') + "]}", "{\"l\":[null]}"});
  std::string joined;
  for (const std::string_view run : record::Slice(out.storage, out.selections[0]).runs())
    joined += run;
  EXPECT_EQ(joined, part(0, 'a') + part(1, 'b') + part(0, 'e'));
  EXPECT_EQ(out.selections[0]->bytes, joined.size() - 3);
}

TEST_F(SplitTest, PlacesOfLinesAreKnownAfterwards) {
  chain_.source_format = codec::find_format("text");
  chain_.stages = {{"transforms[0] replace", std::make_shared<Replace>()},
                   {"transforms[1] split", std::make_shared<Split>("l")}};
  add_route("ndjson");
  const Processed out = process(lines_batch("one\ntwo\nthree\n"));
  ASSERT_EQ(out.storage->records.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(out.storage->meta(out.storage->records[i], "line")->as_uint64(), i + 1);
  EXPECT_FALSE(out.storage->all_in_lines());
}

TEST_F(SplitTest, ARecordThatComesToTooMuchIsRefused) {
  add_route("ndjson");
  chain_.max_tree_bytes = 200'000;
  std::string many = R"({"l":[1)";
  for (int i = 0; i < 3000; ++i)
    many += ",1";
  const Processed out = process({R"({"l":["a"]})", many + "]}", R"({"l":["b"]})"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"n":0,"l":"a"})", R"({"n":0,"l":"b"})"));
  ASSERT_EQ(out.bad.size(), 1U);
  EXPECT_EQ(out.bad[0].stage, "transforms[0] split");
  EXPECT_EQ(out.bad[0].error.type, DataError::Type::length);
  EXPECT_THAT(out.bad[0].error.message, HasSubstr("its 3001 parts need more memory"));
}

TEST_F(SplitTest, ABatchThatBecomesTooLargeIsCutBetweenRecords) {
  add_route("ndjson");
  chain_.max_batch_bytes = 100'000;
  std::vector<std::string> texts;
  for (int i = 0; i < 500; ++i)
    texts.push_back(R"({"l":[)" + std::to_string(i) + ",0,0,0,0,0,0,0,0,0]}");
  std::vector<std::string> found;
  std::uint64_t read = 0;
  int cuts = -1;
  for (std::unique_ptr<record::Storage> storage = json_batch(texts); storage; ++cuts) {
    Processed processed = process(std::move(storage));
    read += processed.read;
    EXPECT_EQ(processed.numbers.size(), processed.storage->records.size());
    EXPECT_EQ(processed.numbers.back(), processed.read - 1);
    for (std::string& each : encoded(processed, 0))
      found.push_back(std::move(each));
    storage = std::move(processed.rest);
  }
  EXPECT_GT(cuts, 2);
  EXPECT_EQ(read, 500U);
  ASSERT_EQ(found.size(), 5000U);
  for (std::size_t i = 0; i < 500; ++i)
    EXPECT_EQ(found[10 * i], R"({"n":0,"l":)" + std::to_string(i) + "}");
}

TEST_F(SplitTest, FewOfManyAreCopiedWithTheirNumbers) {
  add_route("ndjson", "record.l == 77");
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i)
    texts.push_back(R"({"fill":")" + std::string(2000, 'x') + R"(","l":[)" + std::to_string(i) + ",77]}");
  for (int i = 1; i < 100; ++i)
    texts[static_cast<std::size_t>(i)] = R"({"fill":")" + std::string(2000, 'x') + R"(","l":[0,1]})";
  texts[60] = R"({"l":[77,5,77]})";
  texts[0] = R"({"fill":")" + std::string(2000, 'x') + R"(","l":[0,1]})";
  const Processed out = process(texts);
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({"n":0,"l":77})", R"({"n":2,"l":77})"));
  EXPECT_EQ(out.storage->records.size(), 2U) << "the others are not kept alive";
  EXPECT_THAT(out.numbers, ElementsAre(60, 60));
  EXPECT_EQ(out.filtered, 99U);
}

/// Lets everything pass, at a rate.
class Paced final : public pipeline::Transform {
 public:
  pipeline::Verdict apply(record::Draft&, pipeline::TransformContext&, DataError&) const override {
    return pipeline::Verdict::keep;
  }
  [[nodiscard]] std::optional<double> records_per_second() const noexcept override { return 5; }
};

TEST_F(SplitTest, WhatPassesAStageWithARateIsCounted) {
  chain_.stages.insert(chain_.stages.begin(), {"transforms[0] paced", std::make_shared<Paced>()});
  chain_.stages.push_back({"transforms[2] replace", std::make_shared<Replace>()});
  chain_.stages.push_back({"transforms[3] paced", std::make_shared<Paced>()});
  add_route("ndjson");
  const Processed out = process({R"({"l":["a","b","c"]})", R"({"drop":1})", "{"});
  EXPECT_THAT(out.passed, ElementsAre(2, 3));
}

}  // namespace
}  // namespace hiveframe::runtime::test
