#include <gmock/gmock.h>

#include "tests/unit/pipeline/expr/evaluation.hpp"

namespace hiveframe::expr {
namespace {

class Problems : public testing::TestWithParam<Case> {};

TEST_P(Problems, AreFoundBeforeAnyRecordIsRead) {
  EXPECT_EQ(problems_of(GetParam().expression), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Names, Problems,
    testing::Values(
        Case{"sttus == 'paid'",
             "problem 0-5: unknown variable 'sttus' | a field of the record is record.sttus; a text "
             "stands in quotes"},
        Case{"recrod.a > 1", "problem 0-6: unknown variable 'recrod' | did you mean 'record'?"},
        Case{"1 < .recrod", "problem 5-11: unknown variable 'recrod' | did you mean 'record'?"},
        Case{"status == 'paid'",
             "problem 0-6: unknown variable 'status' | did you mean 'state', or the field record.status?"},
        Case{"[1].all(item, itme > 0)",
             "problem 14-18: unknown variable 'itme' | did you mean 'item', or the field record.itme?"},
        Case{"record.name.lenght() > 3",
             "problem 12-18: unknown function 'lenght' | did you mean 'size'? 'hiveframed explain functions' "
             "lists them all"},
        Case{"len(record.name)",
             "problem 0-3: unknown function 'len' | did you mean 'size'? 'hiveframed explain functions' "
             "lists them all"},
        Case{"record.a.startswith('x')",
             "problem 9-19: unknown function 'startswith' | did you mean 'startsWith'? 'hiveframed explain "
             "functions' lists them all"},
        Case{"record.a.frobnicate()",
             "problem 9-19: unknown function 'frobnicate' | 'hiveframed explain functions' lists them all"},
        Case{"size", "problem 0-4: 'size' is a function | call it: size(…)"},
        Case{"record.a.any(x, x > 1)",
             "problem 9-12: unknown function 'any' | did you mean 'exists'? 'hiveframed explain functions' "
             "lists them all"},
        Case{
            "x + y",
            "problem 0-1: unknown variable 'x' | a field of the record is record.x; a text stands in quotes\n"
            "problem 4-5: unknown variable 'y' | a field of the record is record.y; a text stands in quotes"},
        Case{"if", "problem 0-2: 'if' is a reserved word | a choice is written condition ? one : other"},
        Case{"for", "problem 0-3: 'for' is a reserved word"},
        Case{"not record.a",
             "problem 4-10: unexpected 'record' where an operator is wanted | logical not is '!'"},
        Case{"record.not > 1 && record.a <> 1",
             "problem 28-29: unexpected '>' where a value is wanted | unequal is '!='"},
        Case{"record.a is null",
             "problem 9-11: unexpected 'is' where an operator is wanted | null is compared with '==', as in "
             "record.a == null"},
        Case{"record.a like 'x%'",
             "problem 9-13: unexpected 'like' where an operator is wanted | texts have startsWith('…'), "
             "endsWith('…'), contains('…') and matches('…')"},
        Case{"record.a and record.b",
             "problem 9-12: unexpected 'and' where an operator is wanted | logical and is '&&'"},
        Case{"a.b{c: 1}", "problem 3-4: there are no message types here | a map is {'name': value}"},
        Case{"Message{c: 1}", "problem 7-8: there are no message types here | a map is {'name': value}"},
        Case{"google.protobuf.BoolValue{value: true}",
             "problem 25-26: there are no message types here | a map is {'name': value}"}));

INSTANTIATE_TEST_SUITE_P(
    Types, Problems,
    testing::Values(
        Case{"'a' + 1", "problem 4-5: no such operation: string + int | string(…) makes a string of it"},
        Case{"size(3)",
             "problem 0-4: no such operation: size(int) | 'hiveframed explain size' says what it takes"},
        Case{"1 && true", "problem 0-1: && needs true or false, not int"},
        Case{"true || 'a'", "problem 8-11: || needs true or false, not string"},
        Case{"1 ? 2 : 3", "problem 0-1: ?: needs true or false, not int"},
        Case{"!1", "problem 0-1: no such operation: !int"},
        Case{"-'a'", "problem 0-1: no such operation: -string"},
        Case{"-1u", "problem 0-1: no such operation: -uint | a uint has no negative; int(…) makes an int"},
        Case{"1 + 1u", "problem 2-3: no such operation: int + uint | int(…) or uint(…) makes them alike"},
        Case{"1.5 % 2", "problem 4-5: no such operation: double % int"},
        Case{"null + 1", "problem 5-6: no such operation: null + int"},
        Case{"true < 1", "problem 5-6: no such operation: bool < int"},
        Case{"[] < []", "problem 3-4: no such operation: list < list"},
        Case{"1 == 'a'", "problem 2-4: no such operation: int == string"},
        Case{"'a' in 'abc'",
             "problem 4-6: no such operation: string in string | text.contains(part) looks into a text"},
        Case{"b'a' in {'a': 1}", "problem 5-7: no such operation: bytes in map"},
        Case{"'a'.b", "problem 4-5: no such operation: string.b"},
        Case{"'abc'.size",
             "problem 6-10: no such operation: string.size | a method is called with (): size()"},
        Case{"'a'[0]", "problem 3-4: no such operation: string[int]"},
        Case{"[1]['a']", "problem 3-4: no such operation: list[string]"},
        Case{"{'a': 1}[b'a']", "problem 8-9: no such operation: map[bytes]"},
        Case{"type(1) == 'int'", "problem 8-10: no such operation: type == string"},
        Case{"'a'.contains(1)",
             "problem 4-12: no such operation: string.contains(int) | 'hiveframed explain contains' says "
             "what it takes"},
        Case{"size(record.a) + 'x'",
             "problem 15-16: no such operation: int + string | string(…) makes a string of it"},
        Case{"true + record.a", "problem 5-6: no such operation: bool + value"},
        Case{"record.a && size(record.b)", "problem 12-16: && needs true or false, not int"},
        Case{"[1].all(x, 'a')", "problem 11-14: all needs true or false, not string"},
        Case{"'abc'.all(x, true)", "problem 6-9: no such operation: string.all(…)"},
        Case{"now + 1",
             "problem 4-5: no such operation: timestamp + int | what is added to a time is a duration: "
             "duration('24h')"},
        Case{"now.a", "problem 4-5: no such operation: timestamp.a"}, Case{"1 == null", ""},
        Case{"1 == 1.5", ""},
        Case{"record.a == 1 == 'x'", "problem 14-16: no such operation: bool == string"}));

INSTANTIATE_TEST_SUITE_P(
    Calls, Problems,
    testing::Values(
        Case{"size()", "problem 0-4: 'size' takes 1 argument, not 0"},
        Case{"size('a', 'b')", "problem 0-4: 'size' takes 1 argument, not 2"},
        Case{"'a'.size(1)", "problem 4-8: 'size' takes 0 arguments, not 1"},
        Case{"now.getDate('UTC', 1)", "problem 4-11: 'getDate' takes 0 or 1 arguments, not 2"},
        Case{"record.a.int()", "problem 9-12: 'int' is not called on a value | write it as int(value)"},
        Case{"contains('a', 'b')",
             "problem 0-8: 'contains' is called on a value | write it as value.contains(…)"},
        Case{"all([1], x)", "problem 0-3: 'all' is called on a list | write it as list.all(x, …)"},
        Case{"record.has(a)", "problem 7-10: 'has' is not called on a value | write it as has(record.name)"},
        Case{"has(record)", "problem 0-3: 'has' takes a field | write it as has(record.name)"},
        Case{"has()", "problem 0-3: 'has' takes a field | write it as has(record.name)"},
        Case{"has('a'.b)", "problem 8-9: no such operation: has(string.…)"},
        Case{"[1].all(x)", "problem 4-7: 'all' takes a name and an expression | write it as list.all(x, …)"},
        Case{"[1].all(1, true)",
             "problem 8-9: the first argument of 'all' is a name for each item | write it as list.all(x, …)"},
        Case{"[1].filter(x, x, x)",
             "problem 4-10: 'filter' takes a name and an expression | write it as list.filter(x, …)"},
        Case{"'a'.matches('(')",
             "problem 12-15: '(' is no regular expression: missing ) | the syntax is RE2's; r'…' needs no "
             "doubled backslashes"},
        Case{"record.a.matches('[z-a]')",
             "problem 17-24: '[z-a]' is no regular expression: invalid character class range: z-a | "
             "the syntax is RE2's; r'…' needs no doubled backslashes"},
        Case{"size('a',)", "problem 8-9: a ',' without an argument after it"}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, Problems,
    testing::Values(
        Case{"1 +", "problem 3-3: the expression ends where a value is wanted"},
        Case{"(1", "problem 2-2: the expression ends where ')' is wanted"},
        Case{"1)", "problem 1-2: unexpected ')' where an operator is wanted"},
        Case{"1 2", "problem 2-3: unexpected '2' where an operator is wanted"},
        Case{"New York",
             "problem 4-8: unexpected 'York' where an operator is wanted | a text stands in quotes of its "
             "own, as in "
             "\"'New York'\""},
        Case{"record.a b", "problem 9-10: unexpected 'b' where an operator is wanted"},
        Case{"a = 1", "problem 2-3: unexpected '=' | equality is '=='"},
        Case{"a & b", "problem 2-3: unexpected '&' | logical operators are '&&' and '||'"},
        Case{"${HOME} + 'a'", "problem 0-2: '${' has no meaning inside an expression | use env.NAME"},
        Case{"a # b", "problem 2-3: unexpected '#'"},
        Case{"\xE2\x82\xAC", "problem 0-3: unexpected '\xE2\x82\xAC'"},
        Case{"record.", "problem 7-7: the expression ends where a field's name is wanted"},
        Case{"record..a", "problem 7-8: unexpected '.' where a field's name is wanted"},
        Case{"a ? b", "problem 5-5: the expression ends where ':' and what holds otherwise is wanted"},
        Case{"!-1", "problem 1-2: unexpected '-' where a value is wanted"},
        Case{"record.`a", "problem 7-8: the backtick is not closed around a name"},
        Case{"record.``", "problem 7-8: the backtick is not closed around a name"},
        Case{"a /* b */", "problem 3-4: unexpected '*' where a value is wanted"}));

TEST(ProblemsOfOneExpression, AreLimited) {
  std::string text = "x0";
  for (int i = 1; i < 100; ++i)
    text += " + x" + std::to_string(i);
  const std::string all = problems_of(text);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n') + 1, 20);
}

TEST(KnownTypes, AreKnown) {
  const auto type = [](std::string_view text) {
    std::vector<Problem> problems;
    return Program::compile(config::LocatedText(std::string(text)), problems).value().type();
  };
  EXPECT_EQ(type("record.a == 1"), Type::boolean);
  EXPECT_EQ(type("record.a"), Type::dyn);
  EXPECT_EQ(type("record.a + 1"), Type::dyn);
  EXPECT_EQ(type("record.a + 'x'"), Type::string);
  EXPECT_EQ(type("record.a * 1.5"), Type::floating);
  EXPECT_EQ(type("record.a ? 1 : 2"), Type::integer);
  EXPECT_EQ(type("record.a ? 1 : 'x'"), Type::dyn);
  EXPECT_EQ(type("record.a.filter(x, true)"), Type::list);
  EXPECT_EQ(type("now - record.a"), Type::dyn);
  EXPECT_EQ(type("now"), Type::timestamp);
  EXPECT_EQ(type("dyn(1)"), Type::dyn);
}

TEST(Constants, AreSettledOnce) {
  const auto constant = [](std::string_view text) {
    std::vector<Problem> problems;
    const auto program = Program::compile(config::LocatedText(std::string(text)), problems).value();
    return program.constant() != nullptr ? show(*program.constant()) : "none";
  };
  EXPECT_EQ(constant("1 + 2 * 3"), "7");
  EXPECT_EQ(constant("timestamp('2024-01-01T00:00:00Z').getFullYear() == 2024 && 'a' in ['a']"), "true");
  EXPECT_EQ(constant("{'a': [1, 'x' + 'y']}.a"), "[1, 'xy']");
  EXPECT_EQ(constant("record.a"), "none");
  EXPECT_EQ(constant("1 / 0"), "none");
  EXPECT_EQ(constant("now"), "none");
}

}  // namespace
}  // namespace hiveframe::expr
