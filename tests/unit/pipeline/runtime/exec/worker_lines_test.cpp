// Batches of lines that nobody looks into: they pass as one run of memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/pipeline/runtime/exec/worker_fixture.hpp"

namespace hiveframe::runtime::test {
namespace {

using record::DataError;
using ::testing::ElementsAre;

class LinesTest : public WorkerTest {
 protected:
  LinesTest() {
    chain_.source_format = codec::find_format("text");
    add_route("text");
  }
  static std::string runs(const Processed& processed) {
    std::string joined;
    for (const std::string_view run : record::Slice(processed.storage, processed.selections[0]).runs())
      joined += run;
    return joined;
  }
};

TEST_F(LinesTest, ThatNobodyLooksIntoPassAsOneRun) {
  const std::string text = "one\n\nd\xC3\xA9j\xC3\xA0\nfour\n";
  const Processed out = process(lines_batch(text));
  EXPECT_THAT(encoded(out, 0), ElementsAre("one", "", "d\xC3\xA9j\xC3\xA0", "four"));
  EXPECT_EQ(runs(out), text);
  EXPECT_EQ(out.selections[0]->runs.size(), 1u);
  EXPECT_EQ(out.selections[0]->bytes, text.size() - 4) << "without the ends of lines";
  EXPECT_EQ(out.read, 4u);
  EXPECT_EQ(out.filtered, 0u);
  const record::Slice middle = record::Slice(out.storage, out.selections[0]).part(2, 4);
  EXPECT_EQ(middle.encoded(1), "four");
  EXPECT_EQ(middle.bytes(), std::string_view("d\xC3\xA9j\xC3\xA0"
                                             "four")
                                .size());
  EXPECT_TRUE(middle.runs().empty());
}

TEST_F(LinesTest, TheLastOneMayEndWithoutAnEndOfLine) {
  const Processed out = process(lines_batch("one"));
  EXPECT_THAT(encoded(out, 0), ElementsAre("one"));
  EXPECT_EQ(runs(out), "") << "the byte behind the last one is not an end of line";
}

TEST_F(LinesTest, ABadOneAmongThemIsFound) {
  const Processed out = process(lines_batch("one\ntw\xFF\nthree\n"));
  EXPECT_THAT(encoded(out, 0), ElementsAre("one", "three"));
  ASSERT_EQ(out.bad.size(), 1u);
  EXPECT_EQ(out.bad[0].record, 1u);
  EXPECT_EQ(out.bad[0].error.type, DataError::Type::encoding);
}

TEST_F(LinesTest, WhatALimitedRunLeavesDoesNotPass) {
  const Processed out = process(lines_batch("one\ntwo\nthree\n", 2));
  EXPECT_THAT(encoded(out, 0), ElementsAre("one", "two"));
}

TEST_F(LinesTest, EndsOfLinesThatAreNotOursAreReplaced) {
  const Processed out = process(lines_batch("one\r\ntwo\r\n"));
  EXPECT_THAT(encoded(out, 0), ElementsAre("one", "two"));
  EXPECT_EQ(runs(out), "");
}

TEST_F(LinesTest, ATransformSeesEachOfThem) {
  add_stage();
  const Processed out = process(lines_batch("one\ntwo\n"));
  EXPECT_EQ(out.bad.size(), 2u) << "an object is no line of text";
  EXPECT_EQ(out.bad[0].stage, "sinks[0] encode");
}

TEST_F(LinesTest, ThatPassAsOneRunCanBeLookedAt) {
  const auto tap = std::make_shared<Tap>();
  chain_.tap = tap;
  const auto viewer = tap->look(100, [] {});
  const Processed out = process(lines_batch("one\ntwo\n"));
  const auto samples = viewer->take();
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[1]->before.record, R"("two")");
  EXPECT_THAT(encoded(out, 0), ElementsAre("one", "two"));
}

}  // namespace
}  // namespace hiveframe::runtime::test
