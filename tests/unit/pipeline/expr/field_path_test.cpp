#include "pipeline/expr/field_path.hpp"

#include <deque>
#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

FieldPath path(std::string_view text) {
  Problem problem;
  std::optional<FieldPath> parsed = FieldPath::parse(text, problem);
  if (!parsed) throw std::invalid_argument(std::string(text) + ": " + problem.message);
  return *parsed;
}

TEST(FieldPaths, AreReadAndWritten) {
  for (const std::string_view text :
       {"a", "a.b.c", "a[0]", "a[0][12].b", "a['x.y']", "a['x.y'].b", "['a b'].c", "a-b._c9", "a['']",
        "a['it\\'s']", "a['back\\\\slash']", "\xC3\xBF.\xE2\x82\xAC", "0.1"}) {
    EXPECT_EQ(path(text).str(), text);
  }
  EXPECT_EQ(path("a[\"x.y\"]").str(), "a['x.y']");
  EXPECT_EQ(path("a['b']").str(), "a.b");
  EXPECT_EQ(path("['a']['b']").str(), "a.b");
  EXPECT_EQ(path("a['\\n']"), path(path("a['\\n']").str()));
  EXPECT_EQ(path("a[007]").str(), "a[7]");
}

TEST(FieldPaths, ThatAreWrongAreRefusedWhereTheyAre) {
  const auto problem = [](std::string_view text) {
    Problem found;
    EXPECT_FALSE(FieldPath::parse(text, found)) << text;
    return std::to_string(found.begin) + "-" + std::to_string(found.end) + ": " + found.message;
  };
  EXPECT_EQ(problem(""), "0-0: a field path is missing");
  EXPECT_EQ(problem("."), "0-1: unexpected '.' in a field path");
  EXPECT_EQ(problem("a."), "2-2: the field path ends where a name is wanted");
  EXPECT_EQ(problem("a..b"), "2-3: unexpected '.' in a field path");
  EXPECT_EQ(problem(".a"), "0-1: unexpected '.' in a field path");
  EXPECT_EQ(problem("a b"), "1-2: unexpected ' ' in a field path");
  EXPECT_EQ(problem("a.b "), "3-4: unexpected ' ' in a field path");
  EXPECT_EQ(problem("a[0]b"), "4-5: unexpected 'b' in a field path");
  EXPECT_EQ(problem("a["), "2-2: a number or a name in quotes is wanted after '['");
  EXPECT_EQ(problem("a[]"), "2-3: a number or a name in quotes is wanted after '['");
  EXPECT_EQ(problem("a[-1]"), "2-3: a number or a name in quotes is wanted after '['");
  EXPECT_EQ(problem("a[0"), "1-2: the '[' is not closed");
  EXPECT_EQ(problem("a['x'"), "1-2: the '[' is not closed");
  EXPECT_EQ(problem("a['x"), "2-3: the quote is not closed");
  EXPECT_EQ(problem("a[4294967296]"), "2-3: the index is too large");
  EXPECT_EQ(problem("[0]"), "0-1: a field path starts with a name");
  EXPECT_EQ(problem("a + b"), "1-2: unexpected ' ' in a field path");
  std::string deep = "a";
  for (int i = 0; i < 100; ++i)
    deep += ".a";
  EXPECT_EQ(problem(deep), "127-128: the field path is too deep");
}

TEST(FieldPaths, ContainWhatStandsBelow) {
  EXPECT_TRUE(path("a").contains(path("a.b")));
  EXPECT_TRUE(path("a.b").contains(path("a['b']")));
  EXPECT_FALSE(path("a.b").contains(path("a")));
  EXPECT_FALSE(path("a").contains(path("ab")));
  EXPECT_FALSE(path("a[0]").contains(path("a['0']")));
}

class AFieldPath : public testing::Test {
 protected:
  Sample sample_{"{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}"};
  Value root_ = sample_.storage().records[0].value;
  std::deque<FieldPath> paths_;

  std::string get(std::string_view text) {
    const Value* found = path(text).get(root_);
    const std::optional<Value> same = path(text).get(sample_.draft());
    EXPECT_EQ(found != nullptr, same.has_value());
    if (found == nullptr) return "absent";
    EXPECT_EQ(show(*found), show(*same));
    return show(*found);
  }
  std::string set(std::string_view text, const Value& value) {
    Value root = root_;
    record::DataError error;
    // New names stand in the path.
    const FieldPath& kept = paths_.emplace_back(path(text));
    if (!kept.set(root, value, sample_.storage().arena, error)) {
      EXPECT_EQ(error.type, record::DataError::Type::value);
      EXPECT_EQ(show(root), show(root_));
      return error.message;
    }
    return show(root);
  }
  std::string remove(std::string_view text) {
    Value root = root_;
    if (!path(text).remove(root, sample_.storage().arena)) {
      EXPECT_EQ(show(root), show(root_));
      return "absent";
    }
    return show(root);
  }
};

TEST_F(AFieldPath, Finds) {
  EXPECT_EQ(get("a.b"), "1");
  EXPECT_EQ(get("a['x.y']"), "2");
  EXPECT_EQ(get("list[0].p"), "1");
  EXPECT_EQ(get("list[1]"), "5");
  EXPECT_EQ(get("n"), "null");
  EXPECT_EQ(get("list[2]"), "absent");
  EXPECT_EQ(get("missing.b"), "absent");
  EXPECT_EQ(get("s.b"), "absent");
  EXPECT_EQ(get("s[0]"), "absent");
  EXPECT_EQ(get("a[0]"), "absent");
  EXPECT_EQ(get("list.p"), "absent");
  EXPECT_EQ(get("n.b"), "absent");
}

TEST_F(AFieldPath, Sets) {
  const Value nine = Value::int64(9);
  EXPECT_EQ(set("a.b", nine), "{'a': {'b': 9, 'x.y': 2}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(set("z", nine),
            "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text', 'z': 9}");
  EXPECT_EQ(set("a.c.d", nine),
            "{'a': {'b': 1, 'x.y': 2, 'c': {'d': 9}}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(set("n.d", nine), "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 5], 'n': {'d': 9}, 's': 'text'}");
  EXPECT_EQ(set("list[0].q", nine),
            "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1, 'q': 9}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(set("list[1]", nine), "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 9], 'n': null, 's': 'text'}");
  EXPECT_EQ(show(root_), "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
}

TEST_F(AFieldPath, SetsItsSiblingsWithIt) {
  const FieldPath paths[] = {path("a.new"), path("a.b"), path("a.newer")};
  const Value values[] = {Value::int64(7), Value::int64(8), Value::int64(9)};
  Value root = root_;
  record::DataError error;
  ASSERT_TRUE(FieldPath::set(paths, root, values, sample_.storage().arena, error));
  EXPECT_EQ(show(root),
            "{'a': {'b': 8, 'x.y': 2, 'new': 7, 'newer': 9}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(show(root_), "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
  Value text = Value::string("x");
  EXPECT_FALSE(FieldPath::set(paths, text, values, sample_.storage().arena, error));
  EXPECT_EQ(error.message, "cannot set 'a.new': the record is no object");
  EXPECT_EQ(show(text), "'x'");
}

TEST(FieldPaths, AreSiblingsByNameInOneObject) {
  EXPECT_TRUE(path("a").is_sibling_of(path("b")));
  EXPECT_TRUE(path("x.a").is_sibling_of(path("x.b")));
  EXPECT_TRUE(path("x[0].a").is_sibling_of(path("x[0].b")));
  EXPECT_FALSE(path("x.a").is_sibling_of(path("x.a")));
  EXPECT_FALSE(path("x.a").is_sibling_of(path("y.b")));
  EXPECT_FALSE(path("x.a").is_sibling_of(path("b")));
  EXPECT_FALSE(path("x[0]").is_sibling_of(path("x[1]")));
  EXPECT_FALSE(path("x.a").is_sibling_of(path("x[1]")));
  EXPECT_FALSE(path("x[0].a").is_sibling_of(path("x[1].b")));
}

TEST_F(AFieldPath, RefusesToSetBelowWhatIsNoObject) {
  const Value nine = Value::int64(9);
  EXPECT_EQ(set("s.b", nine), "cannot set 's.b': 's' is no object");
  EXPECT_EQ(set("a.b.c", nine), "cannot set 'a.b.c': 'a.b' is no object");
  EXPECT_EQ(set("list.p", nine), "cannot set 'list.p': 'list' is no object");
  EXPECT_EQ(set("list[2]", nine), "cannot set 'list[2]': 'list' has 2 items");
  EXPECT_EQ(set("list[1].x", nine), "cannot set 'list[1].x': 'list[1]' is no object");
  EXPECT_EQ(set("a[0]", nine), "cannot set 'a[0]': 'a' is no list");
  EXPECT_EQ(set("missing[0]", nine), "cannot set 'missing[0]': 'missing' is absent");
  Value text = Value::string("x");
  record::DataError error;
  EXPECT_FALSE(path("a").set(text, nine, sample_.storage().arena, error));
  EXPECT_EQ(error.message, "cannot set 'a': the record is no object");
}

TEST_F(AFieldPath, Removes) {
  EXPECT_EQ(remove("a.b"), "{'a': {'x.y': 2}, 'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(remove("a"), "{'list': [{'p': 1}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(remove("n"), "{'a': {'b': 1, 'x.y': 2}, 'list': [{'p': 1}, 5], 's': 'text'}");
  EXPECT_EQ(remove("list[0]"), "{'a': {'b': 1, 'x.y': 2}, 'list': [5], 'n': null, 's': 'text'}");
  EXPECT_EQ(remove("list[0].p"), "{'a': {'b': 1, 'x.y': 2}, 'list': [{}, 5], 'n': null, 's': 'text'}");
  EXPECT_EQ(remove("list[7]"), "absent");
  EXPECT_EQ(remove("a.z"), "absent");
  EXPECT_EQ(remove("s.z"), "absent");
  EXPECT_EQ(remove("z.z"), "absent");
}

}  // namespace
}  // namespace hiveframe::expr
