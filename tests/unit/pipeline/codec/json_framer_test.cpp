#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "pipeline/codec/json/framer.hpp"
#include "tests/unit/pipeline/codec/framing.hpp"

namespace hiveframe::codec::json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<FramedRecord> frame(std::string_view stream) {
  JsonFramer framer;
  return frame_whole(framer, stream);
}

std::vector<std::string> problems(std::string_view stream) {
  std::vector<std::string> found;
  for (const FramedRecord& record : frame(stream)) {
    if (!record.problem.empty()) found.push_back(record.problem);
  }
  return found;
}

TEST(JsonFramer, ElementsOfAnArray) {
  EXPECT_THAT(bytes_of(frame(R"([{"a":1},{"b":[1,{}]} , 3,"x,]",null])")),
              ElementsAre(R"({"a":1})", R"({"b":[1,{}]})", "3", R"("x,]")", "null"));
  EXPECT_THAT(bytes_of(frame(" [ \n {} \n ] \n")), ElementsAre("{}"));
  EXPECT_THAT(frame("[]"), IsEmpty());
  EXPECT_THAT(frame(" [ ] "), IsEmpty());
  EXPECT_THAT(bytes_of(frame("[[1,2],[],[[3]]]")), ElementsAre("[1,2]", "[]", "[[3]]"));
  // Pages put one after the other.
  EXPECT_THAT(bytes_of(frame("[1,2]\n[3][]\n[4]")), ElementsAre("1", "2", "3", "4"));
}

TEST(JsonFramer, ConcatenatedDocuments) {
  EXPECT_THAT(bytes_of(frame("{}{} {\n}\n\n[1]\"s\"12 true\n")),
              ElementsAre("{}", "{}", "{\n}", "[1]", "\"s\"", "12", "true"));
  EXPECT_THAT(bytes_of(frame("1")), ElementsAre("1"));
  EXPECT_THAT(bytes_of(frame("1{}2[]")), ElementsAre("1", "{}", "2", "[]"));
  EXPECT_THAT(frame(""), IsEmpty());
  EXPECT_THAT(frame(" \n\t\r\n"), IsEmpty());
}

TEST(JsonFramer, StringsHideBracketsAndEscapes) {
  EXPECT_THAT(bytes_of(frame(R"({"a":"}{][\"\\"}{"b":"\\\""})")),
              ElementsAre(R"({"a":"}{][\"\\"})", R"({"b":"\\\""})"));
  const std::string wide = "{\"a\":\"" + std::string(100, '}') + "\\\"" + std::string(100, '{') + "\"}";
  EXPECT_THAT(bytes_of(frame(wide + wide)), ElementsAre(wide, wide));
}

TEST(JsonFramer, KnowsTheLineOfEachRecord) {
  const auto records = frame("[\n  {\n    \"a\": 1\n  },\n\n  2,\n  3 ]\n");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].line, 1U);
  EXPECT_EQ(records[1].line, 5U);
  EXPECT_EQ(records[2].line, 6U);
  const auto documents = frame("{}\n\n{\n}\n{}");
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(documents[1].line, 2U);
  EXPECT_EQ(documents[2].line, 4U);
}

TEST(JsonFramer, PassesOverAByteOrderMark) {
  const auto records = frame("\xEF\xBB\xBF[1]");
  EXPECT_THAT(bytes_of(records), ElementsAre("1"));
  EXPECT_EQ(records[0].offset, 4U);
  EXPECT_THAT(bytes_of(frame("\xEF\xBB\xBF{}")), ElementsAre("{}"));
  EXPECT_THAT(frame("\xEF\xBB\xBF"), IsEmpty());
}

TEST(JsonFramer, NothingIsDroppedSilently) {
  EXPECT_THAT(problems("[1,2"), ElementsAre("the array is not closed where the stream ends"));
  EXPECT_THAT(problems("["), ElementsAre("the array is not closed where the stream ends"));
  EXPECT_THAT(problems("[1,"), ElementsAre("the array is not closed where the stream ends"));
  EXPECT_THAT(problems("[1,,2]"), ElementsAre("a comma of an array without an element beside it"));
  EXPECT_EQ(problems("[,1]").size(), 1U);
  EXPECT_EQ(problems("[1,]").size(), 1U);
  EXPECT_THAT(problems("[1] x"), ElementsAre("text after the end of the array"));
  EXPECT_THAT(problems("[1]{}\n[2]"), ElementsAre("text after the end of the array"));
  EXPECT_THAT(bytes_of(frame("[1]{}\n[2]")), ElementsAre("1", "{}", "2"));
  // A missing comma: the decoder refuses both together.
  EXPECT_THAT(bytes_of(frame("[{} {},3]")), ElementsAre("{} {}", "3"));
  EXPECT_THAT(bytes_of(frame("{\"a\":1")), ElementsAre("{\"a\":1"));
  EXPECT_THAT(bytes_of(frame("{\"a")), ElementsAre("{\"a"));
}

TEST(JsonFramer, FindsItsWayAfterABrokenDocument) {
  EXPECT_THAT(bytes_of(frame("{\"a\":1}}\n{\"b\":2}\n")), ElementsAre("{\"a\":1}", "}", "{\"b\":2}"));
  EXPECT_THAT(bytes_of(frame("{\"a\":1],\"x\":{}}\n{\"b\":2}\n")),
              ElementsAre("{\"a\":1],\"x\":{}}", "{\"b\":2}"));
  EXPECT_THAT(bytes_of(frame("{\"a\":\"cut\n{\"b\":2}\n{}")), ElementsAre("{\"a\":\"cut", "{\"b\":2}", "{}"));
  EXPECT_THAT(bytes_of(frame("{\"a\":\"cut\\\n{\"b\":2}")), ElementsAre("{\"a\":\"cut\\", "{\"b\":2}"));
  EXPECT_THAT(bytes_of(frame("{\"a\":1\n{\"b\":2}\n")), ElementsAre("{\"a\":1", "{\"b\":2}"));
  EXPECT_THAT(bytes_of(frame("{\"a\":1,\n{\"b\":2}\n")), ElementsAre("{\"a\":1,", "{\"b\":2}"));
  EXPECT_THAT(bytes_of(frame("{\"a\":[1,2}\n\n{\"b\":2}")), ElementsAre("{\"a\":[1,2}", "{\"b\":2}"));
  EXPECT_THAT(bytes_of(frame("hello {\"not\":1}\n\"nor\" this\n{}")),
              ElementsAre("hello {\"not\":1}\n\"nor\" this", "{}"));
  // Inner lines of a document on several lines are no beginning.
  EXPECT_THAT(bytes_of(frame("{\n  \"a\": {\n  ]\n  {\n}\n{}\n")),
              ElementsAre("{\n  \"a\": {\n  ]\n  {\n}", "{}"));
  EXPECT_THAT(bytes_of(frame("[\n  {\"a\": 1},\n  {\"b\": [}},\n  {\"c\": 3}\n]\n")),
              ElementsAre("{\"a\": 1}", "{\"b\": [}},", "{\"c\": 3}"));
  EXPECT_THAT(bytes_of(frame("[\n  {\"a\": 1},\n  {\"b\": \"\n]\n[2]")),
              ElementsAre("{\"a\": 1}", "{\"b\": \"", "2"));
}

TEST(JsonFramer, DepthCostsNothing) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  const auto records = frame("{\"a\":" + deep + "}{}");
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].bytes.size(), deep.size() + 6);
}

const std::string_view tricky[] = {
    "[{\"a\":\"x\\\"]}\"} , [1,[2]],\"s\\\\\",-1.5e3 , true ]\n[4]",
    "{\"a\":{\"b\":[{},[]]}}\n\n12 \"s\"{}\ttrue[null]",
    "\xEF\xBB\xBF\n [\n  {\n \"k\\u0041\": \"\\\\\" },\n  {}\n]",
    "{\"a\":1}}\n{\"b\":\"cut\n{\"c\":[}\n x\n{\"d\":4}\n{\"e\":",
    "[\n  {\"a\":1},\n  {\"b\":[}},\n  {\"c\":\"\n  {\"d\":4},,\n ]",
    "[1,2",
    "[1] junk\n[2]",
    "{\"a\":1\n{\"b\":2,\n{\"c\":3}",
    "\xEF\xBB",
    "1",
};

TEST(JsonFramer, WindowsMayEndAnywhere) {
  for (const std::string_view stream : tricky) {
    JsonFramer whole;
    const auto expected = frame_whole(whole, stream);
    for (std::size_t first = 0; first <= stream.size(); ++first) {
      for (const std::size_t rest : {1UL, 2UL, 7UL, 1000UL}) {
        for (const std::size_t limit : {1UL, 1000UL}) {
          JsonFramer framer;
          ASSERT_EQ(frame_in_pieces(framer, stream, {first, rest}, limit), expected)
              << stream << "\nfirst " << first << " rest " << rest;
        }
      }
    }
  }
}

TEST(JsonFramer, AByteOrderMarkBehindSpaceIsNone) {
  const std::string_view stream = " \xEF\xBB\xBF{}";
  for (const std::size_t first : {0UL, 1UL, 2UL, 6UL}) {
    JsonFramer framer;
    const auto records = frame_in_pieces(framer, stream, {first, 1});
    ASSERT_EQ(records.size(), 1U) << first;
    EXPECT_EQ(records[0].offset, 1U) << first;
  }
  JsonFramer framer;
  std::vector<Frame> frames;
  ASSERT_EQ(framer.scan(" ", false, 10, frames), 1U);
  JsonFramer resumed;
  ASSERT_TRUE(resumed.restore(framer.save()));
  resumed.scan(stream.substr(1), true, 10, frames);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].begin, 0U);
}

/// What is nearly a stream of records, of lengths around the blocks that are looked at together.
std::string nearly_records(std::mt19937& random) {
  constexpr const char* parts[] = {"{",
                                   "}",
                                   "[",
                                   "]",
                                   "{}",
                                   "[]",
                                   ",",
                                   ":",
                                   "\"",
                                   "\\",
                                   "\\\"",
                                   "\n",
                                   " ",
                                   "\"a\"",
                                   "\"}\"",
                                   "1",
                                   "true",
                                   "\"a\":",
                                   "{\"a\":{\"b\":[1,{}]}}",
                                   "[[],[{}]]",
                                   "\"\\\\\"",
                                   "\"\\\"{\""};
  std::string text = random() % 2 == 0 ? "[" : "";
  for (std::size_t count = random() % 12; count > 0; --count) {
    std::string record = "{\"" + std::string(random() % 140, 'x') + "\":[" +
                         std::string(random() % 3 == 0 ? random() % 70 : 0, '\\') + parts[random() % 22] +
                         (random() % 3 == 0 ? "]}" : "\"\"]}");
    for (std::size_t extra = random() % 3; extra > 0; --extra)
      record.insert(random() % (record.size() + 1), parts[random() % 22]);
    text += record + (random() % 3 == 0 ? "\n" : ",");
  }
  return text;
}

// Records that are whole in their window are found another way than those that are not.
TEST(JsonFramer, WholeRecordsAreFoundAsThoseInPiecesAre) {
  std::mt19937 random(5);
  for (int i = 0; i < 6'000; ++i) {
    const std::string stream = nearly_records(random);
    JsonFramer whole;
    JsonFramer single;
    JsonFramer pieces;
    const auto expected = frame_in_pieces(single, stream, {1});
    ASSERT_EQ(frame_whole(whole, stream), expected) << stream;
    ASSERT_EQ(frame_in_pieces(pieces, stream, {random() % 300, 1 + random() % 200}), expected) << stream;
  }
}

TEST(JsonFramer, EscapesBeforeTheEndOfABlock) {
  // Runs of backslashes that end at each place, with a quote behind them that closes the string or does not.
  for (std::size_t before = 0; before < 140; ++before) {
    for (std::size_t backslashes = 0; backslashes < 70; ++backslashes) {
      const std::string text = std::string(before, 'x') + std::string(backslashes, '\\');
      const std::string record = "{\"" + text + (backslashes % 2 == 0 ? "\":[\"}\"]}" : "\"}\":[\"}\"]}");
      ASSERT_THAT(bytes_of(frame(record + "{}")), ElementsAre(record, "{}"));
    }
  }
}

TEST(JsonFramer, NestingWhereverItIsTooDeepForABlock) {
  for (const std::size_t depth : {1UL, 63UL, 64UL, 65UL, 128UL, 1024UL, 1025UL}) {
    const std::string lists = std::string(depth, '[') + std::string(depth, ']');
    std::string objects;
    for (std::size_t i = 1; i < depth; ++i)
      objects += "{\"a\":";
    objects += "{}" + std::string(depth - 1, '}');
    EXPECT_THAT(bytes_of(frame(" 1 " + lists + objects + lists)), ElementsAre("1", lists, objects, lists));
    EXPECT_THAT(bytes_of(frame("[" + lists + "," + objects + "]")), ElementsAre(lists, objects));
    // The outermost bracket is closed by the wrong one.
    const std::string wrong = lists.substr(0, lists.size() - 1) + "}{}\n{}";
    EXPECT_THAT(bytes_of(frame("1 " + wrong)), ElementsAre("1", wrong.substr(0, wrong.size() - 3), "{}"));
  }
}

TEST(JsonFramer, SkippingEndsWhereFramingWould) {
  for (const std::string_view stream : tricky) {
    JsonFramer whole;
    const auto expected = frame_whole(whole, stream);
    for (std::size_t skipped = 0; skipped < expected.size(); ++skipped) {
      if (expected[skipped].bytes.size() < 2) continue;
      const std::size_t begin = expected[skipped].offset;
      for (std::size_t seen = 1; seen < expected[skipped].bytes.size(); ++seen) {
        for (const std::size_t piece : {1UL, 3UL, 1000UL}) {
          JsonFramer framer;
          std::vector<Frame> frames;
          std::size_t at = framer.scan(stream.substr(0, begin + seen), false, 1000, frames);
          // The record is known to be unfinished, unless its end needs nothing behind it.
          if (at != begin || frames.size() != skipped) continue;
          std::size_t end = begin + seen;
          std::size_t length = 0;
          for (;;) {
            const auto step = framer.skip(stream.substr(at, end - at), end == stream.size());
            at += step.consumed;
            length += step.record;
            if (step.finished) break;
            end = std::min(stream.size(), end + piece);
          }
          ASSERT_EQ(length, expected[skipped].bytes.size()) << stream << "\nskipped " << skipped;
          std::vector<FramedRecord> after;
          frames.clear();
          framer.scan(stream.substr(at), true, 1000, frames);
          for (const Frame& frame : frames) {
            after.push_back({std::string(stream.substr(at + frame.begin, frame.end - frame.begin)),
                             at + frame.begin, frame.line, frame.problem == nullptr ? "" : frame.problem});
          }
          const std::vector<FramedRecord> rest(expected.begin() + static_cast<std::ptrdiff_t>(skipped) + 1,
                                               expected.end());
          ASSERT_EQ(after, rest) << stream << "\nskipped " << skipped << " seen " << seen << " piece "
                                 << piece;
        }
      }
    }
  }
}

TEST(JsonFramer, RefusesForeignState) {
  JsonFramer framer;
  for (const char* foreign : {"7", "x1:2:3:4", "d", "d1", "d1:", "d1:2", "d1:2:3", "d1:2:3:", "d1:2:3:4x",
                              "d1:2:3:4:", "d1:2x3:4", "done", "e-1:0:0:0"}) {
    EXPECT_FALSE(framer.restore(foreign)) << foreign;
  }
  EXPECT_TRUE(framer.restore("e7:2:3:-1"));
  EXPECT_EQ(framer.save(), "e7:2:3:-1");
  EXPECT_EQ(framer.lines(), 7U);
  EXPECT_TRUE(framer.restore(""));
  EXPECT_EQ(framer.save(), "");
}

}  // namespace
}  // namespace hiveframe::codec::json
