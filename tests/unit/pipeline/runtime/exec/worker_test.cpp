// One batch on its way through a chain, by real formats, expressions and templates.

#include "pipeline/runtime/exec/worker.hpp"

#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/codec/record_reader.hpp"
#include "pipeline/expr/environment.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/expr/template.hpp"

namespace hiveframe::runtime::test {
namespace {

using record::DataError;
using record::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A storage of undecoded records.
std::unique_ptr<record::Storage> json_batch(const std::vector<std::string>& texts) {
  auto storage = std::make_unique<record::Storage>();
  storage->format = "json";
  std::size_t size = 0;
  for (const std::string& text : texts)
    size += text.size() + 1;
  record::Buffer& buffer = storage->add(record::Buffer(size));
  std::size_t at = 0;
  for (const std::string& text : texts) {
    std::memcpy(buffer.data() + at, text.data(), text.size());
    record::Record record;
    record.original = {buffer.data() + at, text.size()};
    storage->records.push_back(record);
    at += text.size();
    buffer.data()[at++] = '\n';
  }
  return storage;
}

/// What a source of lines makes of a text.
std::unique_ptr<record::Storage> lines_batch(std::string_view text, std::size_t limit = SIZE_MAX) {
  class Whole final : public codec::ByteStream {
   public:
    explicit Whole(std::string_view text) : text_(text) {}
    std::size_t read(std::span<char> room) override {
      const std::size_t size = std::min(room.size(), text_.size());
      std::memcpy(room.data(), text_.data(), size);
      text_.remove_prefix(size);
      return size;
    }

   private:
    std::string_view text_;
  };
  Whole stream(text);
  codec::RecordReader reader(*codec::find_format("text"), {});
  auto storage = reader.read(stream).storage;
  if (storage->records.size() > limit) storage->records.resize(limit);
  return storage;
}

std::shared_ptr<const expr::Program> condition(const std::string& text) {
  std::vector<expr::Problem> problems;
  const auto program = expr::Program::compile(config::LocatedText(text), problems);
  EXPECT_TRUE(program) << text;
  return std::make_shared<expr::Program>(*program);
}

/// Sets the value to one of its own; fails where `bad` is.
class Replace final : public pipeline::Transform {
 public:
  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext&,
                          record::DataError& error) const override {
    const Value* bad = draft.value().find("bad");
    if (bad != nullptr) {
      error = {DataError::Type::value, "it is bad"};
      return pipeline::Verdict::reject;
    }
    if (draft.value().find("drop") != nullptr) return pipeline::Verdict::drop;
    const auto members = draft.arena().array<record::Member>(1);
    members[0] = {"was", draft.value()};
    draft.replace(Value::object(members));
    return pipeline::Verdict::keep;
  }
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() { chain_.source_format = codec::find_format("ndjson"); }

  Route& add_route(const char* format, const std::string& when = "") {
    Route route;
    route.name = "sinks[" + std::to_string(chain_.routes.size()) + "]";
    if (format != nullptr) route.format = codec::find_format(format);
    if (!when.empty()) route.when = condition(when);
    chain_.routes.push_back(std::move(route));
    return chain_.routes.back();
  }
  void add_template(Route& route, const std::string& text) {
    std::vector<expr::Problem> problems;
    const auto made = expr::Template::compile(config::LocatedText(text), problems);
    ASSERT_TRUE(made);
    templates_.push_back(std::make_unique<expr::Template>(*made));
    route.computed.push_back(templates_.back().get());
  }
  void add_stage() { chain_.stages.push_back({"transforms[0] replace", std::make_shared<Replace>()}); }

  Processed process(const std::vector<std::string>& texts) { return process(json_batch(texts)); }
  Processed process(std::unique_ptr<record::Storage> storage) {
    if (!worker_) worker_ = std::make_unique<Worker>(std::make_shared<Chain>(std::move(chain_)));
    return worker_->process(std::move(storage));
  }
  static std::vector<std::string> encoded(const Processed& processed, std::size_t route) {
    const record::Slice slice(processed.storage, processed.selections[route]);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < slice.size(); ++i)
      texts.emplace_back(slice.encoded(i));
    return texts;
  }

  std::vector<std::unique_ptr<expr::Template>> templates_;
  Chain chain_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(WorkerTest, WhatNobodyChangesPassesAsItCame) {
  add_route("ndjson");
  const Processed out = process({R"({ "a" : 1.10 })", "[1,2]", "null"});
  EXPECT_THAT(encoded(out, 0), ElementsAre(R"({ "a" : 1.10 })", "[1,2]", "null"));
  EXPECT_EQ(out.read, 3u);
  EXPECT_EQ(out.filtered, 0u);
  const record::Slice slice(out.storage, out.selections[0]);
  EXPECT_EQ(slice.encoded(0).data(), slice[0].original.data()) << "the very bytes, not a copy";
}

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

/// Makes a record of each item of `field`, if that is a list; a text there cannot be split.
class Split final : public pipeline::Transform {
 public:
  explicit Split(std::string field) : field_(std::move(field)) {}

  pipeline::Verdict apply(record::Draft& draft, pipeline::TransformContext& context,
                          record::DataError&) const override {
    const Value* list = draft.value().find(field_);
    if (list == nullptr || !list->is(record::Kind::list)) return pipeline::Verdict::keep;
    if (list->items().empty()) return pipeline::Verdict::drop;
    context.parts = list->items().size();
    return pipeline::Verdict::split;
  }
  [[nodiscard]] bool splits() const noexcept override { return true; }
  bool part(const Value& whole, std::size_t number, record::Arena& arena, Value& made,
            DataError& error) const override {
    const Value item = whole.find(field_)->items()[number];
    if (item.is_null()) {
      error = {DataError::Type::value, "it is null"};
      return false;
    }
    const auto members = arena.array<record::Member>(2);
    members[0] = {"n", Value::int64(static_cast<std::int64_t>(number))};
    members[1] = {field_, item};
    made = Value::object(members);
    return true;
  }

 private:
  std::string field_;
};

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
