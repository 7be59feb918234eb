// What does not go together is reported together with whatever else is wrong.

#include <gmock/gmock.h>

#include "tests/unit/pipeline/transform/transforming.hpp"

namespace hiveframe::transform {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Combinations, OfFieldsBesideOneThatIsWrong) {
  EXPECT_THAT(problems_of("- cast: {a.b: int, a: string, c: nonsense}\n"),
              AllOf(HasSubstr("t.yaml:1:20: error: this overlaps with 'a.b', which is cast too"),
                    HasSubstr("t.yaml:1:34: error: expected"), HasSubstr("2 errors")));
  EXPECT_THAT(problems_of("- format: {c: '{{ record.', a.b: x, a: y}\n"),
              AllOf(HasSubstr("t.yaml:1:37: error: this overlaps with 'a.b', which is set too"),
                    HasSubstr("t.yaml:1:16: error: "), HasSubstr("2 errors")));
  EXPECT_THAT(problems_of("- default: {c: open(, a: '1', a: '2'}\n"), HasSubstr("error: "));
  EXPECT_THAT(problems_of("- default: {c: '1 +', a: '1', a.b: '2'}\n"),
              AllOf(HasSubstr("t.yaml:1:31: error: this overlaps with 'a', which is set too"),
                    HasSubstr("t.yaml:1:20: error: "), HasSubstr("2 errors")));
  EXPECT_THAT(problems_of("- default: {'a[': '1'}\n"), Not(HasSubstr("nothing to set")));
  EXPECT_THAT(problems_of("- format: {a: '{{'}\n"), Not(HasSubstr("nothing to set")));
  EXPECT_THAT(problems_of("- cast: {a: nonsense}\n"), Not(HasSubstr("nothing to cast")));
}

TEST(Combinations, OfDefaultsThatOverlap) {
  // What came first would be lost: 'a' is missing, and set over what was set in it.
  EXPECT_THAT(problems_of("- default: {a.b: '1', a: '2'}\n"),
              HasSubstr("t.yaml:1:23: error: this overlaps with 'a.b', which is set too"));
}

TEST(Combinations, OfExplode) {
  EXPECT_THAT(problems_of("- explode: {field: l, into: a, alone: true, empty: nonsense}\n"),
              AllOf(HasSubstr("t.yaml:1:23: error: 'into' cannot be given together with 'alone'"),
                    HasSubstr("t.yaml:1:52: error: expected"), HasSubstr("2 errors")));
  EXPECT_THAT(problems_of("- explode: {field: l, index: l, empty: nonsense}\n"),
              AllOf(HasSubstr("t.yaml:1:30: error: this overlaps with 'l', where the item stands"),
                    HasSubstr("t.yaml:1:40: error: expected")));
  // Nobody knows where the item stands.
  EXPECT_THAT(problems_of("- explode: {field: 'l[', index: l}\n"), Not(HasSubstr("overlaps")));
  EXPECT_THAT(problems_of("- explode: {index: l}\n"),
              AllOf(HasSubstr("'field'"), Not(HasSubstr("overlaps"))));
}

TEST(Combinations, OfParse) {
  const std::string all = problems_of(
      "- parse: {field: 'm[', format: csv, columns: [a, a], separator: '=', into: x, merge: true, values: "
      "nonsense}\n");
  EXPECT_THAT(all, AllOf(HasSubstr("t.yaml:1:21: error: "), HasSubstr("'a' is named twice"),
                         HasSubstr("'separator' is for format key_value only"),
                         HasSubstr("'merge' cannot be given together with 'into'"),
                         HasSubstr("t.yaml:1:100: error: expected"), HasSubstr("5 errors")));
  EXPECT_THAT(problems_of("- parse: {field: 'm[', format: regex}\n"),
              AllOf(HasSubstr("needs a 'pattern'"), HasSubstr("2 errors")));
  EXPECT_THAT(problems_of("- parse: {field: 'm[', format: regex, pattern: '(a'}\n"),
              AllOf(HasSubstr("no regular expression"), HasSubstr("2 errors")));
  EXPECT_THAT(problems_of("- parse: {field: 'm[', format: key_value, delimiter: '='}\n"),
              AllOf(HasSubstr("are the same"), HasSubstr("2 errors")));
  // Of a format that nobody knows, nothing is missing and nothing too much.
  EXPECT_THAT(problems_of("- parse: {field: m, format: cvs, columns: [a]}\n"), HasSubstr("1 error "));
  EXPECT_THAT(problems_of("- parse: {field: m, format: regex, patern: x}\n"), HasSubstr("1 error "));
}

TEST(Combinations, OfParsesCharacters) {
  for (const char* option : {"delimiter", "separator"}) {
    for (const char* wrong : {"ab", "''", "x", "'7'", "'\"'", "\"\\n\"", "ü"}) {
      EXPECT_THAT(
          problems_of("- parse: {field: m, format: key_value, " + std::string(option) + ": " + wrong + "}\n"),
          AllOf(HasSubstr("t.yaml:1:51: error: "), HasSubstr("1 error ")))
          << option << wrong;
    }
  }
  EXPECT_THAT(problems_of("- parse: {field: m, format: csv, columns: [a], delimiter: '\"'}\n"),
              HasSubstr("1 error "));
}

TEST(Combinations, NothingToHide) {
  EXPECT_THAT(problems_of("- mask: []\n"), HasSubstr("'mask' has nothing to hide"));
}

}  // namespace
}  // namespace hiveframe::transform
