#include "daemon/manager/tests_option.hpp"

#include <map>

#include "config/option_table.hpp"
#include "daemon/manager/expectation_options.hpp"
#include "daemon/manager/record_options.hpp"
#include "pipeline/codec/option_types.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::daemon {

using namespace config;

namespace {

using std::chrono::system_clock;

// The system clock's nanoseconds reach from 1677 to 2262.
constexpr std::int64_t farthest_second = 9'223'372'036;

std::optional<system_clock::time_point> read_time(const LocatedText& text, Reader& reader) {
  const std::optional<record::Value> time = record::parse_timestamp(text.view());
  if (!time || time->local()) {
    reader.error(
        text.span(), "expected a time in RFC 3339, found " + text.quoted(),
        time ? "say in which zone: add Z, or an offset like +02:00" : "for example 2026-03-01T12:00:00Z");
    return std::nullopt;
  }
  if (time->seconds() >= farthest_second || time->seconds() <= -farthest_second) {
    reader.error(text.span(), "the clock cannot show " + text.quoted(), "it reaches from 1678 to 2261");
    return std::nullopt;
  }
  return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(
      std::chrono::seconds(time->seconds()) + std::chrono::nanoseconds(time->nanos())));
}

OptionType<std::map<std::string, std::string>> variables_type() {
  using Variables = std::map<std::string, std::string>;
  const auto pairs = map(text(Empty::allowed));
  return custom<Variables>(pairs.info, [pairs](const Node& node, Reader& reader) -> std::optional<Variables> {
    const auto read = pairs.read(node, reader);
    if (!read) return std::nullopt;
    return Variables(read->begin(), read->end());
  });
}

OptionType<LocatedText> located_text() {
  return parsed<LocatedText>(
      TypeInfo::of(TypeInfo::Kind::text),
      [](const LocatedText& text, Reader&) -> std::optional<LocatedText> { return text; });
}

OptionType<LocatedText> test_name() {
  return parsed<LocatedText>(
      TypeInfo::text_like("what the test shows, in words"),
      [](const LocatedText& text, Reader& reader) -> std::optional<LocatedText> {
        const bool one_line = text.view().find('\n') == std::string_view::npos;
        if (!text.empty() && one_line) return text;
        reader.error(text.span(), text.empty() ? "the test's name is empty" : "a test's name is one line");
        return std::nullopt;
      });
}

// What a test needs as a whole.
void check_test(TestSettings& test, const GivenOptions& given, Reader& reader) {
  test.place = given.whole;
  if (test.input && test.input_text) {
    reader.error(given.name_span("input_text"), "'input_text' cannot be given together with 'input'",
                 "remove one of them");
  } else if (!test.input && !test.input_text) {
    reader.error(test.name.span(), "the test " + test.name.quoted() + " has no input",
                 "add 'input: [...]' with records, or 'input_text: ...' as the source reads it");
  }
  if (test.format && !test.input_text)
    reader.error(given.name_span("format"), "'format' is of 'input_text', which is not given",
                 "remove it; records of 'input' need no format");
  if (!test.expect && !given.has("dead_letters") && !test.filtered)
    reader.error(
        test.name.span(), "the test " + test.name.quoted() + " expects nothing",
        "add 'expect: [...]' with the records that the sink gets, or 'filtered: N', or 'dead_letters'");
}

const OptionTable<TestSettings>& test_options() {
  static const OptionTable<TestSettings> table = [] {
    using S = TestSettings;
    OptionTable<S> t(
        "test", "tests",
        "What a pipeline makes of some records; 'hiveframed test' runs it, and nothing is read or "
        "written");
    t.add("name", &S::name, test_name()).required().help("What it shows").example("paid orders get a total");
    t.add("input", &S::input, input_records_type())
        .help(
            "Records in place of the source's; {record: ..., meta: ..., key: ...} where they have more than "
            "a "
            "value")
        .example("[{id: 1, status: paid, amount: 10}]");
    t.add("input_text", &S::input_text, located_text())
        .help("The same as the source would read it, bad records too")
        .example("\"{\\\"id\\\": 1}\\n{\\\"id\\\": \"");
    t.add("format", &S::format, codec::format_type())
        .default_note("that of the source")
        .help("What 'input_text' is in");
    t.add("now", &S::now,
          parsed<system_clock::time_point>(TypeInfo::text_like("a time (RFC 3339)"), &read_time))
        .default_note("the time of the test")
        .help("'now' of expressions")
        .example("2026-03-01T12:00:00Z");
    t.add("env", &S::env, variables_type())
        .help("Environment variables that are other than those of the process, for ${NAME} and env.NAME")
        .example("{RATE: 1.2}");
    t.add("meta", &S::meta, yaml_map_type("a map"))
        .help("'meta' of expressions, for records that have none of their own")
        .example("{path: /data/orders.ndjson}");
    t.add("key", &S::key, yaml_value_type("a value"))
        .help("'key' of expressions, for records that have none of their own")
        .example("customer-17");
    t.add("expect", &S::expect, expect_type())
        .help(
            "The records that the sink gets, in order; with several sinks, {'sinks[0]': [...]}, or [] for "
            "none "
            "at all. A record is written as it is, or as {check: EXPRESSION} or {contains: FIELDS}")
        .example("[{id: 1, status: paid, amount: 10, total: 12}, {check: record.total > 5}]");
    t.add("dead_letters", &S::dead_letters, dead_letters_type())
        .default_note("no record is bad")
        .help("The bad records, in order, whatever on_error does with them")
        .example("[{error: expression, message: no such key}]");
    t.add("filtered", &S::filtered, integer(0)).help("How many records no sink gets").example("1");
    t.check(check_test);
    return t;
  }();
  return table;
}

void check_names(const std::vector<TestSettings>& tests, Reader& reader) {
  std::map<std::string_view, Span> names;
  for (const TestSettings& test : tests) {
    const auto [earlier, is_new] = names.emplace(test.name.view(), test.name.span());
    if (!is_new)
      reader.error(test.name.span(),
                   "there is another test " + test.name.quoted() + " in " + earlier->second.name(),
                   "give one of them another name");
  }
}

}  // namespace

OptionType<std::vector<TestSettings>> tests_type() {
  auto type = list(section(test_options()));
  type.info.wanted = "a list of tests";
  type.read = [read = std::move(type.read)](const Node& node, Reader& reader) {
    auto tests = read(node, reader);
    if (tests && tests->empty())
      reader.error(node.span(), "'tests' is empty", "add a test, or remove the key");
    if (tests) check_names(*tests, reader);
    return tests;
  };
  return type;
}

const TableInfo& test_info() { return test_options().info(); }

std::string_view test_example() {
  return "tests:\n"
         "  - name: paid orders get a total\n"
         "    now: 2026-03-01T12:00:00Z\n"
         "    input:\n"
         "      - {id: 1, status: paid, amount: 10}\n"
         "      - {id: 2, status: open, amount: 99}\n"
         "    expect:\n"
         "      - {id: 1, status: paid, amount: 10, total: 12}\n"
         "    filtered: 1\n";
}

}  // namespace hiveframe::daemon
