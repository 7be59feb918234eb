#include <gmock/gmock.h>

#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

using testing::HasSubstr;

TEST(Parse, Json) {
  EXPECT_EQ(after("- parse: body\n", R"({'body': '{"a": [1, 2.5], "b": null}', 'id': 1})"),
            "{'body': {'a': [1, 2.5], 'b': null}, 'id': 1}");
  EXPECT_EQ(after("- parse: {field: a.b, into: c.d}\n", R"({'a': {'b': '[true]'}})"),
            "{'a': {'b': '[true]'}, 'c': {'d': [true]}}");
  EXPECT_THAT(after("- parse: body\n", R"({'body': '{"a": 1'})"), HasSubstr("syntax: cannot parse 'body': "));
  EXPECT_THAT(after("- parse: body\n", R"({'body': '{"a": 1, "a": 2}'})"),
              HasSubstr("duplicate_key: cannot parse 'body': "));
}

TEST(Parse, LeavesAloneWhatIsNotThere) {
  EXPECT_EQ(after("- parse: body\n", "{'body': null}"), "unchanged");
  EXPECT_EQ(after("- parse: body\n", "{}"), "unchanged");
  EXPECT_EQ(after("- parse: body\n", "{'body': 5}"), "value: cannot parse 'body': it is int, not text");
}

TEST(Parse, Csv) {
  const std::string yaml = "- parse: {field: row, format: csv, columns: [a, b, c]}\n";
  EXPECT_EQ(after(yaml, R"({'row': '1,"x, ""y""",'})"), R"({'row': {'a': '1', 'b': 'x, "y"', 'c': null}})");
  EXPECT_EQ(after(yaml, "{'row': '1,2'}"), "value: cannot parse 'row': the row has 2 fields for 3 columns");
  EXPECT_THAT(after(yaml, R"({'row': '"1'})"), HasSubstr("cannot parse 'row': field 1 begins with a quote"));
  EXPECT_EQ(after("- parse: {field: row, format: csv, columns: [a, b], delimiter: ;, values: guess}\n",
                  R"({'row': '1;"2"'})"),
            "{'row': {'a': 1, 'b': '2'}}");
}

TEST(Parse, KeyValue) {
  const std::string yaml = "- parse: {field: line, format: key_value}\n";
  EXPECT_EQ(after(yaml, R"({'line': '  level=info msg="all \\"well\\" \\\\"  retry n= x=a=b'})"),
            R"({'line': {'level': 'info', 'msg': 'all "well" \', 'retry': true, 'n': '', 'x': 'a=b'}})");
  EXPECT_EQ(after(yaml, R"({'line': 'a=1\tb="x\\ny"\tc="\\q"'})"),
            "{'line': {'a': '1', 'b': 'x\ny', 'c': '\\q'}}")
      << "pairs apart by tabs, and only known escapes stand for something else";
  EXPECT_EQ(after(yaml, "{'line': ''}"), "{'line': {}}");
  EXPECT_EQ(after(yaml, "{'line': 'a=1 a=2'}"),
            "duplicate_key: cannot parse 'line': 'a' at byte 5 stands there twice");
  EXPECT_EQ(after(yaml, R"({'line': 'a="1'})"),
            "syntax: cannot parse 'line': a quote is not closed at byte 3");
  EXPECT_EQ(after(yaml, R"({'line': 'a="1"2'})"),
            "syntax: cannot parse 'line': a value goes on behind its closing quote at byte 6");
  EXPECT_EQ(after(yaml, "{'line': 'a=1 =2'}"), "syntax: cannot parse 'line': a name is missing at byte 5");
  EXPECT_EQ(
      after("- parse: {field: line, format: key_value, delimiter: ',', separator: ':', values: guess}\n",
            "{'line': 'a: 1, b:2.5 ,c:x y,d'}"),
      "{'line': {'a': 1, 'b': 2.5, 'c': 'x y', 'd': true}}");
}

TEST(Parse, Regex) {
  const std::string yaml =
      "- parse:\n    field: m\n    format: regex\n    pattern: '^(?P<verb>[A-Z]+) (\\S+)(?: "
      "(?P<status>\\d+))?$'\n"
      "    values: guess\n    into: request\n";
  EXPECT_EQ(after(yaml, "{'m': 'GET /x 200'}"),
            "{'m': 'GET /x 200', 'request': {'verb': 'GET', 'status': 200}}");
  EXPECT_EQ(after(yaml, "{'m': 'GET /x'}"), "{'m': 'GET /x', 'request': {'verb': 'GET', 'status': null}}");
  EXPECT_EQ(after(yaml, "{'m': 'get'}"), "value: cannot parse 'm': the pattern does not match 'get'");
}

TEST(Parse, Merges) {
  EXPECT_EQ(after("- parse: {field: m, merge: true}\n", R"({'a': 1, 'm': '{"b": 2, "a": 3}', 'c': 4})"),
            "{'a': 3, 'c': 4, 'b': 2}");
  EXPECT_EQ(after("- parse: {field: m, merge: true}\n", R"({'m': '{"m": 2}'})"), "{'m': 2}");
  EXPECT_EQ(after("- parse: {field: m, merge: true}\n", "{'m': '5'}"),
            "value: what was found in 'm' has no fields to merge");
}

TEST(Parse, RefusesWhatIsWrong) {
  EXPECT_THAT(problems_of("- parse: {field: m, format: regex}\n"), HasSubstr("needs a 'pattern'"));
  EXPECT_THAT(problems_of("- parse: {field: m, format: regex, pattern: '(a'}\n"),
              HasSubstr("no regular expression"));
  EXPECT_THAT(problems_of("- parse: {field: m, format: regex, pattern: '(a)'}\n"),
              HasSubstr("no group with a name"));
  EXPECT_THAT(problems_of("- parse: {field: m, format: csv}\n"), HasSubstr("needs 'columns'"));
  EXPECT_THAT(problems_of("- parse: {field: m, format: csv, columns: [a, a]}\n"),
              HasSubstr("'a' is named twice"));
  EXPECT_THAT(problems_of("- parse: {field: m, format: csv, columns: [a], delimiter: ab}\n"),
              HasSubstr("one ASCII character"));
  EXPECT_THAT(problems_of("- parse: {field: m, columns: [a]}\n"),
              HasSubstr("'columns' is for format csv only"));
  EXPECT_THAT(problems_of("- parse: {field: m, pattern: x}\n"),
              HasSubstr("'pattern' is for format regex only"));
  EXPECT_THAT(problems_of("- parse: {field: m, separator: ':'}\n"),
              HasSubstr("'separator' is for format key_value only"));
  EXPECT_THAT(problems_of("- parse: {field: m, delimiter: ':'}\n"),
              HasSubstr("'delimiter' is for format csv or key_value only"));
  EXPECT_THAT(problems_of("- parse: {field: m, values: guess}\n"), HasSubstr("'values' is for format"));
  EXPECT_THAT(problems_of("- parse: {field: m, into: x, merge: true}\n"),
              HasSubstr("cannot be given together"));
  EXPECT_THAT(problems_of("- parse: {field: m, format: key_value, delimiter: '='}\n"),
              HasSubstr("are the same"));
}

}  // namespace
}  // namespace hiveframe::transform
