#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class Fields : public testing::TestWithParam<Case> {
 protected:
  Fields() {
    sample_.set_env("{'HOME': '/root', 'N': {'x': 1}}");
    sample_.set_state("{'cursor': 17}");
    sample_.set_key("{'id': 5}");
    sample_.set_meta({"op", "before"}, {Value::string("update"), sample_.value_of("{'a': {'b': 2}}")});
    sample_.storage().read_at = std::chrono::system_clock::time_point(std::chrono::milliseconds(-1500));
  }
  Sample sample_{
      "{'a': {'b': {'c': 1}, 'n': null, 'x y': 2, 'x.y': 3}, 'n': null, 's': 'text', 'empty': {},"
      " 'items': [{'p': 1}, {'q': 2}, null, 'z'], 'in': 4, 'for': 5}"};
};

TEST_P(Fields, AreFoundOrNull) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    OfTheRecord, Fields,
    testing::Values(Case{"record.a.b.c", "1"}, Case{"record['a']['b']['c']", "1"},
                    Case{"record.a['x y']", "2"}, Case{"record.a.`x.y`", "3"},
                    Case{"record['a'].b['c']", "1"}, Case{"record.in", "4"}, Case{"record.for", "5"},
                    Case{"record.a.n", "null"}, Case{"record.missing", "null"},
                    Case{"record.missing.deeper.still", "null"}, Case{"record.n.below", "null"},
                    Case{"record.s.below", "null"}, Case{"record.empty.x", "null"},
                    Case{"record.empty", "{}"}, Case{".record.s", "'text'"}, Case{"(record).s", "'text'"},
                    Case{"(record.a).b.c", "1"}, Case{"record[record.s == 'text' ? 'n' : 's']", "null"},
                    Case{"record['mis' + 'sing']", "null"}, Case{"record[record.s]", "null"},
                    Case{"record.missing[record.s]", "null"},
                    Case{"(record.s == 'x' ? record.a : record.missing).q.r", "null"},
                    Case{"record\n  .a\n  .b // here\n  .c", "1"}));

INSTANTIATE_TEST_SUITE_P(
    OfLists, Fields,
    testing::Values(Case{"record.items[0].p", "1"}, Case{"record.items[0].missing", "null"},
                    Case{"record.items[2].p", "null"}, Case{"record.items[3].p", "null"},
                    Case{"record.items[1u].q", "2"}, Case{"record.items[1.0].q", "2"},
                    Case{"record.items[3]", "'z'"}, Case{"record.missing[0]", "null"},
                    Case{"record.missing[0].x", "null"}, Case{"[1, 2, 3][1]", "2"},
                    Case{"record.items[4]", "error: index 4 is out of range of a list of 4 at column 13"},
                    Case{"record.items[-1]", "error: index -1 is out of range of a list of 4 at column 13"},
                    Case{"record.items[0.5]", "error: no such operation: list[double] at column 13"},
                    Case{"record.items['p']", "null"},
                    Case{"[1][0 + 1]", "error: index 1 is out of range of a list of 1 at column 4"},
                    Case{"record.s[0]", "error: no such operation: string[int] at column 9"},
                    Case{"record.a[0]", "error: no such operation: map[int] at column 9"},
                    Case{"[1][18446744073709551615u]",
                         "error: index 18446744073709551615 is out of range of a list of 1 at column 4"}));

// CEL's own rule where the expression made the map: no such key is an error.
INSTANTIATE_TEST_SUITE_P(
    OfMaps, Fields,
    testing::Values(Case{"{'a': 1}.a", "1"}, Case{"{'a': 1}['a']", "1"}, Case{"{'a': {'b': 2}}.a.b", "2"},
                    Case{"{'a': 1}.b", "error: no such key: 'b' at column 10"},
                    Case{"{'a': 1}['b']", "error: no such key: 'b' at column 9"},
                    Case{"{'a': null}.a.b", "error: no such operation: null.b at column 15"},
                    Case{"{'a': record}.a.missing", "error: no such key: 'missing' at column 17"},
                    Case{"{'a': 1}[record.s]", "error: no such key: 'text' at column 9"},
                    Case{"{record.s: 1}.text", "1"}, Case{"{record.in: 1}", "{'4': 1}"},
                    Case{"{record.s: 1, record.s: 2}",
                         "error: the key 'text' stands twice in one map at column 1"}));

INSTANTIATE_TEST_SUITE_P(
    OfOtherVariables, Fields,
    testing::Values(Case{"key.id", "5"}, Case{"key.missing.x", "null"}, Case{"key", "{'id': 5}"},
                    Case{"meta.op", "'update'"}, Case{"meta.before.a.b", "2"}, Case{"meta.missing", "null"},
                    Case{"meta.op.x", "null"}, Case{"meta", "{'op': 'update', 'before': {'a': {'b': 2}}}"},
                    Case{"env.HOME", "'/root'"}, Case{"env['HOME']", "'/root'"}, Case{"env.N.x", "1"},
                    Case{"env.MISSING", "error: no such key: 'MISSING' at column 5"},
                    Case{"state.cursor", "17"},
                    Case{"state.other", "error: no such key: 'other' at column 7"},
                    Case{"now", "ts(1969-12-31T23:59:58.500Z)"}, Case{"now.getSeconds()", "58"}));

INSTANTIATE_TEST_SUITE_P(
    Has, Fields,
    testing::Values(Case{"has(record.a)", "true"}, Case{"has(record.n)", "true"},
                    Case{"has(record.a.n)", "true"}, Case{"has(record.missing)", "false"},
                    Case{"has(record.missing.x)", "false"}, Case{"has(record.n.x)", "false"},
                    Case{"has(record.s.x)", "false"}, Case{"has(record['a'])", "true"},
                    Case{"has(record['x.y'])", "false"}, Case{"has(record.a['x.y'])", "true"},
                    Case{"has(record.items[0].p)", "true"}, Case{"has(record.items[1].p)", "false"},
                    Case{"has(record.items[2].p)", "false"},
                    Case{"has(record.items[9].p)",
                         "error: index 9 is out of range of a list of 4 at column 17"},
                    Case{"has({'a': null}.a)", "true"}, Case{"has({'a': 1}.b)", "false"},
                    Case{"has({'a': 1}.a.b)", "error: no such operation: int.b at column 16"},
                    Case{"has(key.id)", "true"}, Case{"has(meta.op)", "true"}, Case{"has(meta.x)", "false"},
                    Case{"has(env.HOME)", "true"}, Case{"has(env.X)", "false"},
                    Case{"has(state.cursor) ? state.cursor : 0", "17"},
                    Case{"has(record.a) && record.a.b.c == 1", "true"}));

TEST(FieldsOfNothing, AreNullOrErrors) {
  Sample sample;
  EXPECT_EQ(sample("key"), "null");
  EXPECT_EQ(sample("key.x"), "null");
  EXPECT_EQ(sample("has(key.x)"), "false");
  EXPECT_EQ(sample("meta"), "{}");
  EXPECT_EQ(sample("meta.op"), "null");
  EXPECT_EQ(sample("env"), "{}");
  EXPECT_EQ(sample("env.X"), "error: no such key: 'X' at column 5");
  EXPECT_EQ(sample("state"), "{}");
  EXPECT_EQ(sample("record"), "{}");
}

TEST(FieldsOfARecordThatIsNoObject, AreAbsent) {
  Sample sample("[1, 2]");
  EXPECT_EQ(sample("record.x"), "null");
  EXPECT_EQ(sample("record[1]"), "2");
  EXPECT_EQ(sample("has(record.x)"), "false");
  Sample text("'abc'");
  EXPECT_EQ(text("record"), "'abc'");
  EXPECT_EQ(text("record.size()"), "3");
}

// What a decoder offers: a filter must not ask for the whole tree.
class CountingTree final : public record::LazyTree {
 public:
  Value build(record::Arena&) override {
    ++built;
    return Value::object(members_);
  }
  std::optional<Value> find(std::span<const std::string_view> path, record::Arena&) override {
    ++looked_up;
    const Value* found = path.size() == 1 ? Value::object(members_).find(path[0]) : nullptr;
    return found != nullptr ? std::optional(*found) : std::nullopt;
  }
  int built = 0;
  int looked_up = 0;

 private:
  record::Member members_[2] = {{"status", Value::string("paid")}, {"amount", Value::int64(200)}};
};

TEST(PathsIntoAnUnbuiltRecord, BuildNoTree) {
  record::Storage storage;
  storage.records.resize(1);
  record::Draft draft(storage, storage.records[0], storage.arena);
  CountingTree tree;
  draft.decoded_by(&tree);
  std::vector<Problem> problems;
  const auto program = Program::compile(
      config::LocatedText("record.status == 'paid' && record['amount'] > 100 && !has(record.note)"),
      problems);
  ASSERT_TRUE(program);
  bool holds = false;
  Failure failure;
  ASSERT_TRUE(program->test(draft, Inputs{}, holds, failure)) << failure.message;
  EXPECT_TRUE(holds);
  EXPECT_EQ(tree.built, 0);
  EXPECT_EQ(tree.looked_up, 3);
  EXPECT_FALSE(storage.records[0].tree);
}

TEST(PathsInsideAMacro, AreLookedUpOnce) {
  record::Storage storage;
  storage.records.resize(1);
  record::Draft draft(storage, storage.records[0], storage.arena);
  CountingTree tree;
  draft.decoded_by(&tree);
  std::vector<Problem> problems;
  const auto program = Program::compile(
      config::LocatedText("[1, 2, 3].map(x, x * record.amount) + [4].map(y, y + record.amount)"), problems);
  ASSERT_TRUE(program);
  Value value;
  Failure failure;
  ASSERT_TRUE(program->evaluate(draft, Inputs{}, value, failure)) << failure.message;
  EXPECT_EQ(show(value), "[200, 400, 600, 204]");
  EXPECT_EQ(tree.looked_up, 1);
}

TEST(Conditions, AreTrueOrFalseAndNothingElse) {
  Sample sample("{'n': null, 'one': 1, 'yes': true}");
  const auto test = [&](std::string_view text) -> std::string {
    std::vector<Problem> problems;
    const auto program = Program::compile(config::LocatedText(std::string(text)), problems);
    bool holds = false;
    Failure failure;
    if (!program.value().test(sample.draft(), sample.inputs(), holds, failure)) return failure.message;
    return holds ? "true" : "false";
  };
  EXPECT_EQ(test("record.yes"), "true");
  EXPECT_EQ(test("!record.yes"), "false");
  EXPECT_EQ(test("record.n"),
            "a condition needs true or false, not null at column 1; record.n is null or absent, try record.n "
            "== true");
  EXPECT_EQ(test("record.absent"),
            "a condition needs true or false, not null at column 1; record.absent is null or absent, try "
            "record.absent == true");
  EXPECT_EQ(test("record.one"), "a condition needs true or false, not 1 at column 1");
  EXPECT_EQ(test("record.one / 0 > 1"), "division by zero at column 12");
}

}  // namespace
}  // namespace hiveframe::expr
