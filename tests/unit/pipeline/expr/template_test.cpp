#include "pipeline/expr/template.hpp"

#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;

std::optional<Template> compiled(const std::string& text, std::string* problem = nullptr) {
  std::vector<Problem> problems;
  std::optional<Template> made = Template::compile(config::LocatedText(text), problems);
  if (!made && problem != nullptr) {
    *problem = std::to_string(problems.at(0).begin) + "-" + std::to_string(problems.at(0).end) + ": " +
               problems[0].message;
  }
  return made;
}

class Templates : public testing::TestWithParam<Case> {};

TEST_P(Templates, AreSettledForEachRecord) {
  Sample sample(
      "{'country': 'NL', 'n': 5, 'd': 1.0, 'b': true, 'list': [1], 'ts': timestamp(0), 'null': null, "
      "'bytes': b'\\xff'}");
  const std::optional<Template> made = compiled(std::string(GetParam().expression));
  ASSERT_TRUE(made);
  std::string text = "before ";
  Failure failure;
  if (made->render(sample.draft(), sample.inputs(), text, failure)) {
    EXPECT_EQ(text, "before " + std::string(GetParam().expected));
  } else {
    EXPECT_EQ(text, "before ") << "a text that failed leaves nothing behind";
    EXPECT_EQ("error: " + failure.message, GetParam().expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Templates,
    testing::Values(Case{"", ""}, Case{"plain", "plain"}, Case{"orders-{{ record.country }}", "orders-NL"},
                    Case{"{{record.n}}{{record.n}}", "55"},
                    Case{"a{{ record.n + 1 }}b{{ record.b }}c", "a6btruec"}, Case{"{{ record.d }}", "1"},
                    Case{"{{ record.ts }}", "1970-01-01T00:00:00Z"}, Case{"{{ 'x' }}", "x"},
                    Case{"{{{{", "{{"}, Case{"{{{{ record.n }}", "{{ record.n }}"},
                    Case{"{{{{{{ record.n }}", "{{5"}, Case{"}} { } {", "}} { } {"},
                    Case{"{{ {'a': {'b': 1}}.a.b }}", "1"}, Case{"{{ {'a': {'b': 1}}['a'].b}}", "1"},
                    Case{"{{ '}}' + \"{{\" }}", "}}{{"}, Case{"{{ r'\\}}' }}", "\\}}"},
                    Case{"{{\n  record.n // the number }}\n}}", "5"},
                    Case{"\xE2\x82\xAC{{ record.n }}",
                         "\xE2\x82\xAC"
                         "5"},
                    Case{"${X} {{ 1 }}", "${X} 1"},
                    Case{"x{{ record.missing }}", "error: null cannot stand in a text at column 2"},
                    Case{"x{{ record.list }}", "error: list cannot stand in a text at column 2"},
                    Case{"{{ record }}", "error: map cannot stand in a text at column 2"},
                    Case{"{{ record.bytes }}", "error: the bytes are not UTF-8 at column 2"},
                    Case{"a {{ record.n }} {{ 1 / 0 }}", "error: division by zero at column 4"}));

TEST(ATemplateThatHasAName, IsCalledByItWhereItIsNoText) {
  Sample sample("{'list': [1], 'n': 5}");
  for (const auto& [text, message] :
       {std::pair("{{ record.list }}",
                  "the value of 'day' is a list at column 2, and no text, number or the like"),
        std::pair("{{ record }}", "the value of 'day' is a map at column 2, and no text, number or the like"),
        std::pair("{{ 1 / 0 }}", "division by zero at column 4")}) {
    std::optional<Template> named = compiled(text);
    named->call_it("the value of 'day'");
    std::string out;
    Failure failure;
    EXPECT_FALSE(named->render(sample.draft(), sample.inputs(), out, failure));
    EXPECT_EQ(failure.message, message);
  }
}

TEST(ATemplateOfOneExpression, KeepsItsValue) {
  Sample sample("{'n': 5, 'list': [1, null]}");
  Failure failure;
  Value value;
  ASSERT_TRUE(compiled("{{ record.list }}")->evaluate(sample.draft(), sample.inputs(), value, failure));
  EXPECT_EQ(show(value), "[1, null]");
  ASSERT_TRUE(compiled("{{ record.n * 2 }}")->evaluate(sample.draft(), sample.inputs(), value, failure));
  EXPECT_EQ(show(value), "10");
  ASSERT_TRUE(compiled("{{ record.n }} ")->evaluate(sample.draft(), sample.inputs(), value, failure));
  EXPECT_EQ(show(value), "'5 '");
  ASSERT_TRUE(compiled("plain")->evaluate(sample.draft(), sample.inputs(), value, failure));
  EXPECT_EQ(show(value), "'plain'");
  EXPECT_FALSE(compiled("{{ 1 / 0 }}")->evaluate(sample.draft(), sample.inputs(), value, failure));
}

TEST(ATemplate, KnowsWhatNoRecordChanges) {
  EXPECT_EQ(compiled("a{{{{b")->constant(), "a{{b");
  EXPECT_EQ(compiled("")->constant(), "");
  EXPECT_EQ(compiled("a{{ 1 }}")->constant(), std::nullopt);
  EXPECT_EQ(compiled("{{ 1 }}/x")->constant(), std::nullopt);
  EXPECT_EQ(compiled("/all")->constant(), "/all");
}

TEST(WrongTemplates, AreRefusedWhereTheyStand) {
  const auto problem = [](const std::string& text) {
    std::string found = "none";
    compiled(text, &found);
    return found;
  };
  EXPECT_EQ(problem("a {{ record.n"), "2-4: the '{{' is not closed");
  EXPECT_EQ(problem("a {{ record.n }"), "2-4: the '{{' is not closed");
  EXPECT_EQ(problem("{{ {'a': 1 }}"), "0-2: the '{{' is not closed");
  EXPECT_EQ(problem("{{ 'abc }}"), "3-4: the quote is not closed");
  EXPECT_EQ(problem("{{ 'abc"), "0-2: the '{{' is not closed");
  EXPECT_EQ(problem("ab {{ }}"), "6-6: an expression is missing");
  EXPECT_EQ(problem("ab {{ recrod.x }}"), "6-12: unknown variable 'recrod'");
  EXPECT_EQ(problem("{{ 1 }} {{ 'a' + 1 }}"), "15-16: no such operation: string + int");
  EXPECT_EQ(problem("{{ { 1 }} }}"), "7-8: unexpected '}' where ':' and a value is wanted");
}

TEST(ATemplate, ReportsEveryExpressionThatIsWrong) {
  std::vector<Problem> problems;
  EXPECT_FALSE(Template::compile(config::LocatedText("{{ a }} {{ b }}"), problems));
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].begin, 3u);
  EXPECT_EQ(problems[1].begin, 11u);
}

}  // namespace
}  // namespace hiveframe::expr
