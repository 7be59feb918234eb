#include "config/option_table.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/demo_options.hpp"

namespace hiveframe::config {
namespace {

using std::chrono::milliseconds;

// One problem of one line; the last lines are always the same.
std::string problem(const std::string& yaml) {
  const std::string all = problems(yaml);
  const std::string tail = "1 error in 1 file\n";
  EXPECT_TRUE(all.ends_with("\n" + tail)) << all;
  return all.substr(0, all.size() - std::min(tail.size(), all.size()));
}

TEST(OptionTable, ReadsEveryType) {
  Reading reading(
      "name: 0123\npassword: ${PW}\nwatch: true\nport: '1'\nlevel: +255\nbase: 1.5\nlimit: 64KiB\ntimeout: "
      "1m30s\npoll_ms: 250\n"
      "mode: overwrite\npath: data/../in.json\ncolumns: [a, 'b']\ntopic: one\nheaders: {X-A: '', b: '2'}\n"
      "retry: {attempts: 5, max_elapsed: none}\nschema: public\nfilter: \"record.x == '$'\"\ntree: {a: "
      "[1]}\n");
  reading.environment.variables = {{"PW", "hunter2"}};
  const OptionTable<Settings> table = unchecked_options();
  const auto settings = reading.read(table);
  ASSERT_TRUE(settings) << reading.problems();
  EXPECT_EQ(settings->name, "0123");
  EXPECT_EQ(settings->password.reveal(), "hunter2");
  EXPECT_TRUE(settings->watch);
  EXPECT_EQ(settings->port, 1);
  EXPECT_EQ(settings->level, 255);
  EXPECT_EQ(settings->base, 1.5);
  EXPECT_EQ(settings->limit, 65536U);
  EXPECT_EQ(settings->timeout, milliseconds(90'000));
  EXPECT_EQ(settings->poll, milliseconds(250));
  EXPECT_EQ(settings->mode, Mode::overwrite);
  EXPECT_EQ(settings->path, "/etc/demo/in.json");
  EXPECT_EQ(settings->columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(settings->topics, (std::vector<std::string>{"one"}));
  ASSERT_EQ(settings->headers.size(), 2U);
  EXPECT_EQ(settings->headers[0], std::pair(std::string("X-A"), std::string()));
  EXPECT_EQ(settings->retry.attempts, 5);
  EXPECT_FALSE(settings->retry.max_elapsed);
  EXPECT_EQ(settings->schema, "public");
  EXPECT_EQ(settings->condition, "record.x == '$'");
  EXPECT_EQ(settings->tree.find("a")->items().size(), 1U);
}

TEST(OptionTable, DefaultsAreTheStructsOwn) {
  Reading reading("name: x\n");
  const auto settings = reading.read(options());
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->port, 5432);
  const OptionTable<Settings> table = options();
  EXPECT_EQ(table.info().find("port")->default_text, "5432");
  EXPECT_EQ(table.info().find("limit")->default_text, "16MiB");
  EXPECT_EQ(table.info().find("timeout")->default_text, "30s");
  EXPECT_EQ(table.info().find("poll_ms")->default_text, "1000");
  EXPECT_EQ(table.info().find("mode")->default_text, "append");
  EXPECT_EQ(table.info().find("password")->default_text, std::nullopt);
  EXPECT_EQ(table.info().find("schema")->default_text, std::nullopt);
  EXPECT_EQ(table.info().find("base")->default_text, "2");
}

TEST(OptionTable, PathsAbsoluteAndRemote) {
  for (const auto& [given, wanted] :
       std::vector<std::pair<std::string, std::string>>{{"/abs/x", "/abs/x"},
                                                        {"./x", "/etc/demo/x"},
                                                        {"s3://bucket/x", "s3://bucket/x"},
                                                        {"*.json", "/etc/demo/*.json"}}) {
    Reading reading("path: '" + given + "'\n");
    EXPECT_EQ(reading.read(options())->path, wanted);
  }
}

TEST(OptionTable, UnknownOptions) {
  EXPECT_EQ(problem("topic: a\né_prot: 1\n"),
            "orders.yaml:2:1: error: unknown option 'é_prot' of the demo source\n"
            "  2 | é_prot: 1\n"
            "    | ^~~~~~\n"
            "    = one of: name, password, watch, port, level, base, limit, timeout, poll_ms, mode, path, "
            "columns, topic, headers, "
            "retry, schema, filter, tree\n");
  EXPECT_EQ(problem("retry: {attemps: 1}\n"),
            "orders.yaml:1:9: error: unknown option 'attemps' of the retry\n"
            "  1 | retry: {attemps: 1}\n"
            "    |         ^~~~~~~\n"
            "    = did you mean 'attempts'?\n");
}

TEST(OptionTable, WrongTypes) {
  EXPECT_EQ(problem("port: [1]\n"),
            "orders.yaml:1:7: error: expected an integer from 1 to 65535, found a list\n"
            "  1 | port: [1]\n"
            "    |       ^~~\n");
  EXPECT_EQ(problem("name:\n  a: 1\n"),
            "orders.yaml:2:3: error: expected text, found a map\n"
            "  2 |   a: 1\n"
            "    |   ^~~~\n");
  EXPECT_EQ(problem("name:\n"),
            "orders.yaml:1:1: error: expected text, found nothing\n"
            "  1 | name:\n"
            "    | ^~~~\n"
            "    = give it a value, or remove the key\n");
  EXPECT_EQ(problem("port: null\n"),
            "orders.yaml:1:7: error: expected an integer from 1 to 65535, found nothing\n"
            "  1 | port: null\n"
            "    |       ^~~~\n"
            "    = give it a value, or remove the key\n");
  EXPECT_EQ(problem("name: ''\n"),
            "orders.yaml:1:7: error: expected text, found an empty one\n"
            "  1 | name: ''\n"
            "    |       ^~\n");
  EXPECT_EQ(problem("watch: yes\n"),
            "orders.yaml:1:8: error: expected true or false, found 'yes'\n"
            "  1 | watch: yes\n"
            "    |        ^~~\n"
            "    = write true\n");
  EXPECT_EQ(problem("port: abc\n"),
            "orders.yaml:1:7: error: expected an integer from 1 to 65535, found 'abc'\n"
            "  1 | port: abc\n"
            "    |       ^~~\n");
  EXPECT_EQ(problem("port: 1.5\n"),
            "orders.yaml:1:7: error: expected an integer from 1 to 65535, found '1.5'\n"
            "  1 | port: 1.5\n"
            "    |       ^~~\n"
            "    = write it without a decimal point\n");
  EXPECT_EQ(problem("port: 1_000\n"),
            "orders.yaml:1:7: error: expected an integer from 1 to 65535, found '1_000'\n"
            "  1 | port: 1_000\n"
            "    |       ^~~~~\n"
            "    = write the digits without separators\n");
  EXPECT_EQ(problem("poll_ms: 5s\n"),
            "orders.yaml:1:10: error: expected an integer of milliseconds from 1 to 60000, found '5s'\n"
            "  1 | poll_ms: 5s\n"
            "    |          ^~\n"
            "    = options that end in _ms take no unit: write 5000\n");
  EXPECT_EQ(problem("base: .nan\n"),
            "orders.yaml:1:7: error: expected a number from 1 to 10, found '.nan'\n"
            "  1 | base: .nan\n"
            "    |       ^~~~\n");
  EXPECT_EQ(problem("base: nan\n").substr(0, 59),
            "orders.yaml:1:7: error: expected a number from 1 to 10, fou");
  EXPECT_EQ(problem("limit: 5 apples\n"),
            "orders.yaml:1:8: error: '5 apples' is not a size\n"
            "  1 | limit: 5 apples\n"
            "    |        ^~~~~~~~\n"
            "    = write a number of bytes, or with a unit: 64KiB, 16MiB, 1GiB, 10MB\n");
  EXPECT_EQ(problem("timeout: 30\n"),
            "orders.yaml:1:10: error: '30' has no unit\n"
            "  1 | timeout: 30\n"
            "    |          ^~\n"
            "    = write a number and a unit: 500ms, 30s, 5m, 1h\n");
  EXPECT_EQ(problem("mode: apend\n"),
            "orders.yaml:1:7: error: expected append or overwrite, found 'apend'\n"
            "  1 | mode: apend\n"
            "    |       ^~~~~\n"
            "    = did you mean 'append'?\n");
  EXPECT_EQ(problem("columns: a\n"),
            "orders.yaml:1:10: error: expected a list (each text), found 'a'\n"
            "  1 | columns: a\n"
            "    |          ^\n"
            "    = write [a]\n");
  EXPECT_EQ(problem("columns: [a, [b]]\n"),
            "orders.yaml:1:14: error: expected text, found a list\n"
            "  1 | columns: [a, [b]]\n"
            "    |              ^~~\n");
  EXPECT_EQ(problem("headers: [a]\n"),
            "orders.yaml:1:10: error: expected a map (each value text), found a list\n"
            "  1 | headers: [a]\n"
            "    |          ^~~\n");
  EXPECT_EQ(problem("headers: {'${A}': b}\n"),
            "orders.yaml:1:11: error: '${…}' in a key is not replaced\n"
            "  1 | headers: {'${A}': b}\n"
            "    |           ^~~~~~\n"
            "    = write the name itself\n");
  EXPECT_EQ(problem("retry: 5\n"),
            "orders.yaml:1:8: error: expected a map of options, found '5'\n"
            "  1 | retry: 5\n"
            "    |        ^\n");
  EXPECT_EQ(problem("- a\n"),
            "orders.yaml:1:1: error: expected a map of options, found a list\n"
            "  1 | - a\n"
            "    | ^~~\n");
}

TEST(OptionTable, Ranges) {
  EXPECT_EQ(problem("port: 0\n"),
            "orders.yaml:1:7: error: '0' is out of range\n"
            "  1 | port: 0\n"
            "    |       ^\n"
            "    = it must be from 1 to 65535\n");
  EXPECT_EQ(problem("port: 99999999999999999999\n"),
            "orders.yaml:1:7: error: '99999999999999999999' is out of range\n"
            "  1 | port: 99999999999999999999\n"
            "    |       ^~~~~~~~~~~~~~~~~~~~\n"
            "    = it must be from 1 to 65535\n");
  EXPECT_EQ(problem("level: -1\n"),
            "orders.yaml:1:8: error: '-1' is out of range\n"
            "  1 | level: -1\n"
            "    |        ^~\n"
            "    = it must be at least 0\n");
  EXPECT_EQ(problem("level: 256\n"),
            "orders.yaml:1:8: error: '256' is out of range\n"
            "  1 | level: 256\n"
            "    |        ^~~\n"
            "    = it must be from 0 to 255\n");
  EXPECT_EQ(problem("base: 11\n"),
            "orders.yaml:1:7: error: '11' is out of range\n"
            "  1 | base: 11\n"
            "    |       ^~\n"
            "    = it must be from 1 to 10\n");
  EXPECT_EQ(problem("limit: 1023\n"),
            "orders.yaml:1:8: error: '1023' is out of range\n"
            "  1 | limit: 1023\n"
            "    |        ^~~~\n"
            "    = it must be from 1KiB to 1GiB\n");
  EXPECT_EQ(problem("timeout: 2h\n"),
            "orders.yaml:1:10: error: '2h' is out of range\n"
            "  1 | timeout: 2h\n"
            "    |          ^~\n"
            "    = it must be from 1ms to 1h\n");
  EXPECT_EQ(problem("poll_ms: 0\n"),
            "orders.yaml:1:10: error: '0' is out of range\n"
            "  1 | poll_ms: 0\n"
            "    |          ^\n"
            "    = it must be from 1 to 60000\n");
}

TEST(OptionTable, ReferencesInValues) {
  EXPECT_EQ(problem("port: ${PORT}\n"),
            "orders.yaml:1:7: error: '70000' is out of range\n"
            "  1 | port: ${PORT}\n"
            "    |       ^~~~~~~\n"
            "    = it must be from 1 to 65535\n");
  // What comes from a file is not shown, and so cannot stand where it would be.
  EXPECT_EQ(
      problem("port: ${file:/run/pw}\n"),
      "orders.yaml:1:7: error: ${file:} and ${credential:} are for secrets, and this is shown in messages "
      "and logs\n"
      "  1 | port: ${file:/run/pw}\n"
      "    |       ^~~~~~~~~~~~~~~\n"
      "    = write it here, or take it from a variable: ${NAME}\n");
  EXPECT_EQ(problem("filter: record.x == '${PW}' && true\n"),
            "orders.yaml:1:22: error: '${…}' cannot stand inside an expression\n"
            "  1 | filter: record.x == '${PW}' && true\n"
            "    |                      ^~~~~\n"
            "    = use env.PW\n");
}

TEST(OptionTable, PlacesInsideExpressions) {
  EXPECT_EQ(problem("filter: |\n  record.é > 1 &&\n  record.name.lenght() > 3\n"),
            "orders.yaml:3:15: error: unknown function 'lenght'\n"
            "  3 |   record.name.lenght() > 3\n"
            "    |               ^~~~~~\n"
            "    = did you mean 'size'?\n");
}

TEST(OptionTable, AllProblemsAtOnce) {
  const std::string all = problems("prot: 1\nport: x\nretry: {attempts: 99}\nmode: overwrite\nwatch: true\n");
  EXPECT_NE(all.find("unknown option 'prot'"), std::string::npos);
  EXPECT_NE(all.find("found 'x'"), std::string::npos);
  EXPECT_NE(all.find("'99' is out of range"), std::string::npos);
  // What it needs is sound.
  EXPECT_NE(all.find("cannot be combined"), std::string::npos);
  EXPECT_TRUE(all.ends_with("4 errors in 1 file\n"));
}

TEST(OptionTable, CrossFieldCheck) {
  EXPECT_EQ(problem("watch: true\nmode: overwrite\n"),
            "orders.yaml:2:1: error: 'mode: overwrite' cannot be combined with 'watch'\n"
            "  2 | mode: overwrite\n"
            "    | ^~~~\n"
            "    = leave one of them out\n");
}

TEST(OptionTable, AnAliasedProblemFailsBothReadersAndIsSaidOnce) {
  struct Two {
    Retry a, b;
  };
  OptionTable<Two> table("two", "", "");
  table.add("a", &Two::a, section(retry_options()));
  table.add("b", &Two::b, section(retry_options()));
  Reading reading("a: &x {attempts: 0}\nb: *x\n");
  EXPECT_FALSE(reading.read(table));
  EXPECT_EQ(reading.diagnostics.count(), 1U);
}

TEST(OptionTable, SecretsAreHiddenInTheQuotedLine) {
  const std::string all = problems("{password: hunter2, prot: 1}\n");
  EXPECT_EQ(all.find("hunter2"), std::string::npos);
  EXPECT_NE(all.find("  1 | {password: ***, prot: 1}\n    |                 ^~~~\n"), std::string::npos)
      << all;
  EXPECT_EQ(problem("pasword: hunter2\n"),
            "orders.yaml:1:1: error: unknown option 'pasword' of the demo source\n"
            "  1 | pasword: ***\n"
            "    | ^~~~~~~\n"
            "    = did you mean 'password'?\n");
  EXPECT_EQ(problem("password: [hunter2]\n"),
            "orders.yaml:1:11: error: expected text, found a list\n"
            "  1 | password: ***\n"
            "    |           ^~~\n");
  // A reference is none, and may stay.
  EXPECT_NE(problems("{password: '${PW}', prot: 1}\n").find("{password: '${PW}', prot: 1}"),
            std::string::npos);
}

TEST(OptionTable, CompactForm) {
  OptionTable<Filter> table("filter", "filter", "Keeps records");
  table.add("condition", &Filter::condition, text()).required().example("record.a > 1");
  table.compact("condition");
  Reading scalar("record.x\n");
  EXPECT_EQ(scalar.read(table)->condition, "record.x");
  Reading map("condition: record.y\n");
  EXPECT_EQ(map.read(table)->condition, "record.y");
  Reading list("[a]\n");
  EXPECT_FALSE(list.read(table));
  EXPECT_EQ(list.problems(),
            "orders.yaml:1:1: error: expected text, found a list\n"
            "  1 | [a]\n"
            "    | ^~~\n"
            "1 error in 1 file\n");
  Reading missing("{}\n");
  EXPECT_FALSE(missing.read(table));
  EXPECT_EQ(missing.problems(),
            "orders.yaml:1:1: error: the filter needs the option 'condition'\n"
            "  1 | {}\n"
            "    | ^~\n"
            "    = for example condition: record.a > 1\n"
            "1 error in 1 file\n");
  Reading nothing("---\n");
  EXPECT_FALSE(nothing.read(table));
  EXPECT_NE(nothing.problems().find("expected text, found nothing"), std::string::npos);
}

TEST(OptionTable, FreeKeysKeepTheirOrder) {
  OptionTable<Set> table("set", "set", "Sets fields");
  table.add("strict", &Set::strict, boolean());
  table.free_keys(&Set::assignments, text(), text(), "Path and expression");
  Reading reading("z: 1\nstrict: true\na.b: 2\nm: 3\n");
  const auto set = reading.read(table);
  ASSERT_TRUE(set) << reading.problems();
  EXPECT_TRUE(set->strict);
  std::string keys;
  for (const auto& [key, value] : set->assignments)
    keys += key + value + " ";
  EXPECT_EQ(keys, "z1 a.b2 m3 ");
  Reading bad("z: [1]\na: {}\n");
  EXPECT_FALSE(bad.read(table));
  EXPECT_EQ(bad.diagnostics.count(), 2U);
}

}  // namespace
}  // namespace hiveframe::config
