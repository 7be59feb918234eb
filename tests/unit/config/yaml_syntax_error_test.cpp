#include <gtest/gtest.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

struct Case {
  const char* yaml;
  const char* problem;  // without the closing "1 error in 1 file"
};

class YamlSyntaxError : public testing::TestWithParam<Case> {};

TEST_P(YamlSyntaxError, SaysWhatToWrite) {
  Reading reading(GetParam().yaml);
  reading.document();
  EXPECT_EQ(reading.problems(), std::string(GetParam().problem) + "1 error in 1 file\n");
}

INSTANTIATE_TEST_SUITE_P(
    Values, YamlSyntaxError,
    testing::Values(Case{"filter: !record.x > 3\n",
                         "orders.yaml:1:9: error: a value that starts with '!' must be quoted\n"
                         "  1 | filter: !record.x > 3\n"
                         "    |         ^\n"
                         "    = write filter: '!record.x > 3'\n"},
                    Case{"- filter: !x == 'a' > 2 # why\n",
                         "orders.yaml:1:11: error: '!x' is a YAML tag, and tags are not supported\n"
                         "  1 | - filter: !x == 'a' > 2 # why\n"
                         "    |           ^~\n"
                         "    = a value that starts with '!' must be quoted: filter: \"!x == 'a' > 2\"\n"},
                    Case{"é: @x\nb: 2",
                         "orders.yaml:1:4: error: a value that starts with '@' must be quoted\n"
                         "  1 | é: @x\n"
                         "    |    ^\n"
                         "    = write é: '@x'\n"},
                    Case{"a: %x\n",
                         "orders.yaml:1:4: error: a value that starts with '%' must be quoted\n"
                         "  1 | a: %x\n"
                         "    |    ^\n"
                         "    = write a: '%x'\n"},
                    Case{"a: *.json\n",
                         "orders.yaml:1:4: error: '*.json' refers to no anchor\n"
                         "  1 | a: *.json\n"
                         "    |    ^~~~~~\n"
                         "    = write a: '*.json' if it is meant as text\n"},
                    Case{"a: [x, *y]\n",
                         "orders.yaml:1:8: error: '*y' refers to no anchor\n"
                         "  1 | a: [x, *y]\n"
                         "    |        ^~\n"
                         "    = quote it if it is meant as text\n"},
                    Case{"a: > 3\n",
                         "orders.yaml:1:4: error: a value that starts with '>' must be quoted\n"
                         "  1 | a: > 3\n"
                         "    |    ^\n"
                         "    = write a: '> 3'\n"},
                    Case{"a: | b\n",
                         "orders.yaml:1:4: error: a value that starts with '|' must be quoted\n"
                         "  1 | a: | b\n"
                         "    |    ^\n"
                         "    = write a: '| b'\n"},
                    Case{"a: b: c\n",
                         "orders.yaml:1:5: error: ': ' inside a value\n"
                         "  1 | a: b: c\n"
                         "    |     ^\n"
                         "    = quote the value: a: 'b: c'\n"},
                    Case{"a: - b\n",
                         "orders.yaml:1:4: error: a list begins on a line of its own\n"
                         "  1 | a: - b\n"
                         "    |    ^\n"
                         "    = put '- …' on the next line, or write a: '- b' if it is meant as text\n"}));

INSTANTIATE_TEST_SUITE_P(
    Quotes, YamlSyntaxError,
    testing::Values(
        Case{"a: \"foo\nb: c\n",
             "orders.yaml:1:4: error: this quote is never closed\n"
             "  1 | a: \"foo\n"
             "    |    ^\n"
             "    = add a closing \" where the text ends\n"},
        Case{"a: 'foo\nb: 'c'\n",
             "orders.yaml:1:4: error: this quote is not closed on its line\n"
             "  1 | a: 'foo\n"
             "    |    ^\n"
             "    = add a closing ' where the text ends\n"},
        Case{"a: \"b\" + c\n",
             "orders.yaml:1:8: error: text after the closing quote\n"
             "  1 | a: \"b\" + c\n"
             "    |        ^~~\n"
             "    = write a: '\"b\" + c'\n"},
        Case{"a: 'it's'\n",
             "orders.yaml:1:8: error: text after the closing quote\n"
             "  1 | a: 'it's'\n"
             "    |        ^~\n"
             "    = write a: \"it's\"\n"},
        Case{"a: \"x\\éy\"\n",
             "orders.yaml:1:6: error: '\\é' is no escape in double quotes\n"
             "  1 | a: \"x\\éy\"\n"
             "    |      ^~\n"
             "    = write '\\\\' for a backslash, or use single quotes, which know no escapes\n"},
        Case{"a: \"x\\dy\"\n",
             "orders.yaml:1:6: error: '\\d' is no escape in double quotes\n"
             "  1 | a: \"x\\dy\"\n"
             "    |      ^~\n"
             "    = write '\\\\' for a backslash, or use single quotes, which know no escapes\n"}));

INSTANTIATE_TEST_SUITE_P(
    Structure, YamlSyntaxError,
    testing::Values(Case{"a:\n\tb: c\n",
                         "orders.yaml:2:1: error: a tab in the indentation\n"
                         "  2 |     b: c\n"
                         "    | ^~~~\n"
                         "    = YAML is indented with spaces\n"},
                    Case{"a:\r\n  b: 1\r\n\tc: 2\r\n",
                         "orders.yaml:3:1: error: a tab in the indentation\n"
                         "  3 |     c: 2\n"
                         "    | ^~~~\n"
                         "    = YAML is indented with spaces\n"},
                    Case{"a: {b: 1, c: ${N}}\n",
                         "orders.yaml:1:14: error: '${…}' inside of brackets must be quoted\n"
                         "  1 | a: {b: 1, c: ${N}}\n"
                         "    |              ^~~~\n"
                         "    = write \"${N}\"\n"},
                    Case{"a: [x, /b/${N}/c, d]\n",
                         "orders.yaml:1:11: error: '${…}' inside of brackets must be quoted\n"
                         "  1 | a: [x, /b/${N}/c, d]\n"
                         "    |           ^~~~\n"
                         "    = write \"/b/${N}/c\"\n"},
                    Case{"a: {b: '${N}',\n  c: ${N:-d}}\ne: f\n",
                         "orders.yaml:2:6: error: '${…}' inside of brackets must be quoted\n"
                         "  2 |   c: ${N:-d}}\n"
                         "    |      ^~~~~~~\n"
                         "    = write \"${N:-d}\"\n"},
                    Case{"source: -\nsink: x\n",
                         "orders.yaml:1:9: error: '-' alone must be quoted\n"
                         "  1 | source: -\n"
                         "    |         ^\n"
                         "    = write source: '-', or source: stdin\n"},
                    Case{"source: x\nsink: - # all of it\n",
                         "orders.yaml:2:7: error: '-' alone must be quoted\n"
                         "  2 | sink: - # all of it\n"
                         "    |       ^\n"
                         "    = write sink: '-', or sink: stdout\n"},
                    Case{"a:\n  uri: -\n",
                         "orders.yaml:2:8: error: '-' alone must be quoted\n"
                         "  2 |   uri: -\n"
                         "    |        ^\n"
                         "    = write uri: '-'\n"},
                    Case{"a: [1, 2\nb: c\n",
                         "orders.yaml:1:4: error: '[' is not closed\n"
                         "  1 | a: [1, 2\n"
                         "    |    ^\n"
                         "    = add ']', or quote the value if '[' belongs to the text\n"},
                    Case{"a: {b: c\n",
                         "orders.yaml:1:4: error: '{' is not closed\n"
                         "  1 | a: {b: c\n"
                         "    |    ^\n"
                         "    = add '}', or quote the value if '{' belongs to the text\n"},
                    Case{"a: [1, 2] + x\n",
                         "orders.yaml:1:11: error: text after the closing ']'\n"
                         "  1 | a: [1, 2] + x\n"
                         "    |           ^~~\n"
                         "    = write a: '[1, 2] + x' if it is meant as text\n"},
                    Case{"k: {a: [1}\n",
                         "orders.yaml:1:10: error: '}' closes nothing: ']' expected\n"
                         "  1 | k: {a: [1}\n"
                         "    |          ^\n"
                         "    = close the '[' of column 8 first\n"},
                    Case{"a: 1\n]\n",
                         "orders.yaml:2:1: error: ']' closes nothing\n"
                         "  2 | ]\n"
                         "    | ^\n"
                         "    = remove it, or quote the value if it belongs to the text\n"},
                    Case{"a: 1\n b: 2\n",
                         "orders.yaml:2:2: error: indented below 'a', which has a value already\n"
                         "  2 |  b: 2\n"
                         "    |  ^~~~\n"
                         "    = line it up with the key above, or remove that value\n"},
                    Case{"a:\n  b: 2\n c: 3\n",
                         "orders.yaml:3:2: error: the indentation of this line matches no line above\n"
                         "  3 |  c: 3\n"
                         "    |  ^~~~\n"
                         "    = line it up with the lines it belongs to\n"},
                    Case{"a: b\n- c\n",
                         "orders.yaml:2:1: error: a list item where a key is expected\n"
                         "  2 | - c\n"
                         "    | ^\n"
                         "    = indent the list below its key, or line it up with the other items\n"},
                    Case{"a: 1\nb:2\nc: 3\n",
                         "orders.yaml:2:1: error: expected 'key: value' here\n"
                         "  2 | b:2\n"
                         "    | ^~~\n"
                         "    = write b: 2\n"},
                    Case{"a: 1\nfoo\nb: 2\n",
                         "orders.yaml:2:1: error: expected 'key: value' here\n"
                         "  2 | foo\n"
                         "    | ^~~\n"
                         "    = a key is followed by ':' and a space\n"}));

TEST(YamlSyntaxErrors, NeverShowTheWordsOfTheParser) {
  for (const char* yaml : {"a: b: c",
                           "[",
                           "{",
                           "}",
                           "]",
                           "a: \"\\q\"",
                           "? [",
                           "- - -\n a",
                           "&a &b c",
                           "*a",
                           "*a : b",
                           "a: *",
                           "&",
                           "a: !<",
                           "---\n%",
                           "a:\n - b\n  c: d",
                           "a: |9\n x",
                           "a: |0\n",
                           "\"a\" \"b\"",
                           "a: [b: c: d]",
                           "{a: b: c}",
                           "- a\n b: c\n",
                           ",",
                           "a: ,",
                           "?",
                           "%YAML 3.0\n---\na",
                           "%TAG ! x\n---\na: b\n",
                           "%YAML 1.2 3\n---\na"}) {
    Reading reading(yaml);
    reading.document();
    for (const char* word :
         {"yaml-cpp", "illegal", "end of map not", "end of sequence not", "unknown token", "bad file"})
      EXPECT_EQ(reading.problems().find(word), std::string::npos) << yaml << "\n" << reading.problems();
  }
}

}  // namespace
}  // namespace hiveframe::config
