#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

using testing::HasSubstr;

TEST(Explode, MakesARecordOfEachItem) {
  EXPECT_EQ(after("- explode: l\n", "{'a': 1, 'l': [{'x': 1}, 2, null], 'b': 2}"),
            "{'a': 1, 'l': {'x': 1}, 'b': 2} | {'a': 1, 'l': 2, 'b': 2} | {'a': 1, 'l': null, 'b': 2}");
  EXPECT_EQ(after("- explode: o.l\n", "{'o': {'l': [1, 2], 'p': 0}}"),
            "{'o': {'l': 1, 'p': 0}} | {'o': {'l': 2, 'p': 0}}");
  EXPECT_EQ(after("- explode: 'l[1]'\n", "{'l': [0, [1, 2]]}"), "{'l': [0, 1]} | {'l': [0, 2]}");
}

TEST(Explode, PutsItemAndNumberWhereTheyAreWanted) {
  EXPECT_EQ(after("- explode: {field: l, into: item, index: n}\n", "{'l': ['a', 'b'], 'x': 0}"),
            "{'x': 0, 'item': 'a', 'n': 0} | {'x': 0, 'item': 'b', 'n': 1}");
  EXPECT_EQ(after("- explode: {field: l, index: n}\n", "{'l': ['a', 'b'], 'n': 7}"),
            "{'l': 'a', 'n': 0} | {'l': 'b', 'n': 1}");
  EXPECT_EQ(after("- explode: {field: o.l, into: o}\n", "{'o': {'l': [1, 2]}, 'x': 0}"),
            "{'o': 1, 'x': 0} | {'o': 2, 'x': 0}");
  EXPECT_EQ(after("- explode: {field: l, into: l.item}\n", "{'l': [1]}"), "{'l': {'item': 1}}");
  EXPECT_EQ(after("- explode: {field: l, into: a.b}\n", "{'l': [1], 'a': 'text'}"),
            "value: cannot set 'a.b': 'a' is no object");
}

TEST(Explode, TheItemMayStandAlone) {
  EXPECT_EQ(after("- explode: {field: o.l, alone: true}\n", "{'o': {'l': [{'a': 1}, 2]}, 'x': 0}"),
            "{'a': 1} | 2");
  EXPECT_EQ(after("- explode: {field: l, alone: true, index: n}\n", "{'l': [{'a': 1}, {'a': 2}]}"),
            "{'a': 1, 'n': 0} | {'a': 2, 'n': 1}");
  EXPECT_EQ(after("- explode: {field: l, alone: true, index: n}\n", "{'l': [1]}"),
            "value: cannot set 'n': the record is no object");
}

TEST(Explode, WhatHasNoItemsIsDroppedOrKept) {
  for (const char* record : {"{'l': []}", "{'l': null}", "{}", "{'o': {}}", "[1]"}) {
    EXPECT_EQ(after("- explode: l\n", record), "dropped") << record;
    EXPECT_EQ(after("- explode: {field: l, empty: keep}\n", record), "unchanged") << record;
  }
}

TEST(Explode, WhatIsNoListIsAnError) {
  EXPECT_EQ(after("- explode: l\n", "{'l': {'a': 1}}"),
            "value: cannot explode 'l': it is an object, not a list");
  EXPECT_EQ(after("- explode: {field: l, empty: keep}\n", "{'l': 'text'}"),
            "value: cannot explode 'l': it is a string, not a list");
}

TEST(Explode, StepsBehindItSeeEachPart) {
  EXPECT_EQ(after("- explode: l\n- filter: record.l > 1\n- set: {m: record.l * 2}\n", "{'l': [1, 2, 3]}"),
            "dropped | {'l': 2, 'm': 4} | {'l': 3, 'm': 6}");
  EXPECT_EQ(after("- explode: l\n- explode: l\n", "{'l': [[1, 2], [], [3]]}"),
            "{'l': 1} | {'l': 2} | dropped | {'l': 3}");
}

TEST(Explode, SettingsAreChecked) {
  EXPECT_THAT(problems_of("- explode: {into: a}\n"), HasSubstr("'field'"));
  EXPECT_THAT(problems_of("- explode: {field: l, into: a, alone: true}\n"),
              HasSubstr("t.yaml:1:23: error: 'into' cannot be given together with 'alone'"));
  EXPECT_THAT(problems_of("- explode: {field: l, index: l}\n"), HasSubstr("overlaps with 'l'"));
  EXPECT_THAT(problems_of("- explode: {field: l, into: a, index: a.n}\n"), HasSubstr("overlaps with 'a'"));
}

TEST(Throttle, LeavesRecordsAloneAndHasARate) {
  EXPECT_EQ(after("- throttle: 10\n", "{'a': 1}"), "unchanged");
  const auto steps = read("- throttle: {rate: 600, per: 1m}\n- throttle: 0.5\n- drop: a\n");
  ASSERT_TRUE(steps);
  EXPECT_EQ((*steps)[0].transform->records_per_second(), 10.0);
  EXPECT_EQ((*steps)[1].transform->records_per_second(), 0.5);
  EXPECT_EQ((*steps)[2].transform->records_per_second(), std::nullopt);
  EXPECT_THAT(problems_of("- throttle: 0\n"), HasSubstr("t.yaml:1:13: error:"));
  EXPECT_THAT(problems_of("- throttle: {rate: 1, per: 0s}\n"), HasSubstr("t.yaml:1:28: error:"));
  EXPECT_THAT(problems_of("- throttle: {per: 1s}\n"), HasSubstr("'rate'"));
}

}  // namespace
}  // namespace hiveframe::transform
