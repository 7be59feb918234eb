#include <gtest/gtest.h>
#include <random>

#include "config/connector_options.hpp"
#include "config/utf8.hpp"
#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

const std::vector<std::string> corpus = {
    "name: orders\nsource: "
    "kafka://k1:9092,k2:9092/orders?group_id=w&auto_offset_reset=earliest\ntransforms:\n"
    "  - filter: record.status == 'paid'\n  - set:\n      total: record.amount * 1.2\n      day: 'x'\n  - "
    "drop: [note]\n"
    "sink:\n  uri: postgresql://writer@db:5432/w?table=orders\n  password: ${PGPASSWORD:?set it}\n  mode: "
    "upsert\n",
    "\xEF\xBB\xBF"
    "a: &x {b: \"c\\u00e9\\n\", d: 'it''s'}\r\ne: *x\r\nf:\r\n  <<: *x\r\n  g: |\r\n    x\r\n     y\r\n",
    "# é\n? a\n: - b\n  -\n  - {c: [d, e, ~], f: null}\n---\nx: >-\n  folded\n  text\n\n  more\n...\n---\n- "
    "1\n- - 2\n",
};

// Every node and diagnostic must stand inside its file, begin before end, on the border of a code point.
void check(const Span& span, const SourceFilePtr& file) {
  if (!span.has_place()) return;
  ASSERT_EQ(span.file, file);
  ASSERT_LE(span.begin, span.end);
  ASSERT_LE(span.end, file->content().size());
  const LineColumn place = span.position();
  ASSERT_GE(place.line, 1U);
  ASSERT_LE(place.line, file->line_of(file->content().size()));
  ASSERT_LE(place.column, file->line(place.line).size() + 2);
}

void check(const Node& node, const SourceFilePtr& file) {
  check(node.span(), file);
  const LocatedText& text = node.text();
  for (std::size_t i = 0; i < text.size(); ++i)
    check(text.span(i), file);
  for (const Node& item : node.items())
    check(item, file);
  for (const Entry& entry : node.entries()) {
    check(entry.key.span(), file);
    check(entry.value, file);
  }
}

TEST(YamlMutation, NeverCrashesAndAlwaysKnowsThePlace) {
  constexpr int rounds = 20'000;
  const std::string_view pieces[] = {"'",    "\"",     "[",     "]",     "{",  "}",  ":",   ": ",    "\n",
                                     "\t",   " ",      "  ",    "-",     "- ", "!",  "&x",  "*x",    "#",
                                     " #",   "|",      ">",     "%",     "@",  "`",  "${",  "}",     "$${",
                                     "\\",   "\r\n",   "---\n", "...\n", "?",  "? ", ",",   "é",     "日",
                                     "\xFF", "<<: *x", "~",     "null",  "@",  "//", "%41", "\\u12", "|2-\n"};
  std::mt19937 random(20240607);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  TableInfo kafka;
  kafka.name = "kafka source";
  kafka.keyword = "kafka";
  kafka.options = {OptionInfo{.name = "topic"}, OptionInfo{.name = "bootstrap_servers"}};
  kafka.options[1].type = TypeInfo::list_of(TypeInfo{});
  kafka.uri_rules = {UriRule{.schemes = {"kafka"}, .host = "bootstrap_servers", .path = "topic"}};
  const TableInfo* kinds[] = {&kafka};

  int sound = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text = corpus[below(corpus.size())];
    for (std::size_t change = 1 + below(4); change > 0; --change) {
      const std::size_t at = below(text.size() + 1);
      switch (below(3)) {
        case 0:
          text.insert(at, pieces[below(std::size(pieces))]);
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        default:
          text.insert(at, text.substr(below(text.size() + 1), below(30)));
      }
    }
    Reading reading(text);
    const YamlFile yaml = parse_yaml(reading.file, reading.diagnostics);
    ASSERT_TRUE(yaml.complete || !reading.diagnostics.empty()) << text;
    for (const Node& document : yaml.documents) {
      check(document, reading.file);
      if (const Node* source = document.find("source"))
        connector_options(*source, "source", kinds, {}, reading.reader);
    }
    sound += reading.diagnostics.empty();
    for (const Diagnostic& each : reading.diagnostics.sorted()) {
      check(each.span, reading.file);
      ASSERT_FALSE(each.message.empty());
      ASSERT_EQ(find_invalid_utf8(render(each)), std::string::npos) << text;
    }
    if (HasFatalFailure()) FAIL() << "round " << round << ":\n" << text;
  }
  // Both sides of the parser must have been visited.
  EXPECT_GT(sound, rounds / 50);
  EXPECT_LT(sound, rounds - rounds / 10);
}

}  // namespace
}  // namespace hiveframe::config
