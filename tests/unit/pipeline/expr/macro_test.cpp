#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

class Macros : public testing::TestWithParam<Case> {
 protected:
  Sample sample_{
      "{'items': [{'p': 1, 'tags': ['a']}, {'p': 5}, {'p': null}], 'm': {'x': 1, 'y': 2}, 'none': [], 'n': "
      "null,"
      " 's': 'text', 'limit': 2}"};
};

TEST_P(Macros, RunOverListsAndKeys) { EXPECT_EQ(sample_(GetParam().expression), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    All, Macros,
    testing::Values(Case{"[1, 2].all(x, x > 0)", "true"}, Case{"[1, 0].all(x, x > 0)", "false"},
                    Case{"[].all(x, x > 0)", "true"}, Case{"[1, 'a', 0].all(x, x > 0)", "false"},
                    Case{"[1, 'a'].all(x, x > 0)", "error: no such operation: string > int at column 19"},
                    Case{"[0, 1].all(x, 1 / x == 1)", "error: division by zero at column 17"},
                    Case{"[0, 2].all(x, 1 / x == 1)", "false"},
                    Case{"{'a': 1, 'b': 2}.all(k, k != 'c')", "true"},
                    Case{"record.items.all(i, i.p != 7)", "true"},
                    Case{"record.none.all(i, i.missing)", "true"},
                    Case{"record.items.all(i, i.missing == null)", "true"},
                    Case{"[1].all(x, record.n)",
                         "error: all needs true or false, not null at column 5; record.n is null or absent, "
                         "try record.n == true"}));

INSTANTIATE_TEST_SUITE_P(
    Exists, Macros,
    testing::Values(Case{"[1, 2].exists(x, x == 2)", "true"}, Case{"[1, 2].exists(x, x == 3)", "false"},
                    Case{"[].exists(x, true)", "false"}, Case{"['a', 1].exists(x, x > 0)", "true"},
                    Case{"[0, 1].exists(x, 1 / x == 1)", "true"},
                    Case{"['a', 0].exists(x, x > 0)", "error: no such operation: string > int at column 22"},
                    Case{"{'a': 1}.exists(k, k == 'a')", "true"},
                    Case{"record.items.exists(i, i.p > 4)", "true"},
                    Case{"record.m.exists(k, record.m[k] == 2)", "true"},
                    Case{"record.items.exists(i, 'a' in i.tags)", "true"}));

INSTANTIATE_TEST_SUITE_P(
    ExistsOne, Macros,
    testing::Values(Case{"[1, 2, 2].exists_one(x, x == 1)", "true"},
                    Case{"[1, 2, 2].exists_one(x, x == 2)", "false"}, Case{"[].exists_one(x, true)", "false"},
                    Case{"[1, 0].exists_one(x, 1 / x == 1)", "error: division by zero at column 24"},
                    Case{"{'a': 1, 'aa': 2}.exists_one(k, k.startsWith('aa'))", "true"}));

INSTANTIATE_TEST_SUITE_P(
    FilterAndMap, Macros,
    testing::Values(Case{"[1, 2, 3].filter(x, x > 1)", "[2, 3]"}, Case{"[1].filter(x, false)", "[]"},
                    Case{"{'a': 1, 'b': 2}.filter(k, k == 'b')", "['b']"},
                    Case{"[1, 0].filter(x, 1 / x > 0)", "error: division by zero at column 20"},
                    Case{"[1, 2].filter(x, x)", "error: filter needs true or false, not 1 at column 8"},
                    Case{"[1, 2].map(x, x * 2)", "[2, 4]"}, Case{"{'a': 1, 'b': 2}.map(k, k)", "['a', 'b']"},
                    Case{"[1, 2, 3].map(x, x > 1, x * x)", "[4, 9]"}, Case{"[].map(x, 1 / 0)", "[]"},
                    Case{"[1, 0].map(x, 1 / x)", "error: division by zero at column 17"},
                    Case{"record.items.map(i, i.p)", "[1, 5, null]"},
                    Case{"record.items.map(i, i.missing.x)", "[null, null, null]"},
                    Case{"record.items.filter(i, i.p != null && i.p > record.limit).map(i, i.p)", "[5]"},
                    Case{"record.items.filter(i, has(i.tags))[0].missing", "null"},
                    Case{"record.items.map(i, i)[1].missing", "null"},
                    Case{"record.items.map(i, {'a': i})[1].missing",
                         "error: no such key: 'missing' at column 34"},
                    Case{"size(record.items.filter(i, i.p == 5))", "1"},
                    Case{"[1, 2].map(x, [x])", "[[1], [2]]"}, Case{"[1u].map(x, type(x))", "['int']"}));

INSTANTIATE_TEST_SUITE_P(
    NestedAndShadowing, Macros,
    testing::Values(Case{"[[1, 2], [3]].map(x, x.map(y, y + size(x)))", "[[3, 4], [4]]"},
                    Case{"[1, 2].map(x, [10, 20].map(x, x + 1))", "[[11, 21], [11, 21]]"},
                    Case{"[1, 2].map(x, [x].map(x, x * 10)[0] + x)", "[11, 22]"},
                    Case{"[[1], [2]].map(x, x.map(x, x + 1))", "[[2], [3]]"},
                    Case{"[1, 2].all(x, [3, 4].exists(y, y > x && [5].all(z, z > y)))", "true"},
                    Case{"[1].map(record, record + 1)", "[2]"},
                    Case{"[{'s': 9}].map(record, record.s)", "[9]"},
                    // A leading dot names the outermost, whatever a macro calls its items.
                    Case{"[1].map(record, .record.limit)", "[2]"},
                    Case{"[1].map(record, [record, .record.m['x'], .record.m.y])", "[[1, 1, 2]]"},
                    Case{"[{'s': 9}].map(record, has(.record.none) && !has(record.none))", "[true]"},
                    Case{"[1].map(record, .record.items.map(i, i.p)[1] + record)", "[6]"},
                    Case{"[1].map(int, .int == type(int))", "[true]"},
                    Case{"[7].map(google, .google.protobuf.Timestamp == type(now))", "[true]"},
                    Case{"[1].map(x, .x)",
                         "problem 12-13: unknown variable 'x' | a field of the record is record.x; "
                         "a text stands in quotes"},
                    Case{"[1].map(.x, 1)",
                         "problem 9-10: the first argument of 'map' is a name for each item | write it as "
                         "list.map(x, …)"},
                    Case{"[1].map(size, size(['a', 'b']) + size)", "[3]"}, Case{"[1].map(int, int)", "[1]"},
                    Case{"[1].map(x, x)[0] + x",
                         "problem 19-20: unknown variable 'x' | a field of the record is record.x; "
                         "a text stands in quotes"},
                    Case{"record.s.map(x, x)", "error: no such operation: string.map() at column 10"},
                    Case{"record.n.all(x, true)",
                         "error: no such operation: null.all() at column 10; record.n is null or absent, try "
                         "record.n != null && …"},
                    Case{"record.missing.exists(x, true)",
                         "error: no such operation: null.exists() at column 16; record.missing is null or "
                         "absent, try record.missing != null && …"}));

}  // namespace
}  // namespace hiveframe::expr
