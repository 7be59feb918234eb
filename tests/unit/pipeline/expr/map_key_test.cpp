// Keys of maps that are no texts. What is right follows google/cel-spec, doc/langdef.md.

#include "pipeline/expr/map_key.hpp"

#include <gtest/gtest.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

class MapKeys : public testing::TestWithParam<Case> {
 protected:
  MapKeys() : sample_("{'status': 2, 'name': 'n', 'map': {'1': 'text', 'true': 'word'}, 'list': [1, 2]}") {
    sample_.add("large", Value::uint64(UINT64_MAX));
    sample_.add("amount", Value::decimal("1.00000000000000000001"));
  }
  Sample sample_;
};

TEST_P(MapKeys, AreIntegersAndBoolsToo) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Lookup, MapKeys,
    testing::Values(Case{"{1: 'new', 2: 'paid'}[record.status]", "'paid'"}, Case{"{1: 'a'}[1u]", "'a'"},
                    Case{"{1u: 'a'}[1]", "'a'"}, Case{"{2: 'a'}[2.0]", "'a'"},
                    Case{"{true: 'yes', false: 'no'}[1 > 2]", "'no'"},
                    Case{"{18446744073709551615u: 'a'}[record.large]", "'a'"},
                    Case{"{-9223372036854775808: 'a'}[-9223372036854775808.0]", "'a'"},
                    Case{"{9223372036854775808u: 'a'}[9223372036854775808.0]", "'a'"},
                    Case{"{1: 'int', '1': 'text', true: 'bool', 'true': 'word'}['1']", "'text'"},
                    Case{"{1: 'int', '1': 'text', true: 'bool', 'true': 'word'}[true]", "'bool'"},
                    Case{"{record.status: 'found'}[2]", "'found'"},
                    Case{"{3: 'x'}[record.status]", "error: no such key: 2 at column 9"},
                    Case{"{'2': 'x'}[record.status]", "error: no such key: 2 at column 11"},
                    Case{"{3: 'x'}[1.5]", "error: no such key: 1.5 at column 9"},
                    Case{"{3: 'x'}[0.0 / 0.0]", "error: no such key: NaN at column 9"},
                    Case{"{3: 'x'}[dyn(true)]", "error: no such key: true at column 9"},
                    Case{"{3: 'x'}[dyn(b'3')]", "error: no such operation: map[bytes] at column 9"},
                    Case{"{3: 'x'}[record.amount]", "error: no such operation: map[decimal] at column 9"},
                    Case{"{0: {0: 'deep'}}[0][0]", "'deep'"}, Case{"dyn({1: 2}[7]) == 2 || true", "true"},
                    // Those of records are texts.
                    Case{"record.map[1]", "error: no such operation: map[int] at column 11"},
                    Case{"record.map['1']", "'text'"},
                    Case{"record.name[true]", "problem 11-12: no such operation: value[bool]"}));

INSTANTIATE_TEST_SUITE_P(
    Others, MapKeys,
    testing::Values(Case{"1 in {1: 'a'}", "true"}, Case{"1.0 in {1u: 'a'}", "true"},
                    Case{"1.5 in {1: 'a'}", "false"}, Case{"'1' in {1: 'a'}", "false"},
                    Case{"true in {true: 1}", "true"}, Case{"7 in {}", "false"},
                    Case{"record.status in {2: 'a'}", "true"}, Case{"1 in record.map", "false"},
                    Case{"'1' in record.map", "true"}, Case{"dyn(b'1') in {1: 'a'}", "false"},
                    Case{"size({1: 'a', true: 'b', 'c': 'd'})", "3"}, Case{"{1: 'a'} == {1u: 'a'}", "true"},
                    Case{"{1: 1.0, 2u: 3u} == {1u: 1, 2: 3.0}", "true"},
                    Case{"{1: 'a'} == {'1': 'a'}", "false"}, Case{"{1: 'a'} == {true: 'a'}", "false"},
                    Case{"{'a': 1, 2: 3}.all(k, k == 'a' || k == 2)", "true"},
                    Case{"{6: 'x', 7: 'y'}.exists_one(k, k % 5 == 2)", "true"},
                    Case{"{2: 'x', true: 'y'}.map(k, k)", "[2, true]"},
                    Case{"{2: 'x', 'b': 'y'}.filter(k, type(k) == int)", "[2]"},
                    Case{"has({1: 2}.a)", "false"}, Case{"{'a': 1, 2: 3}.a", "1"}));

// Outside of an evaluation keys are texts.
INSTANTIATE_TEST_SUITE_P(
    Given, MapKeys,
    testing::Values(
        Case{"{1: 'a', true: {2u: [{3: 4}]}, 'b': 5}", "{'1': 'a', 'true': {'2': [{'3': 4}]}, 'b': 5}"},
        Case{"{record.status: record.name}", "{'2': 'n'}"},
        Case{"[record.map, {record.name: {-1: 0}}][1]", "{'n': {'-1': 0}}"},
        Case{"[1, 2].map(x, {x: x})", "[{'1': 1}, {'2': 2}]"},
        Case{"record.map.map(k, {k: 1})", "[{'1': 1}, {'true': 1}]"},
        Case{"to_json({1: {true: 2}})", "'{\"1\":{\"true\":2}}'"},
        Case{"to_json({record.status: 2})", "'{\"2\":2}'"},
        Case{"'%s'.format([{2: 'b', true: 'c', '1': 'a'}])", "'{1: a, 2: b, true: c}'"},
        Case{"{1: 'a', '1': 'b'}", "problem 0-1: the key '1' stands twice in one map"},
        Case{"{record.status: 'a', '2': 'b'}", "error: the key '2' stands twice in one map at column 1"},
        Case{"[{record.status: 'a', '2': 'b'}].size()", "1"}));

INSTANTIATE_TEST_SUITE_P(
    Refused, MapKeys,
    testing::Values(
        Case{"{1: 'a', 1u: 'b'}", "problem 9-11: the key 1 stands twice in one map"},
        Case{"{true: 1, true: 2}", "problem 10-14: the key true stands twice in one map"},
        Case{"{2: 1, record.status: 2}", "error: the key 2 stands twice in one map at column 1"},
        Case{"{1.0: 'a'}",
             "problem 1-4: a key of a map must be a string, an int, a uint or a bool, not double"},
        Case{"{null: 'a'}",
             "problem 1-5: a key of a map must be a string, an int, a uint or a bool, not null"},
        Case{"{record.absent: 'a'}",
             "error: a key of a map must be a string, an int, a uint or a bool, not null at column 1"},
        Case{"{record.list: 'a'}",
             "error: a key of a map must be a string, an int, a uint or a bool, not list at column 1"}));

TEST(MapKey, ComesBackFromItsName) {
  for (const Value& key :
       {Value::int64(0), Value::int64(INT64_MIN), Value::uint64(UINT64_MAX), Value::boolean(true),
        Value::boolean(false), Value::string(""), Value::string("1"), Value::string("true")}) {
    KeyRoom room;
    const auto name = key_name(key, room);
    ASSERT_TRUE(name);
    EXPECT_EQ(show(key_of(*name)), show(key));
    EXPECT_EQ(is_other_key(*name), !key.is(record::Kind::string));
  }
}

}  // namespace
}  // namespace hiveframe::expr
