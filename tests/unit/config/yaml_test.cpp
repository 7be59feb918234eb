#include "config/yaml.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

std::string problems(const std::string& yaml) {
  Reading reading(yaml);
  reading.document();
  return reading.problems();
}

LineColumn at(const Node& node) { return node.span().position(); }
std::string source_of(const Span& span) {
  return span.file->content().substr(span.begin, span.end - span.begin);
}

TEST(Yaml, KindsAndPlacesInBlockStyle) {
  Reading reading("# c\nné: 1\nlist:\n  - a\n  -\n  - 'b'\nmap:\n  k: v\nnone:\ntilde: ~\n");
  const Node root = reading.document();
  ASSERT_EQ(reading.problems(), "");
  ASSERT_TRUE(root.is_map());
  ASSERT_EQ(root.entries().size(), 5U);
  EXPECT_EQ(root.entries()[0].key.str(), "né");
  EXPECT_EQ(at(root.entries()[0].value), (LineColumn{2, 5}));
  const Node& list = *root.find("list");
  ASSERT_EQ(list.items().size(), 3U);
  EXPECT_EQ(at(list), (LineColumn{4, 3}));
  EXPECT_TRUE(list.items()[1].is_null());
  EXPECT_EQ(at(list.items()[1]), (LineColumn{5, 3}));
  EXPECT_TRUE(list.items()[2].quoted());
  EXPECT_FALSE(list.items()[0].quoted());
  EXPECT_EQ(at(*root.find("map")), (LineColumn{8, 3}));
  // A value that was left out stands at its key; one that says null stands where it is.
  EXPECT_EQ(at(*root.find("none")), (LineColumn{9, 1}));
  EXPECT_EQ(at(*root.find("tilde")), (LineColumn{10, 8}));
  EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST(Yaml, FlowStyle) {
  Reading reading("a: [1, {b: \"c\"}, [] ]  # x\nd: {\n  e: f, # y\n}\n");
  const Node root = reading.document();
  ASSERT_EQ(reading.problems(), "");
  EXPECT_EQ(source_of(root.find("a")->span()), "[1, {b: \"c\"}, [] ]");
  EXPECT_EQ(source_of(root.find("a")->items()[1].span()), "{b: \"c\"}");
  EXPECT_EQ(source_of(root.find("a")->items()[2].span()), "[]");
  EXPECT_EQ(source_of(root.find("d")->span()), "{\n  e: f, # y\n}");
}

TEST(Yaml, APairWithoutBracesInAList) {
  Reading reading("a: [[é: 1 ], c]\n");
  const Node root = reading.document();
  ASSERT_EQ(reading.problems(), "");
  const Node& inner = root.find("a")->items()[0];
  EXPECT_EQ(source_of(inner.span()), "[é: 1 ]");
  EXPECT_EQ(source_of(inner.items()[0].span()), "é: 1");
  EXPECT_EQ(problems("a: [b, é: c\n"),
            "orders.yaml:1:4: error: '[' is not closed\n"
            "  1 | a: [b, é: c\n"
            "    |    ^\n"
            "    = add ']', or quote the value if '[' belongs to the text\n"
            "1 error in 1 file\n");
}

TEST(Yaml, ByteOrderMarkAndWindowsLineEnds) {
  Reading reading(
      "\xEF\xBB\xBF"
      "a: b\r\nc:\r\n  - \"d\"\r\n  - |\r\n    x\r\n");
  const Node root = reading.document();
  ASSERT_EQ(reading.problems(), "");
  EXPECT_EQ(at(*root.find("a")), (LineColumn{1, 4}));
  EXPECT_EQ(at(root.find("c")->items()[0]), (LineColumn{3, 5}));
  EXPECT_EQ(root.find("c")->items()[1].text().str(), "x\n");
}

TEST(Yaml, AnchorsAndAliases) {
  Reading reading("a: &x\n  k: v\nb: *x\nc: [&y 1, *y]\n");
  const Node root = reading.document();
  ASSERT_EQ(reading.problems(), "");
  EXPECT_EQ(root.find("b")->find("k")->text().str(), "v");
  EXPECT_EQ(at(*root.find("b")), (LineColumn{2, 3}));
  EXPECT_EQ(at(root.find("c")->items()[0]), (LineColumn{4, 8}));
  EXPECT_EQ(root.find("c")->items()[1].text().str(), "1");
}

TEST(Yaml, MergeKeys) {
  Reading reading("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nm: {b: own, <<: [*x, *y], d: 5}\nn:\n  <<: *x\n");
  const Node root = reading.document();
  ASSERT_EQ(reading.problems(), "");
  const Node& merged = *root.find("m");
  std::string keys;
  for (const Entry& entry : merged.entries())
    keys += entry.key.str() + "=" + entry.value.text().str() + " ";
  EXPECT_EQ(keys, "b=own a=1 c=4 d=5 ");
  EXPECT_EQ(root.find("n")->entries().size(), 2U);
  EXPECT_EQ(problems("a: {<<: text}\n"),
            "orders.yaml:1:9: error: '<<' takes a map or a list of maps\n"
            "  1 | a: {<<: text}\n"
            "    |         ^~~~\n"
            "    = for example <<: *defaults\n"
            "1 error in 1 file\n");
  // In quotes it is a key like others.
  Reading quoted("a: {'<<': 1}\n");
  EXPECT_NE(quoted.document().find("a")->find("<<"), nullptr);
}

TEST(Yaml, SeveralDocuments) {
  const auto file =
      SourceFile::make("f", "%YAML 1.2\n---\na: 1\n---\n# nothing\n---\nb: &x 2\n...\n---\nc: 3\n");
  Diagnostics diagnostics;
  const YamlFile yaml = parse_yaml(file, diagnostics);
  EXPECT_EQ(diagnostics.render(), "");
  EXPECT_TRUE(yaml.complete);
  ASSERT_EQ(yaml.documents.size(), 4U);
  EXPECT_TRUE(yaml.documents[1].is_null());
  EXPECT_EQ(yaml.documents[3].find("c")->span().position(), (LineColumn{10, 4}));
  for (const char* empty : {"", "\n\n", "# only a comment\n"}) {
    const YamlFile none = parse_yaml(SourceFile::make("f", empty), diagnostics);
    EXPECT_TRUE(none.complete);
    EXPECT_TRUE(none.documents.empty());
  }
}

TEST(Yaml, ASyntaxErrorKeepsWhatCameBefore) {
  const auto file = SourceFile::make("f", "a: 1\na: 2\n---\nb: 1\n---\nc: `\n---\nd: 1\n");
  Diagnostics diagnostics;
  const YamlFile yaml = parse_yaml(file, diagnostics);
  EXPECT_FALSE(yaml.complete);
  EXPECT_EQ(yaml.documents.size(), 2U);
  EXPECT_EQ(diagnostics.render(),
            "f:2:1: error: repeated key 'a'\n"
            "  2 | a: 2\n"
            "    | ^\n"
            "    = it stands on line 1 already\n"
            "f:6:4: error: a value that starts with '`' must be quoted\n"
            "  6 | c: `\n"
            "    |    ^\n"
            "    = write c: '`'\n"
            "2 errors in 1 file\n");
}

TEST(Yaml, DocumentsNeedAMark) {
  // yaml-cpp takes each of these for two documents.
  EXPECT_EQ(
      problems("- b\na: c\n"),
      "orders.yaml:2:1: error: text after the end of the document\n"
      "  2 | a: c\n"
      "    | ^~~~\n"
      "    = line it up with the lines above, quote the whole value, or start a new document with '---'\n"
      "1 error in 1 file\n");
  EXPECT_NE(problems("{a: b} c\n").find(":1:8: error: text after the end"), std::string::npos);
  EXPECT_NE(problems("\"x\"\n\"y\"\n").find(":2:1: error: text after the end"), std::string::npos);
  EXPECT_EQ(problems("%foo bar\na: b\n"),
            "orders.yaml:1:1: error: unknown YAML directive\n"
            "  1 | %foo bar\n"
            "    | ^~~~~~~~\n"
            "    = quote text that starts with '%'\n"
            "1 error in 1 file\n");
}

TEST(Yaml, RepeatedKeys) {
  EXPECT_EQ(problems("é: {a: 1, a: 2}\nb: 1\n'b': 2\n"),
            "orders.yaml:1:11: error: repeated key 'a'\n"
            "  1 | é: {a: 1, a: 2}\n"
            "    |           ^\n"
            "    = it stands on line 1 already\n"
            "orders.yaml:3:1: error: repeated key 'b'\n"
            "  3 | 'b': 2\n"
            "    | ^~~\n"
            "    = it stands on line 2 already\n"
            "2 errors in 1 file\n");
}

TEST(Yaml, KeysAreText) {
  EXPECT_EQ(problems("[a]: b\n: c\nnull: d\n"),
            "orders.yaml:1:1: error: a key must be text\n"
            "  1 | [a]: b\n"
            "    | ^~~\n"
            "orders.yaml:2:1: error: a key is missing in front of ':'\n"
            "  2 | : c\n"
            "    | ^\n"
            "orders.yaml:3:1: error: a key must be text\n"
            "  3 | null: d\n"
            "    | ^~~~\n"
            "    = write 'null' in quotes\n"
            "3 errors in 1 file\n");
}

TEST(Yaml, Tags) {
  EXPECT_EQ(problems("a: !!str 5\nfilter: !record.x # c\nb: [!x y]\nc: !<tag:x> {d: 1}\n"),
            "orders.yaml:1:4: error: '!!str' is a YAML tag, and tags are not supported\n"
            "  1 | a: !!str 5\n"
            "    |    ^~~~~\n"
            "    = remove '!!str'; every option knows its own type\n"
            "orders.yaml:2:9: error: '!record.x' is a YAML tag, and tags are not supported\n"
            "  2 | filter: !record.x # c\n"
            "    |         ^~~~~~~~~\n"
            "    = a value that starts with '!' must be quoted: filter: '!record.x'\n"
            "orders.yaml:3:5: error: '!x' is a YAML tag, and tags are not supported\n"
            "  3 | b: [!x y]\n"
            "    |     ^~\n"
            "    = a value that starts with '!' must be quoted\n"
            "orders.yaml:4:4: error: '!<tag:x>' is a YAML tag, and tags are not supported\n"
            "  4 | c: !<tag:x> {d: 1}\n"
            "    |    ^~~~~~~~\n"
            "    = a value that starts with '!' must be quoted: c: '!<tag:x> {d: 1}'\n"
            "4 errors in 1 file\n");
}

TEST(Yaml, NothingMoreIsSaidOfAValueWithATag) {
  Reading reading("a: !x\nb: !y z\nc: w\n");
  const Node root = reading.document();
  const std::size_t before = reading.diagnostics.reports();
  EXPECT_EQ(root.find("a")->text().str(), "!x");
  for (const char* key : {"a", "b"})
    reading.reader.error(root.find(key)->text().span(0, 1), "wrong");
  EXPECT_EQ(reading.diagnostics.count(), 2U);
  EXPECT_EQ(reading.diagnostics.reports(), before + 2) << "what was read is not sound";
  reading.reader.error(root.find("c")->span(), "wrong");
  EXPECT_EQ(reading.diagnostics.count(), 3U);
}

TEST(Yaml, ATagAtTheEndOfTheFile) {
  Reading reading("a: !x");
  const Node root = reading.document();
  ASSERT_NE(root.find("a"), nullptr);
  EXPECT_LE(root.find("a")->span().end, 5U);
  EXPECT_EQ(reading.diagnostics.count(), 1U);
}

TEST(Yaml, TemplatesNeedQuotes) {
  EXPECT_EQ(problems("path: {{ record.a }}/b # c\n"),
            "orders.yaml:1:7: error: a value that starts with '{{' must be quoted\n"
            "  1 | path: {{ record.a }}/b # c\n"
            "    |       ^~\n"
            "    = write path: '{{ record.a }}/b'\n"
            "1 error in 1 file\n");
  EXPECT_NE(problems("path: {{ a }}\n").find("must be quoted"), std::string::npos);
}

TEST(Yaml, ALastLineWithoutColon) {
  // yaml-cpp takes `foo` for a key without a value.
  EXPECT_EQ(problems("a: 1\nfoo\n"),
            "orders.yaml:2:1: error: expected 'key: value' here\n"
            "  2 | foo\n"
            "    | ^~~\n"
            "    = text that goes on over several lines is indented\n"
            "1 error in 1 file\n");
}

TEST(Yaml, EncodingProblems) {
  EXPECT_EQ(problems("é: 1\na: x\xFFy\n"),
            "orders.yaml:2:5: error: byte 0xff is not valid UTF-8\n"
            "  2 | a: x\uFFFDy\n"
            "    |     ^\n"
            "    = save the file as UTF-8\n"
            "1 error in 1 file\n");
  // Overlong, a surrogate, beyond Unicode, cut short.
  for (const char* bad : {"a: \xC0\x80", "a: \xED\xA0\x80", "a: \xF4\x90\x80\x80", "a: \xE2\x82", "a: \x80"})
    EXPECT_NE(problems(bad).find("orders.yaml:1:4: error: byte 0x"), std::string::npos) << problems(bad);
  EXPECT_EQ(problems(std::string("a: x\0y\n", 7)),
            "orders.yaml:1:5: error: control character U+0000\n"
            "  1 | a: x\uFFFDy\n"
            "    |     ^\n"
            "    = write it as an escape in double quotes\n"
            "1 error in 1 file\n");
  EXPECT_EQ(problems(std::string("\x7f"
                                 "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
                                 16)),
            "orders.yaml: error: this is no text file\n"
            "  = a pipeline file is YAML, in UTF-8\n"
            "1 error in 1 file\n");
  // yaml-cpp takes this one for the end of the file.
  EXPECT_NE(problems("a: x\n\x04").find(":2:1: error: control character U+0004"), std::string::npos);
  EXPECT_NE(problems("a: b\rc: d\n").find("U+000D"), std::string::npos);
  EXPECT_NE(problems("a: \xEF\xBB\xBF"
                     "b\n")
                .find("U+FEFF"),
            std::string::npos);
  EXPECT_EQ(problems(std::string("\xFF\xFE"
                                 "a\0",
                                 4)),
            "orders.yaml: error: the file is UTF-16\n  = save it as UTF-8\n1 error in 1 file\n");
}

TEST(Yaml, EveryEscapeIsACharacter) {
  Reading reading(R"(["x\Ny\_\N\_z", "\L\P\e\x85\u00a0\U0001f600", "\N\N", "\_é"])");
  const Node root = reading.document();
  std::vector<std::string> texts;
  for (const Node& item : root.items())
    texts.emplace_back(item.text().view());
  EXPECT_EQ(reading.problems(), "");
  EXPECT_EQ(texts,
            (std::vector<std::string>{"x\u0085y\u00a0\u0085\u00a0z", "\u2028\u2029\x1b\u0085\u00a0\U0001f600",
                                      "\u0085\u0085", "\u00a0é"}));
}

TEST(Yaml, Limits) {
  EXPECT_EQ(problems("a: " + std::string(63, '[') + std::string(63, ']') + "\n"), "");
  EXPECT_NE(problems("a: " + std::string(64, '[') + std::string(64, ']') + "\n")
                .find(":1:67: error: lists and maps are nested more than 64 deep\n"),
            std::string::npos);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i)
    dashes += "- ";
  EXPECT_NE(problems(dashes).find(":1:129: error: lists and maps are nested more than 64 deep\n"),
            std::string::npos);
  for (const std::string& text : {std::string(100'000, '['), std::string(100'000, '{')})
    EXPECT_NE(problems(text).find("nested more than 64 deep"), std::string::npos);
  EXPECT_EQ(problems(std::string(5 << 20, ' ')),
            "orders.yaml: error: the file is longer than 4MiB\n1 error in 1 file\n");
}

TEST(Yaml, AliasesAreCountedAsWhatTheyStandFor) {
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    const std::string name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + last;
    for (int j = 0; j < 9; ++j)
      bomb += "," + last;
    bomb += "]\n";
  }
  EXPECT_NE(problems(bomb).find("error: the document holds more than 100000 values\n"), std::string::npos);
  std::string text = "a: &a " + std::string(1 << 20, 'x') + "\nb: [";
  for (int i = 0; i < 20; ++i)
    text += "*a, ";
  EXPECT_NE(problems(text + "]\n").find("error: the document holds more than 16MiB of text\n"),
            std::string::npos);
  // Depth counts through aliases too.
  std::string deep = "a0: &a0 " + std::string(40, '[') + std::string(40, ']') +
                     "\nb: " + std::string(30, '[') + "*a0" + std::string(30, ']');
  EXPECT_NE(problems(deep).find("nested more than 64 deep"), std::string::npos);
  EXPECT_EQ(problems("a: &x [*x]\n"),
            "orders.yaml:1:8: error: '*x' refers to the value it stands in\n"
            "  1 | a: &x [*x]\n"
            "    |        ^~\n"
            "    = a value cannot contain itself\n"
            "1 error in 1 file\n");
}

TEST(Yaml, CoreSchemaTypes) {
  Reading reading(
      "[1, -0x1, 0x1F, 0o17, 1.5, .5, 1e3, .inf, -.INF, .nan, true, False, yes, '1', \"true\", text, 1_000, "
      "1.2.3, "
      "0b1, -, +1, 08, 1e, .]\n");
  const Node root = reading.document();
  std::string types;
  for (const Node& item : root.items())
    types += "?bint"[static_cast<int>(core_type(item))];
  EXPECT_EQ(reading.problems(), "");
  //               1  -0x1 0x1F 0o17 1.5 .5 1e3 .inf -.INF .nan true False yes '1' "true" text …
  EXPECT_EQ(types, "itiinnnnnnbbttttttttiitt");
  EXPECT_EQ(core_type(Node()), CoreType::null);
}

}  // namespace
}  // namespace hiveframe::config
