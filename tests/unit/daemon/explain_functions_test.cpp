// What `explain functions` shows of the language of expressions, and that it is true.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "daemon/cli/command_line.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/expr/names.hpp"
#include "pipeline/expr/reference.hpp"

namespace hiveframe::daemon {
namespace {

using testing::HasSubstr;

std::string call(const std::vector<std::string>& arguments) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Io io{in, out, err};
  EXPECT_EQ(run_command_line(arguments, {}, io), 0) << err.str() << out.str();
  return out.str();
}

TEST(ExplainFunctions, EveryExampleGivesWhatIsSaid) {
  setenv("HOME", "/srv/u", 1);
  for (const expr::ReferenceGroup& group : expr::language_reference()) {
    EXPECT_FALSE(group.entries.empty()) << group.title;
    for (const expr::ReferenceEntry& entry : group.entries) {
      const std::string example(entry.example);
      if (entry.result.empty()) {
        call({"eval", example, "--record", R"({"customer": {"last name": "Ada"}})"});
      } else {
        EXPECT_EQ(call({"eval", example}), std::string(entry.result) + "\n") << example;
      }
      EXPECT_THAT(example, HasSubstr(std::string(entry.name)));
      EXPECT_FALSE(entry.help.empty() || entry.help.ends_with('.')) << entry.signature;
    }
  }
}

TEST(ExplainFunctions, NamesEveryFunction) {
  const std::string text = call({"explain", "functions"});
  for (const expr::Function& each : expr::functions())
    EXPECT_THAT(text, HasSubstr(std::string(each.name) + "(")) << each.name;
  for (const expr::Macro& each : expr::macros())
    EXPECT_THAT(text, HasSubstr(std::string(each.name) + "(")) << each.name;
  for (const char* variable : {"\n  record ", "\n  meta ", "\n  env ", "\n  now "})
    EXPECT_THAT(text, HasSubstr(variable));
}

TEST(ExplainFunctions, KnowsASingleOne) {
  const std::string text = call({"explain", "matches"});
  EXPECT_THAT(text, testing::StartsWith("matches in expressions\n\n  text.matches(pattern) "));
  EXPECT_THAT(text, HasSubstr(" -> true\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("startsWith")));
}

TEST(ExplainFunctions, KnowsThoseOfANamespace) {
  EXPECT_THAT(call({"explain", "math.abs"}),
              testing::StartsWith("math.abs in expressions\n\n  math.abs(number) "));
  const std::string all = call({"explain", "math"});
  EXPECT_THAT(all, testing::StartsWith("math in expressions\n\n  math.greatest(a, b, ...) "));
  EXPECT_THAT(all, HasSubstr("\n  math.bitNot(a) "));
  EXPECT_THAT(all, testing::Not(HasSubstr("strings.quote")));
}

TEST(ExplainFunctions, SaysWhatIsMeantByAWrongName) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Io io{in, out, err};
  const std::vector<std::string> arguments{"explain", "math.abz"};
  EXPECT_EQ(run_command_line(arguments, {}, io), 2);
  EXPECT_THAT(err.str(), HasSubstr("function 'math.abz'\n  did you mean 'math.abs'?"));
}

TEST(ExplainFunctions, AreReferredToWhereExpressionsStand) {
  const std::string pointer = "\n'hiveframed explain functions' lists what expressions are made of.\n";
  EXPECT_THAT(call({"explain", "filter"}), testing::EndsWith(pointer));
  EXPECT_THAT(call({"explain", "set"}), testing::EndsWith(pointer));
  EXPECT_THAT(call({"explain", "drop"}), testing::Not(HasSubstr(pointer)));
  EXPECT_THAT(call({"explain", "retry"}), testing::Not(HasSubstr(pointer)));
}

TEST(ExplainFunctions, ShareNamesWithOthers) {
  EXPECT_THAT(call({"explain", "filter"}),
              testing::StartsWith("filter transform: Passes the records on for which a condition holds\n\n"
                                  "  filter: record.status == 'paid'\n"
                                  "  # {\"id\": 1, \"status\": \"paid\"}\n"
                                  "  #   becomes {\"id\": 1, \"status\": \"paid\"}\n\n"
                                  "  filter: {condition: record.amount > 100}\n"
                                  "  # {\"id\": 2, \"amount\": 99.5}\n"
                                  "  #   is dropped\n\nOptions\n"));
  EXPECT_THAT(call({"explain", "filter"}),
              HasSubstr("\n\nfilter in expressions\n\n  list.filter(x, condition) "));
  EXPECT_THAT(call({"explain", "bytes"}), testing::StartsWith("bytes format: "));
  EXPECT_THAT(call({"explain", "bytes"}), HasSubstr("\n\nbytes in expressions\n\n  bytes(text) "));
}

}  // namespace
}  // namespace hiveframe::daemon
