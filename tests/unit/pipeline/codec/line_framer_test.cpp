#include "pipeline/codec/line_framer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/codec/framing.hpp"

namespace hiveframe::codec {
namespace {

using Blank = LineFramer::BlankLines;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<FramedRecord> frame(Blank blank, std::string_view stream) {
  LineFramer framer(blank);
  return frame_whole(framer, stream);
}

TEST(LineFramer, EndsLinesWithOrWithoutCarriageReturn) {
  EXPECT_THAT(bytes_of(frame(Blank::are_skipped, "{}\n[]\r\n1")), ElementsAre("{}", "[]", "1"));
  EXPECT_THAT(bytes_of(frame(Blank::are_records, "a\r\n\r\n\nb\rc\r\r\n")),
              ElementsAre("a", "", "", "b\rc\r"));
}

TEST(LineFramer, SkipsBlankLinesButCountsThem) {
  const auto records = frame(Blank::are_skipped, "\n \t\r\n{}\n\n\n[]\n  ");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].line, 2U);
  EXPECT_EQ(records[0].offset, 5U);
  EXPECT_EQ(records[1].line, 5U);
}

TEST(LineFramer, EmptyStreamsHoldNothing) {
  EXPECT_THAT(frame(Blank::are_skipped, ""), IsEmpty());
  EXPECT_THAT(frame(Blank::are_records, ""), IsEmpty());
  EXPECT_THAT(frame(Blank::are_skipped, "\n\n \n"), IsEmpty());
  EXPECT_THAT(bytes_of(frame(Blank::are_records, "\n\n")), ElementsAre("", ""));
}

TEST(LineFramer, PassesOverAByteOrderMarkAtTheStartOnly) {
  const auto records = frame(Blank::are_records,
                             "\xEF\xBB\xBF"
                             "a\n\xEF\xBB\xBF"
                             "b\n");
  EXPECT_THAT(bytes_of(records), ElementsAre("a",
                                             "\xEF\xBB\xBF"
                                             "b"));
  EXPECT_EQ(records[0].offset, 3U);
  EXPECT_THAT(frame(Blank::are_records, "\xEF\xBB\xBF"), IsEmpty());
  EXPECT_THAT(bytes_of(frame(Blank::are_records, "\xEF\xBB")), ElementsAre("\xEF\xBB"));
}

TEST(LineFramer, KeepsOddBytes) {
  using namespace std::string_literals;
  EXPECT_THAT(bytes_of(frame(Blank::are_records, "a\0b\n\xFF\n"s)), ElementsAre("a\0b"s, "\xFF"));
}

TEST(LineFramer, WindowsMayEndAnywhere) {
  for (const Blank blank : {Blank::are_records, Blank::are_skipped}) {
    for (const std::string_view stream :
         {"\xEF\xBB\xBFone\r\n\r\ntwo\n\n three \nfour", "\r\n\r\n", "a\n", "\r", "\n\r"}) {
      LineFramer whole(blank);
      const auto expected = frame_whole(whole, stream);
      for (std::size_t first = 0; first <= stream.size(); ++first) {
        for (std::size_t rest = 1; rest <= 3; ++rest) {
          for (const std::size_t limit : {1UL, 2UL, 1000UL}) {
            LineFramer framer(blank);
            ASSERT_EQ(frame_in_pieces(framer, stream, {first, rest}, limit), expected) << stream << first;
            ASSERT_EQ(framer.save(), whole.save());
          }
        }
      }
    }
  }
}

TEST(LineFramer, SkipsALongLineInAnyPieces) {
  const std::string_view line = "0123456789\r\n";
  const std::string stream = std::string(line) + "next\n";
  for (std::size_t first = 1; first < line.size(); ++first) {
    for (std::size_t piece = 1; piece < 5; ++piece) {
      LineFramer framer(Blank::are_skipped);
      std::vector<Frame> frames;
      ASSERT_EQ(framer.scan(std::string_view(stream).substr(0, first), false, 10, frames), 0U);
      std::size_t begin = 0;
      std::size_t end = first;
      std::size_t record = 0;
      for (;;) {
        const auto skipped =
            framer.skip(std::string_view(stream).substr(begin, end - begin), end == stream.size());
        record += skipped.record;
        begin += skipped.consumed;
        if (skipped.finished) break;
        ASSERT_LE(end - begin, 1U);
        end = std::min(stream.size(), end + piece);
      }
      EXPECT_EQ(record, 10U);
      EXPECT_EQ(begin, 12U);
      EXPECT_EQ(framer.lines(), 1U);
    }
  }
}

TEST(LineFramer, GoesOnWhereItWasSaved) {
  LineFramer framer(Blank::are_skipped);
  EXPECT_TRUE(framer.restore("41"));
  std::vector<Frame> frames;
  framer.scan("\xEF\xBB\xBF{}\n{}\n", false, 10, frames);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].begin, 0U) << "a byte order mark counts at the start only";
  EXPECT_EQ(frames[1].line, 42U);
  EXPECT_EQ(framer.save(), "43");
  EXPECT_FALSE(framer.restore("x"));
  EXPECT_FALSE(framer.restore("12 "));
  EXPECT_FALSE(framer.restore("d7:-1"));
}

}  // namespace
}  // namespace hiveframe::codec
