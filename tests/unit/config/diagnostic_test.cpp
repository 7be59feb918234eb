#include "config/diagnostic.hpp"

#include <gtest/gtest.h>

namespace hiveframe::config {
namespace {

SourceFilePtr file_of(std::string text) { return SourceFile::make("orders.yaml", std::move(text)); }

// The one problem at the first place of `part`.
std::string shown(const SourceFilePtr& file, std::string_view part, const std::vector<Span>& concealed = {}) {
  const std::size_t at = file->content().find(part);
  return render({Span{file, at, at + part.size()}, "it is wrong", "do this"}, concealed);
}

TEST(Render, LineCaretAndHint) {
  EXPECT_EQ(shown(file_of("name: x\nsource: kafka://k1/orders?group_id=w&auto_offset_rest=earliest\n"),
                  "auto_offset_rest"),
            "orders.yaml:2:38: error: it is wrong\n"
            "  2 | source: kafka://k1/orders?group_id=w&auto_offset_rest=earliest\n"
            "    |                                      ^~~~~~~~~~~~~~~~\n"
            "    = do this\n");
}

TEST(Render, GutterGrowsWithTheLineNumber) {
  std::string lines(99, '\n');
  lines += "ab: c\n";
  EXPECT_EQ(shown(file_of(lines), "c"),
            "orders.yaml:100:5: error: it is wrong\n"
            "  100 | ab: c\n"
            "      |     ^\n"
            "      = do this\n");
}

TEST(Render, WideAndCombiningCharactersBeforeTheCaret) {
  // 日本 are two columns each, the combining acute accent none.
  EXPECT_EQ(shown(file_of("日本e\u0301: bad\n"), "bad"),
            "orders.yaml:1:7: error: it is wrong\n"
            "  1 | 日本e\u0301: bad\n"
            "    |        ^~~\n"
            "    = do this\n");
  EXPECT_EQ(shown(file_of("a: 日本 x\n"), "日本"),
            "orders.yaml:1:4: error: it is wrong\n"
            "  1 | a: 日本 x\n"
            "    |    ^~~~\n"
            "    = do this\n");
}

TEST(Render, TabsBecomeSpaces) {
  EXPECT_EQ(shown(file_of("a:\tbad\n"), "bad"),
            "orders.yaml:1:4: error: it is wrong\n"
            "  1 | a:  bad\n"
            "    |     ^~~\n"
            "    = do this\n");
}

TEST(Render, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(shown(file_of("a: \x1b[31m\u202E bad\n"), "bad"),
            "orders.yaml:1:11: error: it is wrong\n"
            "  1 | a: \uFFFD[31m\uFFFD bad\n"
            "    |           ^~~\n"
            "    = do this\n");
}

TEST(Render, CarriageReturnsAndTheEnd) {
  const auto file = file_of("a: b\r\nc: d\r\n");
  EXPECT_EQ(render({Span{file, 9, 10}, "m", ""}), "orders.yaml:2:4: error: m\n  2 | c: d\n    |    ^\n");
  EXPECT_EQ(render({Span{file, 12, 12}, "m", ""}), "orders.yaml:3:1: error: m\n  3 |\n    | ^\n");
  const auto open = file_of("a: b");
  EXPECT_EQ(render({Span{open, 4, 4}, "m", ""}), "orders.yaml:1:5: error: m\n  1 | a: b\n    |     ^\n");
}

TEST(Render, ASpanOverSeveralLinesIsCutAtTheFirst) {
  const auto file = file_of("a: [b,  \n  c]\n");
  EXPECT_EQ(render({Span{file, 3, 13}, "m", ""}), "orders.yaml:1:4: error: m\n  1 | a: [b,\n    |    ^~~\n");
}

TEST(Render, LongLinesAreCutAroundTheCaret) {
  const std::string before(300, 'x');
  const std::string after(300, 'y');
  const auto file = file_of("a: " + before + "bad" + after);
  EXPECT_EQ(shown(file, "bad"), "orders.yaml:1:304: error: it is wrong\n  1 | …" + std::string(40, 'x') +
                                    "bad" + std::string(57, 'y') + "…\n    |  " + std::string(40, ' ') +
                                    "^~~\n    = do this\n");
  EXPECT_EQ(shown(file_of(before), before), "orders.yaml:1:1: error: it is wrong\n  1 | " +
                                                std::string(100, 'x') + "…\n    | ^" + std::string(99, '~') +
                                                "\n    = do this\n");
  // A wide character on the edge is left out rather than cut in half.
  std::string wide;
  for (int i = 0; i < 100; ++i)
    wide += "日";
  EXPECT_EQ(shown(file_of("z" + wide + "bad"), "bad").find('\xFF'), std::string::npos);
}

TEST(Render, WithoutPlace) {
  EXPECT_EQ(render({Span{}, "m", "h"}), "error: m\n  = h\n");
  EXPECT_EQ(render({Span::of_file(file_of("x")), "cannot be read", ""}),
            "orders.yaml: error: cannot be read\n");
  EXPECT_EQ(render({Span{}, "m", "one\ntwo"}), "error: m\n  = one\n    two\n");
}

TEST(Render, ConcealedTextAndPasswords) {
  const auto file = file_of("password: hunter2 # bad\n");
  const Span secret{file, 10, 17};
  EXPECT_EQ(shown(file, "bad", {secret}),
            "orders.yaml:1:21: error: it is wrong\n"
            "  1 | password: *** # bad\n"
            "    |                 ^~~\n"
            "    = do this\n");
  EXPECT_EQ(shown(file, "hunter2", {secret}),
            "orders.yaml:1:11: error: it is wrong\n"
            "  1 | password: *** # bad\n"
            "    |           ^~~\n"
            "    = do this\n");
  EXPECT_EQ(shown(file_of("u: postgresql://me:hun/ter2@host/db?bad=1\n"), "bad"),
            "orders.yaml:1:37: error: it is wrong\n"
            "  1 | u: postgresql://me:***@host/db?bad=1\n"
            "    |                                ^~~\n"
            "    = do this\n");
  EXPECT_EQ(shown(file_of("u: postgresql://me:it's@host/db?bad=1\n"), "bad"),
            "orders.yaml:1:33: error: it is wrong\n"
            "  1 | u: postgresql://me:***@host/db?bad=1\n"
            "    |                                ^~~\n"
            "    = do this\n");
  EXPECT_EQ(shown(file_of("u: postgresql://me:${PW:?a}@host/db?bad=1\n"), "bad"),
            "orders.yaml:1:37: error: it is wrong\n"
            "  1 | u: postgresql://me:${PW:?a}@host/db?bad=1\n"
            "    |                                     ^~~\n"
            "    = do this\n");
  // A default is a password in clear.
  EXPECT_EQ(shown(file_of("u: postgresql://me:${PW:-a}@host/db?bad=1\n"), "bad"),
            "orders.yaml:1:37: error: it is wrong\n"
            "  1 | u: postgresql://me:***@host/db?bad=1\n"
            "    |                                ^~~\n"
            "    = do this\n");
}

TEST(Diagnostics, SortedByFileThenPlace) {
  Diagnostics all;
  const auto one = file_of("a\nb\n");
  const auto two = SourceFile::make("two.yaml", "c\n");
  all.error(Span{two, 0, 1}, "first");
  all.error(Span{one, 2, 3}, "third");
  all.error(Span{one, 0, 1}, "second");
  all.error(Span{two, 0, 1}, "also at c");
  EXPECT_EQ(all.render(),
            "two.yaml:1:1: error: first\n  1 | c\n    | ^\n"
            "two.yaml:1:1: error: also at c\n  1 | c\n    | ^\n"
            "orders.yaml:1:1: error: second\n  1 | a\n    | ^\n"
            "orders.yaml:2:1: error: third\n  2 | b\n    | ^\n"
            "4 errors in 2 files\n");
}

TEST(Diagnostics, CountsAndBounds) {
  Diagnostics all(2);
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(all.render(), "");
  all.file_error("a.yaml", "cannot be read: Permission denied");
  EXPECT_EQ(all.render(), "a.yaml: error: cannot be read: Permission denied\n1 error in 1 file\n");
  all.file_error("b.yaml", "two");
  all.file_error("c.yaml", "three");
  EXPECT_EQ(all.count(), 3U);
  EXPECT_EQ(all.render(),
            "a.yaml: error: cannot be read: Permission denied\nb.yaml: error: two\n"
            "3 errors in 3 files; the first 2 are shown\n");
  Diagnostics nowhere;
  nowhere.error({}, "m");
  EXPECT_EQ(nowhere.render(), "error: m\n1 error\n");
}

TEST(Diagnostics, TheSameProblemIsSaidOnce) {
  Diagnostics all;
  const auto file = file_of("a\n");
  all.error(Span{file, 0, 1}, "m");
  all.error(Span{file, 0, 1}, "m");
  EXPECT_EQ(all.count(), 1U);
  EXPECT_EQ(all.reports(), 2U);
}

}  // namespace
}  // namespace hiveframe::config
