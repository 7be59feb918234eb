#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "pipeline/codec/csv/framer.hpp"
#include "tests/unit/pipeline/codec/framing.hpp"

namespace hiveframe::codec::csv {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CsvFramer framer(Dialect dialect = {}) {
  return CsvFramer(std::make_shared<const Dialect>(std::move(dialect)));
}

Dialect without_header() {
  Dialect dialect;
  dialect.header = false;
  return dialect;
}

std::vector<std::string> rows(std::string_view stream, Dialect dialect = {}) {
  CsvFramer made = framer(std::move(dialect));
  return bytes_of(frame_whole(made, stream));
}

std::vector<std::string> names(std::string_view stream, Dialect dialect = {}) {
  CsvFramer made = framer(std::move(dialect));
  frame_whole(made, stream);
  std::vector<std::string> names;
  if (!made.columns()) return {"none"};
  for (const auto& column : made.columns()->columns)
    names.push_back(column.name);
  return names;
}

TEST(CsvFramer, EndsRowsWithOrWithoutCarriageReturn) {
  EXPECT_THAT(rows("a,b\n1,2\r\n3,4\n5,6"), ElementsAre("1,2", "3,4", "5,6"));
  EXPECT_THAT(rows("a,b\r\n1,2\r\n", without_header()), ElementsAre("a,b", "1,2"));
}

TEST(CsvFramer, EndsOfLinesInQuotesArePartOfTheRow) {
  EXPECT_THAT(rows("a,b\n1,\"x\ny\"\n\"\r\n\"\"\n\",\n"), ElementsAre("1,\"x\ny\"", "\"\r\n\"\"\n\","));
  EXPECT_THAT(rows("\"a\nb\",c\n1,2\n"), ElementsAre("1,2"));
}

TEST(CsvFramer, AQuoteWithinAPlainFieldOpensNothing) {
  EXPECT_THAT(rows("a,b\n5\" pipe,x\n6,y\"\n\"7\"\"\",z\n"),
              ElementsAre("5\" pipe,x", "6,y\"", "\"7\"\"\",z"));
  // What follows a closing quote is wrong, and only that row is.
  EXPECT_THAT(rows("a\n\"x\"y\"\nz\n"), ElementsAre("\"x\"y\"", "z"));
}

TEST(CsvFramer, CountsTheLinesOfTheStream) {
  CsvFramer made = framer();
  const auto records = frame_whole(made, "a,b\n1,\"x\n\ny\"\n\n2,3\n");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].line, 1U);
  EXPECT_EQ(records[1].line, 5U);
  EXPECT_EQ(made.lines(), 6U);
}

TEST(CsvFramer, PassesOverBlankLinesAndAByteOrderMark) {
  EXPECT_THAT(rows("\xEF\xBB\xBF\r\n\na,b\n\n1,2\n\r\n"), ElementsAre("1,2"));
  EXPECT_THAT(names("\xEF\xBB\xBF\"a\",b\n"), ElementsAre("a", "b"));
  EXPECT_THAT(rows(""), IsEmpty());
  EXPECT_THAT(rows("\xEF\xBB\xBF"), IsEmpty());
  EXPECT_THAT(names("\n\n"), ElementsAre("none"));
}

TEST(CsvFramer, TheHeaderNamesTheColumns) {
  EXPECT_THAT(names("id,\"na\"\"me\",größe\n"), ElementsAre("id", "na\"me", "größe"));
  EXPECT_THAT(names("a,a,,a,a_2,column_7,\n"),
              ElementsAre("a", "a_3", "column_3", "a_4", "a_2", "column_7", "column_7_2"));
  Dialect tabs;
  tabs.delimiter = '\t';
  EXPECT_THAT(names("a,b\tc\n", tabs), ElementsAre("a,b", "c"));
}

TEST(CsvFramer, WithoutAHeaderTheFirstRowSaysHowManyThereAre) {
  EXPECT_THAT(names("x,,z\n", without_header()), ElementsAre("column_1", "column_2", "column_3"));
  Dialect named = without_header();
  named.columns = {"id", "name"};
  EXPECT_THAT(names("", named), ElementsAre("id", "name"));
  EXPECT_THAT(rows("1,2\n", named), ElementsAre("1,2"));
}

TEST(CsvFramer, ColumnsHaveTheirTypes) {
  Dialect dialect;
  dialect.type.kind = std::nullopt;
  dialect.types = {{"id", {record::Kind::int64}}};
  CsvFramer made = framer(dialect);
  frame_whole(made, "id,rest\n");
  EXPECT_EQ(made.columns()->columns[0].kind, record::Kind::int64);
  EXPECT_EQ(made.columns()->columns[1].kind, std::nullopt);
}

TEST(CsvFramer, AHeaderThatIsNoGoodIsRefusedAndTheColumnsAreNotKnown) {
  for (const std::string_view header : {"a,\"b\"c\n", "a,\xFF\n"}) {
    CsvFramer made = framer();
    const auto records = frame_whole(made, std::string(header) + "1,2\n");
    ASSERT_EQ(records.size(), 2U);
    EXPECT_NE(records[0].problem, "");
    EXPECT_EQ(records[1].problem, "");
    EXPECT_EQ(made.columns(), nullptr);
  }
}

TEST(CsvFramer, LinesThatEndWithACarriageReturnAloneAreNotTakenForAHeader) {
  CsvFramer made = framer();
  const auto records = frame_whole(made, "a,b\r1,2\r3,4");
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].problem,
            "the header holds a carriage return outside of quotes: lines end with \\n or \\r\\n");
  EXPECT_THAT(names("a,\"b\r\"\r\n1,2\r\n"), ElementsAre("a", "b\r"));
}

TEST(CsvFramer, WithoutAHeaderABadRowIsARecordAndTheNextOneIsTheFirst) {
  CsvFramer made = framer(without_header());
  const auto records = frame_whole(made, "a,\"b\"c,d\n\xFF\n1,2\n3\n");
  EXPECT_THAT(bytes_of(records), ElementsAre("a,\"b\"c,d", "\xFF", "1,2", "3"));
  for (const auto& each : records)
    EXPECT_EQ(each.problem, "");
  ASSERT_TRUE(made.columns());
  EXPECT_EQ(made.columns()->columns.size(), 2U);
}

TEST(CsvFramer, TypesOfColumnsThatAreNotThere) {
  Dialect dialect;
  dialect.types = {{"a", {record::Kind::int64}}};
  CsvFramer made = framer(dialect);
  const auto records = frame_whole(made, "b,c\n1,2\n");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].problem, "there is no column 'a', which 'types' names");
  EXPECT_EQ(made.columns(), nullptr);
  // Without a header each row is refused by the decoder, wherever reading goes on.
  dialect.header = false;
  CsvFramer rows_only = framer(dialect);
  const auto rows = frame_whole(rows_only, "\xFF\n1,2\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].problem, "");
  EXPECT_EQ(rows_only.columns(), nullptr);
}

TEST(CsvFramer, AHeaderOfAMebibyteIsTooLong) {
  CsvFramer made = framer();
  const auto records = frame_whole(made, "a," + std::string(1 << 20, 'x') + "\n1,2\n");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].problem, "the header is longer than 1 MiB");
  EXPECT_LT(made.save().size(), 20U);
  CsvFramer wide = framer(without_header());
  frame_whole(wide, "a," + std::string(1 << 20, 'x') + "\n1,2\n");
  ASSERT_TRUE(wide.columns());
  EXPECT_LT(wide.save().size(), 20U) << "how many columns there are is all it needs";
}

TEST(CsvFramer, GoesOnAsSaved) {
  const std::string_view stream = "id,\"na\nme\"\n1,a\n2,\"b\nc\"\n3,d\n";
  CsvFramer whole = framer();
  const auto expected = frame_whole(whole, stream);
  ASSERT_EQ(expected.size(), 3U);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CsvFramer first = framer();
    frame_whole(first, stream);
    CsvFramer second = framer();
    ASSERT_TRUE(second.restore(first.save_before({0, 0, expected[i].line, nullptr})));
    ASSERT_TRUE(second.columns());
    EXPECT_EQ(second.columns()->columns[1].name, "na\nme");
    const auto rest = frame_whole(second, stream.substr(expected[i].offset));
    ASSERT_EQ(rest.size(), expected.size() - i);
    EXPECT_EQ(rest[0].bytes, expected[i].bytes);
    EXPECT_EQ(rest[0].line, expected[i].line);
  }
  CsvFramer fresh = framer();
  EXPECT_EQ(fresh.save(), "");
  EXPECT_TRUE(fresh.restore(""));
  EXPECT_FALSE(fresh.restore("x"));
  EXPECT_FALSE(fresh.restore("1x"));
}

TEST(CsvFramer, ABadHeaderIsMetAgainWhenReadingGoesOnBeforeIt) {
  CsvFramer first = framer();
  std::vector<Frame> frames;
  first.scan("\"a\"b\n1\n", true, 10, frames);
  ASSERT_EQ(frames.size(), 2U);
  CsvFramer again = framer();
  ASSERT_TRUE(again.restore(first.save_before(frames[0])));
  const auto records = frame_whole(again, "\"a\"b\n1\n");
  EXPECT_NE(records[0].problem, "");
  CsvFramer behind = framer();
  ASSERT_TRUE(behind.restore(first.save_before(frames[1])));
  EXPECT_EQ(frame_whole(behind, "1\n")[0].problem, "");
  EXPECT_EQ(behind.columns(), nullptr);
}

// What a person would do: one character after the other, with the whole text at hand.
std::vector<std::string> by_hand(std::string_view text) {
  std::vector<std::string> found;
  std::string row;
  bool quoted = false;
  bool begins = true;
  const auto end_row = [&](bool at_newline) {
    if (at_newline && row.ends_with('\r')) row.pop_back();
    if (!row.empty()) found.push_back(row);
    row.clear();
    quoted = false;
    begins = true;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      row += c;
      if (c != '"') continue;
      if (i + 1 < text.size() && text[i + 1] == '"') {
        row += text[++i];
      } else {
        quoted = false;
      }
      continue;
    }
    if (c == '\n') {
      end_row(true);
      continue;
    }
    row += c;
    quoted = c == '"' && begins;
    begins = c == ',';
  }
  end_row(false);
  return found;
}

TEST(CsvFramer, WindowsMayEndAnywhere) {
  std::mt19937 random(20240229);
  const std::string alphabet = "a,\"\n\r";
  for (int round = 0; round < 2000; ++round) {
    std::string stream;
    const std::size_t size = random() % 40;
    for (std::size_t i = 0; i < size; ++i)
      stream += alphabet[random() % alphabet.size()];
    CsvFramer whole = framer(without_header());
    const auto expected = frame_whole(whole, stream);
    ASSERT_EQ(bytes_of(expected), by_hand(stream)) << testing::PrintToString(stream);
    for (const std::size_t limit : {1UL, 1000UL}) {
      CsvFramer pieces = framer(without_header());
      ASSERT_EQ(frame_in_pieces(pieces, stream, {random() % 40, 1 + random() % 3}, limit), expected)
          << testing::PrintToString(stream);
      ASSERT_EQ(pieces.save(), whole.save());
    }
  }
}

TEST(CsvFramer, SkipsALongRowInAnyPieces) {
  const std::string row = "1,\"two\n\"\"three\r\n\",4\r\n";
  std::string stream = "a,b,c\n";
  stream.append(row).append("5,6,7\n");
  const std::size_t row_begins = 6;
  for (std::size_t first = 1; first < row.size(); ++first) {
    for (std::size_t piece = 1; piece < 5; ++piece) {
      CsvFramer made = framer();
      std::vector<Frame> frames;
      ASSERT_EQ(made.scan(std::string_view(stream).substr(0, row_begins + first), false, 10, frames),
                row_begins);
      std::size_t begin = row_begins;
      std::size_t end = begin + first;
      std::size_t record = 0;
      for (;;) {
        const auto skipped =
            made.skip(std::string_view(stream).substr(begin, end - begin), end == stream.size());
        record += skipped.record;
        begin += skipped.consumed;
        if (skipped.finished) break;
        ASSERT_LE(end - begin, 1U);
        end = std::min(stream.size(), end + piece);
      }
      EXPECT_EQ(record, row.size() - 2);
      EXPECT_EQ(begin, row_begins + row.size());
      EXPECT_EQ(made.lines(), 4U);
      frames.clear();
      made.scan(std::string_view(stream).substr(begin), true, 10, frames);
      ASSERT_EQ(frames.size(), 1U);
      EXPECT_EQ(frames[0].line, 4U);
    }
  }
}

}  // namespace
}  // namespace hiveframe::codec::csv
