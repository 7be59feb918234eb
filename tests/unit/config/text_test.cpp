#include "config/text.hpp"

#include <gtest/gtest.h>

#include "tests/unit/config/reading.hpp"

namespace hiveframe::config {
namespace {

LineColumn place(const LocatedText& text, std::string_view part) {
  const std::size_t at = text.view().find(part);
  EXPECT_NE(at, std::string_view::npos) << part;
  return text.span(at, at + part.size()).position();
}

std::string source_of(const Span& span) {
  return span.file->content().substr(span.begin, span.end - span.begin);
}

// The value of `a` in a YAML text.
LocatedText value_of(const std::string& yaml) {
  Reading reading(yaml);
  const Node document = reading.document();
  EXPECT_EQ(reading.problems(), "");
  return document.find("a")->text();
}

TEST(LocatedText, PlainScalarOnSeveralLines) {
  const LocatedText text = value_of("a: one two\n   three\n\n   four # comment\n");
  EXPECT_EQ(text.str(), "one two three\nfour");
  EXPECT_EQ(place(text, "one"), (LineColumn{1, 4}));
  EXPECT_EQ(place(text, "two"), (LineColumn{1, 8}));
  EXPECT_EQ(place(text, "three"), (LineColumn{2, 4}));
  EXPECT_EQ(place(text, "four"), (LineColumn{4, 4}));
  EXPECT_EQ(source_of(text.span()), "one two\n   three\n\n   four");
}

TEST(LocatedText, SingleQuotes) {
  const LocatedText text = value_of("a: 'é it''s\n  \\n here'\n");
  EXPECT_EQ(text.str(), "é it's \\n here");
  EXPECT_EQ(place(text, "'"), (LineColumn{1, 9}));
  EXPECT_EQ(place(text, "s"), (LineColumn{1, 11}));
  EXPECT_EQ(place(text, "\\n"), (LineColumn{2, 3}));
  EXPECT_EQ(place(text, "here"), (LineColumn{2, 6}));
}

TEST(LocatedText, DoubleQuotesWithEveryKindOfEscape) {
  const LocatedText text = value_of("a: \"x\\ty\\u00e9\\x41\\U0001F600 \\\"q\\\" \\\n    z  w\n  v\"\n");
  EXPECT_EQ(text.str(), "x\ty\u00e9A\U0001F600 \"q\" z  w v");
  EXPECT_EQ(place(text, "\t"), (LineColumn{1, 6}));
  EXPECT_EQ(place(text, "y"), (LineColumn{1, 8}));
  EXPECT_EQ(place(text, "\u00e9"), (LineColumn{1, 9}));
  EXPECT_EQ(place(text, "A"), (LineColumn{1, 15}));
  EXPECT_EQ(place(text, "\U0001F600"), (LineColumn{1, 19}));
  EXPECT_EQ(place(text, "q"), (LineColumn{1, 32}));
  EXPECT_EQ(place(text, "z"), (LineColumn{2, 5}));
  EXPECT_EQ(place(text, "w"), (LineColumn{2, 8}));
  EXPECT_EQ(place(text, "v"), (LineColumn{3, 3}));
}

TEST(LocatedText, LiteralBlock) {
  const LocatedText text = value_of("a: |  # comment\n  if x:\n    y\n\n  z\nb: 1\n");
  EXPECT_EQ(text.str(), "if x:\n  y\n\nz\n");
  EXPECT_EQ(place(text, "if"), (LineColumn{2, 3}));
  EXPECT_EQ(place(text, "y"), (LineColumn{3, 5}));
  EXPECT_EQ(place(text, "z"), (LineColumn{5, 3}));
}

TEST(LocatedText, FoldedBlockKnowsTheLine) {
  const LocatedText text = value_of("a: >-\n  one\n  two\n\n  three\n");
  EXPECT_EQ(text.str(), "one two\nthree");
  EXPECT_EQ(place(text, "two").line, 3U);
  EXPECT_EQ(place(text, "three").line, 5U);
}

TEST(LocatedText, WindowsLineEndsAndByteOrderMark) {
  const LocatedText text = value_of(
      "\xEF\xBB\xBF"
      "a: |\r\n  x\r\n  yz\r\n");
  EXPECT_EQ(place(text, "x"), (LineColumn{2, 3}));
  EXPECT_EQ(place(text, "z"), (LineColumn{3, 4}));
  EXPECT_EQ(place(value_of("\xEF\xBB\xBF"
                           "a: \"b\\\"c\"\r\n"),
                  "c"),
            (LineColumn{1, 8}));
}

TEST(LocatedText, PartKeepsPlaces) {
  const LocatedText text = value_of("a: \"k\\u003dvalue\"\n");
  EXPECT_EQ(text.str(), "k=value");
  const LocatedText value = text.part(2);
  EXPECT_EQ(value.str(), "value");
  EXPECT_EQ(value.span().position(), (LineColumn{1, 12}));
  EXPECT_EQ(source_of(value.span()), "value");
  EXPECT_EQ(source_of(text.part(1, 1).span()), "\\u003d");
  EXPECT_EQ(text.part(99).str(), "");
}

TEST(LocatedText, PlacesAtTheEndAndBeyond) {
  const LocatedText text = value_of("a: abc\n");
  EXPECT_EQ(text.span(3).position(), (LineColumn{1, 7}));
  EXPECT_EQ(text.span(99, 120).position(), (LineColumn{1, 7}));
  EXPECT_EQ(source_of(text.span(1, 99)), "bc");
  const LocatedText empty = value_of("a: ''\n");
  EXPECT_EQ(empty.span(0).position(), (LineColumn{1, 4}));
}

TEST(LocatedText, NowhereStaysNowhere) {
  const LocatedText text("abc");
  EXPECT_FALSE(text.span(1, 2).has_place());
  EXPECT_EQ(text.part(1).str(), "bc");
  LocatedText sum(Span{});
  sum.append(text, 0, 2);
  EXPECT_EQ(sum.str(), "ab");
}

TEST(LocatedText, QuotedForMessages) {
  EXPECT_EQ(LocatedText("a\nb\tc\x01").quoted(), "'a\\nb\\tc\\u0001'");
  EXPECT_EQ(quote(std::string(100, 'x'), 3), "'xxx…'");
  EXPECT_EQ(quote("ab\xFF"), "'ab\\xff'");
  EXPECT_EQ(quote("a\u202Eb"), "'a\\u202eb'");
  LocatedText secret("hunter2");
  secret.mark_secret();
  EXPECT_EQ(secret.quoted(), "'***'");
  EXPECT_EQ(secret.part(0, 3).quoted(), "'***'");
}

}  // namespace
}  // namespace hiveframe::config
