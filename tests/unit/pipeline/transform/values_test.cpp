// Transforms that change values field by field: cast, default, flatten, format, mask.

#include <gmock/gmock.h>

#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

using testing::HasSubstr;

TEST(Cast, MakesTextWhatItMeans) {
  EXPECT_EQ(after("- cast: {a: int, b: double, c: bool, d: uint}\n",
                  "{'a': '007', 'b': '1.50', 'c': 'yes', 'd': '9'}"),
            "{'a': 7, 'b': 1.5, 'c': true, 'd': 9}");
  EXPECT_EQ(after("- cast: {a: timestamp, b: date, c: duration}\n",
                  "{'a': '2026-03-01 12:00:00Z', 'b': '2026-03-01', 'c': '1h30m'}"),
            "{'a': ts(2026-03-01T12:00:00Z), 'b': date(2026-03-01), 'c': dur(5400s)}");
  EXPECT_EQ(after("- cast: {a.b: int}\n", "{'a': {'b': '1', 'c': '2'}}"), "{'a': {'b': 1, 'c': '2'}}");
  EXPECT_EQ(after("- cast: {'a[1]': int}\n", "{'a': ['1', '2']}"), "{'a': ['1', 2]}");
}

TEST(Cast, LosesNothing) {
  EXPECT_EQ(after("- cast: {a: int}\n", "{'a': 3.0}"), "{'a': 3}");
  EXPECT_EQ(after("- cast: {a: int}\n", "{'a': 3.5}"), "value: cannot cast 'a': 3.5 is not an int");
  EXPECT_EQ(after("- cast: {a: int}\n", "{'a': 1e300}"), "value: cannot cast 'a': 1e+300 is not an int");
  EXPECT_EQ(after("- cast: {a: uint}\n", "{'a': -1}"), "value: cannot cast 'a': -1 is not a uint");
  EXPECT_EQ(after("- cast: {a: int}\n", "{'a': 18446744073709551615u}"),
            "value: cannot cast 'a': 18446744073709551615 is not an int");
  EXPECT_EQ(after("- cast: {a: bool}\n", "{'a': 2}"), "value: cannot cast 'a': 2 is not a bool");
  EXPECT_EQ(after("- cast: {a: string}\n", "{'a': [1]}"),
            "value: cannot cast 'a': a value of type list is not a string");
  EXPECT_EQ(after("- cast: {a: date}\n", "{'a': 'soon'}"), "value: cannot cast 'a': 'soon' is not a date");
  EXPECT_EQ(after("- cast: {a: timestamp}\n", "{'a': 253402300800}"),
            "value: cannot cast 'a': 253402300800 is not a timestamp");
}

TEST(Cast, MakesTextOfEveryScalar) {
  EXPECT_EQ(after("- cast: {a: string, b: string, c: string, d: string}\n",
                  "{'a': 1, 'b': 1.5, 'c': true, 'd': timestamp('2026-03-01T12:00:00Z')}"),
            "{'a': '1', 'b': '1.5', 'c': 'true', 'd': '2026-03-01T12:00:00Z'}");
}

TEST(Cast, ReadsTimesFromNumbers) {
  EXPECT_EQ(after("- cast: {a: timestamp, b: timestamp_ms}\n", "{'a': 1772366400, 'b': 1772366400250}"),
            "{'a': ts(2026-03-01T12:00:00Z), 'b': ts(2026-03-01T12:00:00.250Z)}");
  EXPECT_EQ(after("- cast: {a: timestamp_ms}\n", "{'a': -1}"), "{'a': ts(1969-12-31T23:59:59.999Z)}");
  EXPECT_EQ(after("- cast: {a: date, b: duration}\n", "{'a': timestamp('1969-12-31T23:59:59Z'), 'b': 90}"),
            "{'a': date(1969-12-31), 'b': dur(90s)}");
}

TEST(Cast, LeavesAloneWhatIsNullAbsentOrOfItsType) {
  EXPECT_EQ(after("- cast: {a: int, b: int, c: string}\n", "{'a': null, 'c': 'x'}"), "unchanged");
  EXPECT_EQ(after("- cast: {a: decimal}\n", "{'a': 1.5}"), "unchanged");
}

TEST(Cast, RefusesWhatIsWrong) {
  EXPECT_THAT(problems_of("- cast: {a: integer}\n"), HasSubstr("t.yaml:1:13: error: "));
  EXPECT_THAT(problems_of("- cast: {}\n"), HasSubstr("nothing to cast"));
  EXPECT_THAT(problems_of("- cast: {a.b: int, a: string}\n"),
              HasSubstr("t.yaml:1:20: error: this overlaps with 'a.b'"));
}

TEST(Default, SetsWhatIsMissing) {
  const std::string yaml = "- default: {status: \"'open'\", total: record.price * 2}\n";
  EXPECT_EQ(after(yaml, "{'price': 2}"), "{'price': 2, 'status': 'open', 'total': 4}");
  EXPECT_EQ(after(yaml, "{'status': null, 'total': 1}"), "{'status': 'open', 'total': 1}");
  EXPECT_EQ(after(yaml, "{'status': '', 'total': 0}"), "unchanged");
  EXPECT_EQ(after("- default: {a: '1', b: record.a}\n", "{}"), "{'a': 1, 'b': null}");
  EXPECT_EQ(after("- default: {a.b: '1'}\n", "{'a': {'c': 2}}"), "{'a': {'c': 2, 'b': 1}}");
}

TEST(Default, AFailureIsTheRecordsError) {
  EXPECT_THAT(after("- default: {a: '1', b: record.x + 1}\n", "{}"),
              HasSubstr("expression: no such operation"));
  EXPECT_THAT(after("- default: {a: '1', b.c: '1'}\n", "{'b': 5}"), HasSubstr("value: cannot set 'b.c'"));
  // What is not missing is not worked out.
  EXPECT_EQ(after("- default: {b: record.x + 1}\n", "{'b': 1}"), "unchanged");
}

TEST(Default, RefusesWhatIsWrong) {
  EXPECT_THAT(problems_of("- default: {}\n"), HasSubstr("nothing to set"));
  EXPECT_THAT(problems_of("- default: {a: '1', ['a']: '2'}\n"), HasSubstr("error: "));
  EXPECT_THAT(problems_of("- default: {a: open(}\n"), HasSubstr("t.yaml:1:"));
}

TEST(Flatten, JoinsNames) {
  EXPECT_EQ(after("- flatten:\n    separator: _\n", "{'a': {'b': {'c': 1}, 'd': 2}, 'e': 3}"),
            "{'a_b_c': 1, 'a_d': 2, 'e': 3}");
  EXPECT_EQ(after("- flatten: .\n", "{'a': {'b': [{'c': 1}]}}"), "{'a.b': [{'c': 1}]}");
  EXPECT_EQ(after("- flatten: {lists: index}\n", "{'a': [1, {'b': [2]}], 'c': []}"),
            "{'a.0': 1, 'a.1.b.0': 2, 'c': []}");
  EXPECT_EQ(after("- flatten: {depth: 1}\n", "{'a': {'b': {'c': 1}}}"), "{'a.b': {'c': 1}}");
  EXPECT_EQ(after("- flatten: {field: a}\n", "{'a': {'b': {'c': 1}}, 'd': {'e': 2}}"),
            "{'a': {'b.c': 1}, 'd': {'e': 2}}");
}

TEST(Flatten, KeepsWhatHoldsNothing) {
  EXPECT_EQ(after("- flatten: .\n", "{'a': {}, '': {'': {}}}"), "{'a': {}, '.': {}}");
  EXPECT_EQ(after("- flatten: .\n", "{'': {}}"), "{'': {}}");
  EXPECT_EQ(after("- flatten: .\n", "{'a': 1, 'b': [1]}"), "unchanged");
  EXPECT_EQ(after("- flatten: .\n", "[1]"), "unchanged");
  EXPECT_EQ(after("- flatten: {field: x.y}\n", "{'a': {'b': 1}}"), "unchanged");
}

TEST(Flatten, TwoFieldsOfOneNameAreAnError) {
  EXPECT_EQ(after("- flatten: .\n", "{'a': {'b': 1}, 'a.b': 2}"),
            "value: two fields would be named 'a.b' when flattened");
}

TEST(Format, SetsText) {
  EXPECT_EQ(
      after("- format: {line: '{{ record.id }}: {{ record.amount * 2 }} EUR'}\n", "{'id': 7, 'amount': 1.5}"),
      "{'id': 7, 'amount': 1.5, 'line': '7: 3 EUR'}");
  EXPECT_EQ(after("- format: {a: '{{ record.b }}', b: '{{ record.a }}'}\n", "{'a': 1, 'b': 2}"),
            "{'a': '2', 'b': '1'}");
  EXPECT_THAT(after("- format: {line: 'x{{ record.none }}'}\n", "{}"), HasSubstr("expression: "));
  EXPECT_THAT(after("- format: {a.b: x}\n", "{'a': 1}"), HasSubstr("value: cannot set 'a.b'"));
  EXPECT_THAT(problems_of("- format: {}\n"), HasSubstr("nothing to set"));
  EXPECT_THAT(problems_of("- format: {a.b: x, a: y}\n"), HasSubstr("this overlaps with 'a.b'"));
}

TEST(Mask, HidesText) {
  EXPECT_EQ(after("- mask: email\n", "{'email': 'a@b.de', 'id': 1}"), "{'email': '***', 'id': 1}");
  EXPECT_EQ(after("- mask: {fields: [card], keep_last: 4, with: '#'}\n", "{'card': '4111111111111234'}"),
            "{'card': '#1234'}");
  EXPECT_EQ(after("- mask: {fields: [a], keep_first: 1, keep_last: 1}\n", "{'a': 'größe'}"),
            "{'a': 'g***e'}");
  EXPECT_EQ(after("- mask: {fields: [a], keep_last: 2}\n", "{'a': 'ßße'}"), "{'a': '***'}");
  EXPECT_EQ(after("- mask: {fields: [a], keep_last: 2}\n", "{'a': 'ßßße'}"), "{'a': '***ße'}");
  EXPECT_EQ(after("- mask: {fields: [a], with: ''}\n", "{'a': 'x'}"), "{'a': ''}");
}

TEST(Mask, HidesEveryOtherValueToo) {
  EXPECT_EQ(after("- mask: [a, b, c.d, e]\n", "{'a': 12345, 'b': [1], 'c': {'d': {'x': 1}}, 'e': null}"),
            "{'a': '***', 'b': '***', 'c': {'d': '***'}, 'e': null}");
  EXPECT_EQ(after("- mask: {fields: a, keep_last: 2}\n", "{'a': 12345}"), "{'a': '***45'}");
  EXPECT_EQ(after("- mask: [a, b]\n", "{'c': 1}"), "unchanged");
  EXPECT_THAT(problems_of("- mask: {with: x}\n"), HasSubstr("fields"));
}

}  // namespace
}  // namespace hiveframe::transform
