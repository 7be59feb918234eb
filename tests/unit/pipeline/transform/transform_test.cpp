#include <gmock/gmock.h>

#include "config/reference.hpp"
#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Filter, KeepsDropsAndRejects) {
  const std::string paid = "- filter: record.status == 'paid'\n";
  EXPECT_EQ(after(paid, "{'status': 'paid'}"), "unchanged");
  EXPECT_EQ(after(paid, "{'status': 'open'}"), "dropped");
  EXPECT_EQ(after(paid, "{'status': null}"), "dropped");
  EXPECT_EQ(after(paid, "{'status': 1}"), "dropped");
  EXPECT_EQ(after(paid, "{}"), "dropped");
  EXPECT_EQ(after(paid, "[1]"), "dropped");
  EXPECT_EQ(after("- filter: record.a > 1\n", "{}"),
            "expression: no such operation: null > int at t.yaml:1:20; record.a is null or absent, try "
            "record.a != null && …");
  EXPECT_EQ(after("- filter: record.a\n", "{'a': null}"),
            "expression: a condition needs true or false, not null at t.yaml:1:11; record.a is null or "
            "absent, try record.a == true");
  EXPECT_EQ(after("- filter: record.a\n", "{'a': 'true'}"),
            "expression: a condition needs true or false, not 'true' at t.yaml:1:11");
  EXPECT_EQ(after("- filter: {condition: record.a}\n", "{'a': true}"), "unchanged");
}

TEST(Filter, SeesEnvironmentAndState) {
  Sample sample("{'a': 5}");
  sample.set_env("{'LIMIT': '4'}");
  sample.set_state("{'seen': 5}");
  EXPECT_EQ(after("- filter: record.a > int(env.LIMIT) && record.a == state.seen\n", sample), "unchanged");
}

TEST(Filter, RefusesWhatIsNoCondition) {
  EXPECT_THAT(problems_of("- filter: size(record.a)\n"),
              HasSubstr("t.yaml:1:11: error: a condition needs true or false, not int"));
  EXPECT_THAT(problems_of("- filter: record.name.lenght() > 3\n"),
              HasSubstr("t.yaml:1:23: error: unknown function 'lenght'"));
  EXPECT_THAT(problems_of("- filter:\n"), HasSubstr("t.yaml:1:"));
  EXPECT_THAT(problems_of("- filter: [a]\n"), HasSubstr("found a list"));
}

TEST(Set, SetsFieldsAtEveryDepth) {
  EXPECT_EQ(after("- set: {b: record.a + 1}\n", "{'a': 1}"), "{'a': 1, 'b': 2}");
  EXPECT_EQ(after("- set: {a: \"'x'\"}\n", "{'a': 1, 'b': 2}"), "{'a': 'x', 'b': 2}");
  EXPECT_EQ(after("- set: {x.y.z: '1'}\n", "{'a': 1}"), "{'a': 1, 'x': {'y': {'z': 1}}}");
  EXPECT_EQ(after("- set: {a.c: '2'}\n", "{'a': {'b': 1}}"), "{'a': {'b': 1, 'c': 2}}");
  EXPECT_EQ(after("- set: {'a[1].p': '2'}\n", "{'a': [0, {'q': 1}]}"), "{'a': [0, {'q': 1, 'p': 2}]}");
  EXPECT_EQ(after("- set: {\"a['x.y']\": '2'}\n", "{}"), "{'a': {'x.y': 2}}");
  EXPECT_EQ(after("- set: {a.b: '2'}\n", "{'a': null}"), "{'a': {'b': 2}}");
  EXPECT_EQ(after("- set: {a: 'null'}\n", "{'a': 1}"), "{'a': null}");
  EXPECT_EQ(after("- set: {a: record.missing}\n", "{}"), "{'a': null}");
  EXPECT_EQ(after("- set: {copy: record}\n", "{'a': 1}"), "{'a': 1, 'copy': {'a': 1}}");
}

TEST(Set, ReadsTheRecordAsItCameIn) {
  EXPECT_EQ(after("- set: {a: record.b, b: record.a, c: record.a + record.b}\n", "{'a': 1, 'b': 2}"),
            "{'a': 2, 'b': 1, 'c': 3}");
  EXPECT_EQ(after("- set: {a: '5'}\n- set: {b: record.a}\n", "{'a': 1}"), "{'a': 5, 'b': 5}");
  EXPECT_EQ(after("- set: {a: '{}'}\n- set: {a.b: '1'}\n", "{'a': 1}"), "{'a': {'b': 1}}");
}

// Neighbours in one object are set at once; the order that they are written in still holds.
TEST(Set, SetsManyFieldsInTheirOrder) {
  EXPECT_EQ(after("- set: {z: '1', a: '2', y: '3'}\n", "{'a': 0, 'b': 0}"),
            "{'a': 2, 'b': 0, 'z': 1, 'y': 3}");
  EXPECT_EQ(after("- set: {o.z: '1', o.a: '2', p.z: '3', o.y: '4'}\n", "{'o': {'a': 0}}"),
            "{'o': {'a': 2, 'z': 1, 'y': 4}, 'p': {'z': 3}}");
  EXPECT_EQ(
      after("- set: {a.x: '1', 'a[\"x.y\"]': '2', ab: '3', 'l[0]': '4', 'l[1]': '5'}\n", "{'l': [0, 0]}"),
      "{'l': [4, 5], 'a': {'x': 1, 'x.y': 2}, 'ab': 3}");
  EXPECT_EQ(after("- set: {a: '1', b: '2'}\n", "null"), "{'a': 1, 'b': 2}");
}

TEST(Set, RejectsARecordAsAWhole) {
  EXPECT_EQ(after("- set: {b: '1', a.c: '2'}\n", "{'a': 'text'}"),
            "value: cannot set 'a.c': 'a' is no object");
  EXPECT_EQ(after("- set: {b: '1', c: record.a / 0}\n", "{'a': 1}"),
            "expression: division by zero at t.yaml:1:29");
  EXPECT_EQ(after("- set: {'a[2]': '1'}\n", "{'a': [0, 1]}"), "value: cannot set 'a[2]': 'a' has 2 items");
  EXPECT_EQ(after("- set: {'a[0]': '1'}\n", "{}"), "value: cannot set 'a[0]': 'a' is absent");
  EXPECT_EQ(after("- set: {a: '1'}\n", "[1]"), "value: cannot set 'a': the record is no object");
}

TEST(KeepAndDrop, RefuseToDoNothing) {
  EXPECT_EQ(problems_of("- keep: []\n"), R"(t.yaml:1:9: error: 'keep' has nothing to keep
  1 | - keep: []
    |         ^~
    = write it as 'keep: [id, customer.name]'
1 error in 1 file
)");
  EXPECT_THAT(problems_of("- drop: []\n"), HasSubstr("'drop' has nothing to drop"));
  EXPECT_THAT(problems_of("- drop: {fields: []}\n"), HasSubstr("'drop' has nothing to drop"));
}

TEST(FieldPaths, BeginInTheRecord) {
  for (const char* yaml : {"- drop: [record.a.b]\n", "- keep: record.a.b\n", "- set: {record.a.b: '1'}\n",
                           "- rename: {x: record.a.b}\n", "- drop: [\"record['a'].b\"]\n"}) {
    EXPECT_THAT(
        problems_of(yaml),
        AllOf(HasSubstr("error: a field path begins in the record, without 'record'"),
              HasSubstr("= write a.b; below a field of that name it is ['record']"), HasSubstr("1 error")))
        << yaml;
  }
  // A field may have that name all the same.
  EXPECT_EQ(after("- drop: [\"['record'].a\"]\n", "{'record': {'a': 1, 'b': 2}, 'a': 3}"),
            "{'record': {'b': 2}, 'a': 3}");
  EXPECT_EQ(after("- drop: [record]\n", "{'record': 1, 'a': 3}"), "{'a': 3}");
  EXPECT_EQ(after("- drop: [records.a]\n", "{'records': {'a': 1}}"), "{'records': {}}");
  EXPECT_EQ(after("- drop: [\"record[0]\"]\n", "{'record': [1, 2]}"), "{'record': [2]}");
}

TEST(Set, ComparesThePathsThatAreSound) {
  const std::string problems = problems_of("- set:\n    a: record.\n    b: '1'\n    b.c: '2'\n");
  EXPECT_THAT(problems, HasSubstr("t.yaml:4:5: error: this overlaps with 'b', which is set too"));
  EXPECT_THAT(problems, HasSubstr("2 errors"));
  EXPECT_THAT(problems_of("- set: {a: record.}\n"), Not(HasSubstr("nothing to set")));
}

TEST(Set, RefusesWrongPathsAndExpressionsAtOnce) {
  const std::string problems = problems_of("- set:\n    a..b: record.a\n    c: recrod.a\n");
  EXPECT_THAT(problems, HasSubstr("t.yaml:2:7: error: unexpected '.' in a field path"));
  EXPECT_THAT(problems, HasSubstr("t.yaml:3:8: error: unknown variable 'recrod'"));
  EXPECT_THAT(problems_of("- set: {a.b: '1', \"a['b']\": '2'}\n"),
              HasSubstr("t.yaml:1:19: error: this field is set twice"));
  EXPECT_THAT(problems_of("- set: {a.x: '1', a: '2'}\n"),
              HasSubstr("t.yaml:1:19: error: this overlaps with 'a.x', which is set too"));
  EXPECT_THAT(problems_of("- set: {a: '1', 'a[0].x': '2'}\n"),
              HasSubstr("t.yaml:1:17: error: this overlaps with 'a', which is set too"));
  EXPECT_THAT(problems_of("- set: {}\n"), HasSubstr("nothing to set"));
}

TEST(Drop, TakesFieldsAway) {
  EXPECT_EQ(after("- drop: a\n", "{'a': 1, 'b': 2}"), "{'b': 2}");
  EXPECT_EQ(after("- drop: [a, c.d]\n", "{'a': 1, 'b': 2, 'c': {'d': 3, 'e': 4}}"),
            "{'b': 2, 'c': {'e': 4}}");
  EXPECT_EQ(after("- drop: [a.b]\n", "{'a': {'b': 1}}"), "{'a': {}}");
  EXPECT_EQ(after("- drop: [a, a.b]\n", "{'a': {'b': 1}, 'c': 1}"), "{'c': 1}");
  EXPECT_EQ(after("- drop: [a.b, a]\n", "{'a': {'b': 1}, 'c': 1}"), "{'c': 1}");
  EXPECT_EQ(after("- drop: [n]\n", "{'n': null}"), "{}");
}

TEST(Drop, CountsTheItemsOfAListAsTheyCameIn) {
  EXPECT_EQ(after("- drop: ['a[0]', 'a[2]']\n", "{'a': [10, 11, 12, 13]}"), "{'a': [11, 13]}");
  EXPECT_EQ(after("- drop: ['a[1].p', 'a[0]']\n", "{'a': [1, {'p': 1, 'q': 2}]}"), "{'a': [{'q': 2}]}");
}

TEST(Drop, CopiesFromTheFirstThatChanges) {
  const std::string record = "{'a': 1, 'o': {'p': 1, 'q': 2}, 'b': 2, 'l': [1, 2, 3], 'c': 3}";
  EXPECT_EQ(after("- drop: a\n", record), "{'o': {'p': 1, 'q': 2}, 'b': 2, 'l': [1, 2, 3], 'c': 3}");
  EXPECT_EQ(after("- drop: c\n", record), "{'a': 1, 'o': {'p': 1, 'q': 2}, 'b': 2, 'l': [1, 2, 3]}");
  EXPECT_EQ(after("- drop: [o.q, 'l[0]', 'l[2]', c, o.none]\n", record),
            "{'a': 1, 'o': {'p': 1}, 'b': 2, 'l': [2]}");
  EXPECT_EQ(after("- drop: [o.p, o.q, 'l[0]', 'l[1]', 'l[2]', a, b, c]\n", record), "{'o': {}, 'l': []}");
  EXPECT_EQ(after("- drop: [a, o, b, l, c]\n", record), "{}");
}

TEST(Drop, LeavesARecordAloneThatHasNoneOfIt) {
  EXPECT_EQ(after("- drop: [x, a.x, a.b.c, 'l[5]', n.x]\n", "{'a': {'b': 1}, 'l': [1], 'n': null}"),
            "unchanged");
  EXPECT_EQ(after("- drop: x\n", "[1, 2]"), "unchanged");
  EXPECT_EQ(after("- drop: x\n", "{}"), "unchanged");
}

TEST(Keep, TakesAllElseAway) {
  EXPECT_EQ(after("- keep: [c, a]\n", "{'a': 1, 'b': 2, 'c': 3}"), "{'a': 1, 'c': 3}");
  EXPECT_EQ(after("- keep: a.b\n", "{'a': {'b': 1, 'c': 2}, 'd': 3}"), "{'a': {'b': 1}}");
  EXPECT_EQ(after("- keep: [a, a.b]\n", "{'a': {'b': 1, 'c': 2}, 'd': 3}"), "{'a': {'b': 1, 'c': 2}}");
  EXPECT_EQ(after("- keep: ['a[1]', 'a[0].p']\n", "{'a': [{'p': 1, 'q': 2}, 5, 6]}"), "{'a': [{'p': 1}, 5]}");
  EXPECT_EQ(after("- keep: [n]\n", "{'n': null, 'a': 1}"), "{'n': null}");
  EXPECT_EQ(after("- keep: [a.b.c]\n", "{'a': {'b': 1}, 'z': 1}"), "{}");
  EXPECT_EQ(after("- keep: [x]\n", "{'a': 1}"), "{}");
}

TEST(Keep, LeavesARecordAloneThatHasNothingElse) {
  EXPECT_EQ(after("- keep: [a, b, c]\n", "{'b': 1, 'a': 2}"), "unchanged");
  EXPECT_EQ(after("- keep: [a.b]\n", "{'a': {'b': {'c': 1}}}"), "unchanged");
  EXPECT_EQ(after("- keep: [x]\n", "{}"), "unchanged");
  EXPECT_EQ(after("- keep: [x]\n", "[1]"), "value: cannot keep fields: the record is no object");
}

TEST(Rename, KeepsMembersInTheirPlaces) {
  EXPECT_EQ(after("- rename: {b: z}\n", "{'a': 1, 'b': 2, 'c': 3}"), "{'a': 1, 'z': 2, 'c': 3}");
  EXPECT_EQ(after("- rename: {a: b, b: a}\n", "{'a': 1, 'b': 2}"), "{'b': 1, 'a': 2}");
  EXPECT_EQ(after("- rename: {a: b, b: c, c: a}\n", "{'a': 1, 'b': 2, 'c': 3}"), "{'b': 1, 'c': 2, 'a': 3}");
  EXPECT_EQ(after("- rename: {a: b}\n", "{'a': 1, 'b': 2, 'c': 3}"), "{'b': 1, 'c': 3}");
  EXPECT_EQ(after("- rename: {b: a}\n", "{'a': 1, 'b': 2, 'c': 3}"), "{'a': 2, 'c': 3}");
  EXPECT_EQ(after("- rename: {o.a: o.b}\n", "{'o': {'x': 0, 'a': 1, 'y': 2}, 'z': 3}"),
            "{'o': {'x': 0, 'b': 1, 'y': 2}, 'z': 3}");
  EXPECT_EQ(after("- rename: {a: b, b: a}\n", "{'b': 2, 'c': 3}"), "{'a': 2, 'c': 3}");
  EXPECT_EQ(after("- rename: {a: b, c: d}\n", "{'b': 1, 'a': 2, '': 3, 'c': 4, 'd': 5}"),
            "{'b': 2, '': 3, 'd': 4}");
  EXPECT_EQ(after("- rename: {n: m}\n", "{'n': null}"), "{'m': null}");
}

TEST(Rename, MovesBetweenObjects) {
  EXPECT_EQ(after("- rename: {o.a: a}\n", "{'o': {'a': 1, 'b': 2}}"), "{'o': {'b': 2}, 'a': 1}");
  EXPECT_EQ(after("- rename: {a: o.p.q}\n", "{'a': 1}"), "{'o': {'p': {'q': 1}}}");
  EXPECT_EQ(after("- rename: {a: o.b, o.b: a}\n", "{'a': 1, 'o': {'b': 2}}"), "{'o': {'b': 1}, 'a': 2}");
  EXPECT_EQ(after("- rename: {a: a.old}\n", "{'a': {'x': 1}}"), "{'a': {'old': {'x': 1}}}");
  EXPECT_EQ(after("- rename: {a: b, b.c: d}\n", "{'a': 1, 'b': {'c': 2}}"), "{'b': 1, 'd': 2}");
}

TEST(Rename, LeavesAloneWhatIsAbsent) {
  EXPECT_EQ(after("- rename: {x: y, o.x: z, a.b: c}\n", "{'a': 1, 'o': {}}"), "unchanged");
  EXPECT_EQ(after("- rename: {x: a}\n", "{'a': 1}"), "unchanged");
  EXPECT_EQ(after("- rename: {x: y}\n", "[1]"), "unchanged");
  EXPECT_EQ(after("- rename: {a: s.b}\n", "{'a': 1, 's': 'text'}"),
            "value: cannot set 's.b': 's' is no object");
}

TEST(Rename, RefusesWhatHasTwoMeanings) {
  EXPECT_THAT(problems_of("- rename: {a: x, a.b: y}\n"),
              HasSubstr("t.yaml:1:18: error: this overlaps with 'a', which is renamed too"));
  EXPECT_THAT(problems_of("- rename: {a: x, b: x}\n"),
              HasSubstr("t.yaml:1:21: error: this overlaps with the new name 'x'"));
  EXPECT_THAT(problems_of("- rename: {a: x, b: x.y}\n"), HasSubstr("this overlaps with the new name 'x'"));
  EXPECT_THAT(problems_of("- rename: {a: a}\n"), HasSubstr("t.yaml:1:12: error: this is its name already"));
  EXPECT_THAT(problems_of("- rename: {'a[0]': b}\n"), HasSubstr("items of a list have no names to change"));
  EXPECT_THAT(problems_of("- rename: {a: 'b[0]'}\n"), HasSubstr("items of a list have no names to change"));
  EXPECT_THAT(problems_of("- rename: {}\n"), HasSubstr("nothing to rename"));
}

TEST(AChain, RunsInOrder) {
  EXPECT_EQ(
      after("- filter: record.a > 0\n- set: {b: record.a * 2}\n- rename: {b: c}\n- drop: a\n- keep: c\n",
            "{'a': 1}"),
      "{'c': 2}");
  EXPECT_EQ(after("- filter: record.a > 1\n- set: {b: 1 / 0}\n", "{'a': 1}"), "dropped");
}

TEST(AList, OfTransformsIsCheckedWhole) {
  const std::string problems =
      problems_of("- fliter: true\n- drop\n- set: {a: '1'}\n  drop: b\n- keep: [a..b]\n- {}\n");
  EXPECT_THAT(problems, HasSubstr("t.yaml:1:3: error: unknown transform 'fliter'"));
  EXPECT_THAT(problems, HasSubstr("did you mean 'filter'?"));
  EXPECT_THAT(problems, HasSubstr("t.yaml:2:3: error: a transform is a name and its settings, not 'drop'"));
  EXPECT_THAT(problems, HasSubstr("t.yaml:3:3: error: one item of 'transforms' is one transform"));
  EXPECT_THAT(problems, HasSubstr("t.yaml:5:12: error: unexpected '.' in a field path"));
  EXPECT_THAT(problems, HasSubstr("5 errors in 1 file"));
  EXPECT_THAT(problems_of("filter: true\n"), HasSubstr("'transforms' is a list, not a map"));
  EXPECT_TRUE(read("[]\n").has_value());
}

// Records that are not built yet: what changes nothing must cost no tree.
class UnbuiltTree final : public record::LazyTree {
 public:
  record::Value build(record::Arena&) override {
    ++built;
    return record::Value::object(members_);
  }
  std::optional<record::Value> find(std::span<const std::string_view> path, record::Arena&) override {
    const record::Value* found = record::Value::object(members_).find(path[0]);
    return found != nullptr && path.size() == 1 ? std::optional(*found) : std::nullopt;
  }
  int built = 0;

 private:
  record::Member members_[2] = {{"a", record::Value::int64(1)}, {"b", record::Value::int64(2)}};
};

TEST(UnchangedRecords, CostNoTree) {
  const auto steps = read("- filter: record.a == 1\n- drop: [x, y.z]\n- rename: {x: y, o.p: q}\n");
  ASSERT_TRUE(steps);
  record::Storage storage;
  storage.records.resize(1);
  record::Draft draft(storage, storage.records[0], storage.arena);
  UnbuiltTree tree;
  draft.decoded_by(&tree);
  pipeline::TransformContext context;
  record::DataError error;
  for (const Step& step : *steps)
    EXPECT_EQ(step.transform->apply(draft, context, error), Verdict::keep);
  EXPECT_FALSE(storage.records[0].changed);
  EXPECT_EQ(tree.built, 0);
}

TEST(TheRegistry, KnowsEveryTransform) {
  std::vector<std::string> names;
  for (const TransformKind& kind : transforms()) {
    names.push_back(kind.table->keyword);
    EXPECT_EQ(find_transform(kind.table->keyword), &kind);
    EXPECT_FALSE(kind.table->summary.empty());
    EXPECT_FALSE(config::explain(*kind.table).empty());
  }
  EXPECT_THAT(names,
              testing::ElementsAre("filter", "set", "default", "cast", "keep", "drop", "rename", "format",
                                   "parse", "flatten", "explode", "mask", "sample", "throttle"));
  EXPECT_EQ(find_transform("nothing"), nullptr);
}

}  // namespace
}  // namespace hiveframe::transform
