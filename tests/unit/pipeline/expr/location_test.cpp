#include <gmock/gmock.h>

#include "config/option_table.hpp"
#include "config/yaml.hpp"
#include "pipeline/expr/option_types.hpp"
#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

using record::Value;
using testing::HasSubstr;

struct FakeEnvironment final : config::Environment {
  std::optional<std::string> variable(std::string_view name) const override {
    if (name == "REGION") return "eu";
    if (name == "BRACES") return "{{ record.x }}";
    return std::nullopt;
  }
  FileText read_file(const std::filesystem::path& path) const override {
    if (path == "/run/secret") return {"hunter2", ""};
    return {std::nullopt, "none"};
  }
};

struct Settings {
  std::optional<Program> value;
  std::optional<Program> when;
  std::optional<Template> path;
  std::optional<FieldPath> field;
};

// What stands in a file, read as options; "" if nothing was wrong, else what the user sees.
std::string read(const std::string& yaml, std::optional<Settings>& settings) {
  const FakeEnvironment environment;
  config::Diagnostics diagnostics;
  config::Reader reader(environment, diagnostics);
  config::OptionTable<Settings> table("thing", "thing", "A thing");
  table.add("value", &Settings::value, expression_type());
  table.add("when", &Settings::when, condition_type());
  table.add("path", &Settings::path, template_type());
  table.add("field", &Settings::field, field_path_type());
  const config::YamlFile file =
      config::parse_yaml(config::SourceFile::make("orders.yaml", yaml), diagnostics);
  if (!file.documents.empty()) settings = table.read(file.documents[0], reader);
  return diagnostics.render();
}

std::string shown(const std::string& yaml) {
  std::optional<Settings> settings;
  return read(yaml, settings);
}

TEST(ProblemsInYaml, StandWhereTheyAreWritten) {
  EXPECT_THAT(shown("value: record.name.lenght() > 3\n"),
              HasSubstr("orders.yaml:1:20: error: unknown function 'lenght'\n"
                        "  1 | value: record.name.lenght() > 3\n"
                        "    |                    ^~~~~~\n"
                        "    = did you mean 'size'? 'hiveframed explain functions' lists them all\n"));
  EXPECT_THAT(shown("value: \"'\\u20ac' + \\\"a\\\" + nix\"\n"),
              HasSubstr("orders.yaml:1:28: error: unknown variable 'nix'"));
  EXPECT_THAT(shown("value: 'record.a == ''x'' + nix'\n"),
              HasSubstr("orders.yaml:1:29: error: unknown variable 'nix'"));
  EXPECT_THAT(shown("value: |\n  record.a > 1 &&\n    nix > 2\n"),
              HasSubstr("orders.yaml:3:5: error: unknown variable 'nix'"));
  EXPECT_THAT(shown("value: \xE2\x82\xAC + 1\n"),
              HasSubstr("orders.yaml:1:8: error: unexpected '\xE2\x82\xAC'"));
  EXPECT_THAT(shown("value: x + y\n"), HasSubstr("2 errors in 1 file"));
  EXPECT_THAT(shown("value: [1]\n"), HasSubstr("expected an expression, found a list"));
}

TEST(ReferencesInAnExpression, AreRefused) {
  EXPECT_THAT(shown("value: \"record.a == '${REGION}'\"\n"), HasSubstr("use env."));
  EXPECT_THAT(shown("path: /data/{{ '${REGION}' }}\n"),
              HasSubstr("orders.yaml:1:17: error: '${' has no meaning inside an expression"));
}

config::LocatedText secret(const std::string& text) {
  config::LocatedText made(
      config::Span{config::SourceFile::make("orders.yaml", "path: ${file:secret}\n"), 6, 20});
  made.append_replaced(text, 6, 20);
  made.mark_secret();
  return made;
}

// A whole URI may come out of ${file:…}, expressions included.
TEST(ExpressionsInSecrets, AreNotShownWhenTheyAreWrong) {
  const FakeEnvironment environment;
  config::Diagnostics diagnostics;
  config::Reader reader(environment, diagnostics);
  EXPECT_FALSE(
      parse_template(secret("/data/hunter1/{{ hunter2 }}/{{ 'hunter3' + 1 }}/{{ hunter4( }}"), reader));
  EXPECT_FALSE(parse_template(secret("hunter5 {{ env.x == 'hunter6"), reader));
  EXPECT_FALSE(parse_expression(secret("hunter7"), reader));
  EXPECT_FALSE(parse_condition(secret("'hunter8'"), reader));
  EXPECT_FALSE(parse_field_path(secret("hunter9..x"), reader));
  const std::string problems = diagnostics.render();
  EXPECT_THAT(problems, HasSubstr("orders.yaml:1:7: error: what this secret holds is not right here"));
  EXPECT_THAT(problems, testing::Not(HasSubstr("hunter")));
}

TEST(ExpressionsInSecrets, AreNotShownWhenTheyFail) {
  const FakeEnvironment environment;
  config::Diagnostics diagnostics;
  config::Reader reader(environment, diagnostics);
  for (const std::string text : {"hunter1 {{ env.hunter2 }}", "{{ int('hunter' + record.digit) }}",
                                 "hunter{{ record.list }}", "{{ 'hunter'.matches(record.hunter) }}"}) {
    const std::optional<Template> parsed = parse_template(secret(text), reader);
    ASSERT_TRUE(parsed) << diagnostics.render();
    Sample sample("{'digit': '3', 'list': [1], 'hunter': '['}");
    std::string out = "before";
    Failure failure;
    EXPECT_FALSE(parsed->render(sample.draft(), sample.inputs(), out, failure));
    EXPECT_EQ(out, "before");
    EXPECT_THAT(failure.message, HasSubstr("at orders.yaml:1:7")) << text;
    EXPECT_THAT(failure.message, testing::Not(HasSubstr("hunter"))) << text;
  }
}

TEST(Conditions, ThatAreKnownToBeNoneAreRefused) {
  EXPECT_THAT(shown("when: size(record.a)\n"),
              HasSubstr("orders.yaml:1:7: error: a condition needs true or false, not int"));
  EXPECT_THAT(shown("when: \"'abc'\"\n"), HasSubstr("a condition needs true or false, not string"));
  EXPECT_EQ(shown("when: record.a\n"), "");
  EXPECT_EQ(shown("when: true\n"), "");
}

TEST(TemplatesInYaml, SettleReferencesInTheirTextOnly) {
  std::optional<Settings> settings;
  EXPECT_EQ(read("path: /data/${REGION}/{{ record.id }}/${BRACES}/$${x}\n", settings), "");
  ASSERT_TRUE(settings);
  Sample sample("{'id': 7}");
  std::string text;
  Failure failure;
  ASSERT_TRUE(settings->path->render(sample.draft(), sample.inputs(), text, failure)) << failure.message;
  EXPECT_EQ(text, "/data/eu/7/{{ record.x }}/${x}");
  EXPECT_THAT(shown("path: /data/{{ nix }}\n"), HasSubstr("orders.yaml:1:16: error: unknown variable 'nix'"));
  EXPECT_THAT(shown("path: /data/${NOTHING}/{{ 1 }}\n"), HasSubstr("orders.yaml:1:13: error:"));
  EXPECT_THAT(shown("path: \"a\\tb {{ 1 + }}\"\n"),
              HasSubstr("orders.yaml:1:20: error: the expression ends where a value"));
  EXPECT_THAT(shown("path: [a]\n"), HasSubstr("found a list"));
}

TEST(LiteralReferences, LoseTheirEscapeInsideExpressionsToo) {
  std::optional<Settings> settings;
  EXPECT_EQ(read("path: \"{{ '$${a}' + '$$${b}' }} $${c}\"\nvalue: \"'$${x}'\"\n", settings), "");
  ASSERT_TRUE(settings);
  Sample sample("{}");
  std::string text;
  Value value;
  Failure failure;
  ASSERT_TRUE(settings->path->render(sample.draft(), sample.inputs(), text, failure)) << failure.message;
  EXPECT_EQ(text, "${a}$${b} ${c}");
  ASSERT_TRUE(settings->value->evaluate(sample.draft(), sample.inputs(), value, failure)) << failure.message;
  EXPECT_EQ(value.text(), "${x}");
  // What stands behind one is still where it is.
  EXPECT_THAT(shown("value: \"'$${x}' + nix\"\n"),
              HasSubstr("orders.yaml:1:19: error: unknown variable 'nix'\n"
                        "  1 | value: \"'$${x}' + nix\"\n"
                        "    |                   ^~~"));
  EXPECT_THAT(shown("path: \"{{ '$${x}' + nix }}\"\n"),
              HasSubstr("orders.yaml:1:21: error: unknown variable 'nix'"));
  EXPECT_EQ(read("path: \"{{ '$${x}' + record.a }}\"\nvalue: \"'$${x}'\"\n", settings), "");
  ASSERT_TRUE(settings);
  Sample number("{'a': 1}");
  EXPECT_FALSE(settings->path->render(number.draft(), number.inputs(), text, failure));
  EXPECT_THAT(failure.message, HasSubstr("at orders.yaml:1:19"));
}

// What a template makes, such as a file's name, is shown in messages.
TEST(SecretsInTemplates, AreRefused) {
  for (const char* yaml :
       {"path: /data/${file:/run/secret}\n", "path: '{{ 1 }}${NONE:-${file:/run/secret}}'\n"}) {
    EXPECT_THAT(shown(yaml),
                HasSubstr("orders.yaml:1:7: error: ${file:} and ${credential:} are for secrets"));
    EXPECT_THAT(shown(yaml), testing::Not(HasSubstr("hunter2")));
  }
}

TEST(FieldPathsInYaml, AreLocated) {
  EXPECT_THAT(shown("field: a..b\n"), HasSubstr("orders.yaml:1:10: error: unexpected '.' in a field path"));
  std::optional<Settings> settings;
  EXPECT_EQ(read("field: a['x.y'][0]\n", settings), "");
  EXPECT_EQ(settings->field->str(), "a['x.y'][0]");
}

TEST(FailuresForARecord, NameTheFile) {
  const auto failure_of = [](const std::string& yaml) {
    std::optional<Settings> settings;
    EXPECT_EQ(read(yaml, settings), "");
    Sample sample("{'a': 'text'}");
    Value value;
    Failure failure;
    EXPECT_FALSE(settings->value->evaluate(sample.draft(), sample.inputs(), value, failure));
    return failure.message;
  };
  EXPECT_EQ(failure_of("value: record.a + 1\n"), "no such operation: string + int at orders.yaml:1:17");
  EXPECT_EQ(failure_of("# c\nvalue: |\n  record.b == null &&\n  record.a + 1 > 2\n"),
            "no such operation: string + int at orders.yaml:4:12");
}

TEST(FailuresOfTextThatStandsNowhere, NameLineAndColumn) {
  EXPECT_EQ(evaluated("record == {} &&\n '\xE2\x82\xAC' == '' || 1 / 0 > 1"),
            "error: division by zero at line 2, column 17");
}

}  // namespace
}  // namespace hiveframe::expr
