#include "config/interpolation.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

struct Result {
  std::string text;
  bool secret = false;
  std::string problems;
};

// What becomes of the value in `a: <yaml>`.
Result settled(const std::string& yaml) {
  Reading reading("a: " + yaml + "\n");
  reading.environment.variables = {{"HOME", "/srv/u"},
                                   {"EMPTY", ""},
                                   {"TRICK", "${HOME}"},
                                   {"CREDENTIALS_DIRECTORY", "/cred"},
                                   {"BAD", "\xFF"}};
  reading.environment.files = {{"/run/x", "hunter2\n"}, {"/run/two", "a\n\n"},          {"/run/dos", "b\r\n"},
                               {"/etc/demo/rel", "r"},  {"/cred/db", "from-systemd\n"}, {"/run/empty", ""}};
  const Node document = reading.document();
  EXPECT_EQ(reading.problems(), "");
  const auto text = interpolate(document.find("a")->text(), reading.environment, reading.diagnostics);
  return {text ? text->str() : "(nothing)", text && text->secret(), reading.problems()};
}

std::string text(const std::string& yaml) {
  const Result result = settled(yaml);
  EXPECT_EQ(result.problems, "");
  return result.text;
}

TEST(Interpolation, Variables) {
  EXPECT_EQ(text("${HOME}"), "/srv/u");
  EXPECT_EQ(text("x${HOME}y${HOME}z"), "x/srv/uy/srv/uz");
  EXPECT_EQ(text("${EMPTY}"), "");
  EXPECT_EQ(text("${NONE:-fallback}"), "fallback");
  EXPECT_EQ(text("${NONE:-}"), "");
  EXPECT_EQ(text("${EMPTY:-fallback}"), "fallback");
  EXPECT_EQ(text("${HOME:-fallback}"), "/srv/u");
  EXPECT_EQ(text("${HOME:?why}"), "/srv/u");
  EXPECT_EQ(text("${NONE:-a:-b}"), "a:-b");
}

TEST(Interpolation, ReferencesInReferences) {
  EXPECT_EQ(text("${NONE:-${NADA:-x}}.y"), "x.y");
  EXPECT_EQ(text("${NONE:-a${HOME}b${NADA:-c}d}e"), "a/srv/ubcde");
  EXPECT_EQ(text("${HOME:-${NADA}}"), "/srv/u");  // as in a shell: a default that is not needed is not read
  EXPECT_EQ(text("'${NONE:-{{ record.a }}}'"), "{{ record.a }}");
  EXPECT_EQ(text("'${NONE:-$${HOME}}'"), "${HOME}");
  EXPECT_EQ(text("${NONE:-${TRICK}}"), "${HOME}");
  EXPECT_EQ(text("${file:/run/${NONE:-x}}"), "hunter2");
  EXPECT_EQ(text("${credential:${NONE:-db}}"), "from-systemd");
  EXPECT_TRUE(settled("${NONE:-${file:/run/x}}").secret);
  EXPECT_FALSE(settled("${HOME:-${file:/run/x}}").secret);
  EXPECT_EQ(settled("'${NONE:?need {it} from ${HOME}, now}'").problems,
            "orders.yaml:1:5: error: variable 'NONE' is not set\n"
            "  1 | a: '${NONE:?need {it} from ${HOME}, now}'\n"
            "    |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "    = need {it} from /srv/u, now\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${NONE:-${NADA}}").problems,
            "orders.yaml:1:12: error: variable 'NADA' is not set\n"
            "  1 | a: ${NONE:-${NADA}}\n"
            "    |            ^~~~~~~\n"
            "    = set it, or give a default: ${NADA:-…}\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("'${NONE:-${NADA:-x}'").problems,
            "orders.yaml:1:5: error: '${' is not closed\n"
            "  1 | a: '${NONE:-${NADA:-x}'\n"
            "    |     ^~\n"
            "    = add '}', or write '$${' for a literal '${'\n"
            "1 error in 1 file\n");
}

TEST(Interpolation, WhatASecretNamesIsNotShown) {
  for (const char* yaml : {"${file:/nope/${file:/run/x}}", "${credential:${file:/run/x}}",
                           "${NONE:?see ${file:/run/x}}", "${NONE:-${file:/run/x}${NADA}}"}) {
    const Result result = settled(yaml);
    EXPECT_EQ(result.text, "(nothing)") << yaml;
    EXPECT_EQ(result.problems.find("hunter2"), std::string::npos) << result.problems;
  }
}

TEST(Interpolation, NestingHasAnEnd) {
  std::string yaml;
  for (int i = 0; i < 100'000; ++i)
    yaml += "${NONE:-";
  yaml += "x" + std::string(100'000, '}');
  EXPECT_NE(settled(yaml).problems.find("'${…}' is nested more than 16 deep"), std::string::npos);
}

TEST(Interpolation, LiteralDollars) {
  EXPECT_EQ(text("$${HOME}"), "${HOME}");
  EXPECT_EQ(text("$$${HOME}"), "$${HOME}");
  EXPECT_EQ(text("a$b $ c$"), "a$b $ c$");
  EXPECT_EQ(text("${HOME}$${HOME}${HOME}"), "/srv/u${HOME}/srv/u");
}

TEST(Interpolation, WhatWasPutInIsNotLookedAtAgain) { EXPECT_EQ(text("${TRICK}"), "${HOME}"); }

TEST(Interpolation, FilesAndCredentials) {
  EXPECT_EQ(text("${file:/run/x}"), "hunter2");
  EXPECT_EQ(text("${file:/run/two}"), "a\n");
  EXPECT_EQ(text("${file:/run/dos}"), "b");
  EXPECT_EQ(text("${file:/run/empty}"), "");
  EXPECT_EQ(text("${file:rel}"), "r");
  EXPECT_EQ(text("${credential:db}"), "from-systemd");
  EXPECT_TRUE(settled("x${file:/run/x}").secret);
  EXPECT_TRUE(settled("${credential:db}").secret);
  EXPECT_FALSE(settled("${HOME}").secret);
}

TEST(Interpolation, MissingVariables) {
  EXPECT_EQ(settled("'é ${NONE}'").problems,
            "orders.yaml:1:7: error: variable 'NONE' is not set\n"
            "  1 | a: 'é ${NONE}'\n"
            "    |       ^~~~~~~\n"
            "    = set it, or give a default: ${NONE:-…}\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${NONE:?set it in the service's environment file}").problems,
            "orders.yaml:1:4: error: variable 'NONE' is not set\n"
            "  1 | a: ${NONE:?set it in the service's environment file}\n"
            "    |    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "    = set it in the service's environment file\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${EMPTY:?needed}").problems,
            "orders.yaml:1:4: error: variable 'EMPTY' is empty\n"
            "  1 | a: ${EMPTY:?needed}\n"
            "    |    ^~~~~~~~~~~~~~~~\n"
            "    = needed\n"
            "1 error in 1 file\n");
}

TEST(Interpolation, BrokenReferences) {
  EXPECT_EQ(settled("'x ${HOME'").problems,
            "orders.yaml:1:7: error: '${' is not closed\n"
            "  1 | a: 'x ${HOME'\n"
            "    |       ^~\n"
            "    = add '}', or write '$${' for a literal '${'\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${}").problems,
            "orders.yaml:1:6: error: a variable's name is missing\n"
            "  1 | a: ${}\n"
            "    |      ^\n"
            "    = write ${VAR}, ${VAR:-default}, ${VAR:?why}, ${file:/path} or ${credential:NAME}\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${a b}").problems,
            "orders.yaml:1:6: error: 'a b' is no name of a variable\n"
            "  1 | a: ${a b}\n"
            "    |      ^~~\n"
            "    = write ${VAR}, ${VAR:-default}, ${VAR:?why}, ${file:/path} or ${credential:NAME}\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${HOME:=x}").problems,
            "orders.yaml:1:10: error: ':=x' after a variable's name\n"
            "  1 | a: ${HOME:=x}\n"
            "    |          ^~~\n"
            "    = write ${VAR:-default} or ${VAR:?why}\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${BAD}").problems,
            "orders.yaml:1:4: error: the value of this reference is not valid UTF-8 text\n"
            "  1 | a: ${BAD}\n"
            "    |    ^~~~~~\n"
            "1 error in 1 file\n");
}

TEST(Interpolation, FilesThatCannotBeRead) {
  EXPECT_EQ(settled("${file:/nope}").problems,
            "orders.yaml:1:4: error: cannot read file '/nope': No such file or directory\n"
            "  1 | a: ${file:/nope}\n"
            "    |    ^~~~~~~~~~~~~\n"
            "1 error in 1 file\n");
  EXPECT_EQ(settled("${credential:../x}").problems,
            "orders.yaml:1:4: error: 'credential:' needs the name of a credential, not a path\n"
            "  1 | a: ${credential:../x}\n"
            "    |    ^~~~~~~~~~~~~~~~~~\n"
            "    = for a path write ${file:…}\n"
            "1 error in 1 file\n");
}

TEST(Interpolation, CredentialsWithoutSystemd) {
  Reading reading("a: ${credential:db}\n");
  const Node document = reading.document();
  EXPECT_FALSE(interpolate(document.find("a")->text(), reading.environment, reading.diagnostics));
  EXPECT_EQ(reading.problems(),
            "orders.yaml:1:6: error: there is no credential 'db'\n"
            "  1 | a: ${credential:db}\n"
            "    |      ^~~~~~~~~~~~~\n"
            "    = systemd passes credentials to a service (LoadCredential=) and sets CREDENTIALS_DIRECTORY\n"
            "1 error in 1 file\n");
}

TEST(Interpolation, AllProblemsOfAScalar) {
  const Result result = settled("${NONE} ${NADA}");
  EXPECT_EQ(result.text, "(nothing)");
  EXPECT_NE(result.problems.find("2 errors in 1 file"), std::string::npos);
}

TEST(Interpolation, PlacesAfterAReference) {
  Reading reading("a: ${HOME}/bad\n");
  reading.environment.variables = {{"HOME", "/srv/with/a/long/name"}};
  const Node document = reading.document();
  const auto text = interpolate(document.find("a")->text(), reading.environment, reading.diagnostics);
  ASSERT_TRUE(text);
  const std::size_t at = text->view().find("bad");
  EXPECT_EQ(text->span(at, at + 3).position(), (LineColumn{1, 12}));
  EXPECT_EQ(text->span(3, 4).position(), (LineColumn{1, 4}));
  EXPECT_EQ(text->span(3, 4).end - text->span(3, 4).begin, 7U);
}

}  // namespace
}  // namespace hiveframe::config
