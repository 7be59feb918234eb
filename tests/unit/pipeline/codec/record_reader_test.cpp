#include "pipeline/codec/record_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/codec/reading.hpp"

namespace hiveframe::codec {
namespace {

using record::Record;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(RecordReader, GivesRecordsWithTheirPlaces) {
  const auto seen = read_all("ndjson", "{}\n\n  [1]\r\n3");
  EXPECT_THAT(seen, ElementsAre(Seen{"{}", 0, 1}, Seen{"  [1]", 4, 3}, Seen{"3", 11, 4}));
}

/// `lines` of each batch, with those that have none counted as "-".
std::vector<std::string> lines_of(std::string_view format, std::string_view text, ReadLimits limits = {}) {
  RecordReader reader(*find_format(format), limits);
  Pieces stream(text);
  std::vector<std::string> lines;
  for (bool at_end = false; !at_end;) {
    const RecordReader::Batch batch = reader.read(stream);
    at_end = batch.at_end;
    const record::Storage& storage = *batch.storage;
    if (storage.records.empty()) continue;
    if (!storage.all_in_lines()) {
      lines.emplace_back("-");
      continue;
    }
    lines.emplace_back(storage.lines);
    std::string joined;
    for (const Record& record : storage.records)
      joined += std::string(record.original) + "\n";
    joined.pop_back();
    EXPECT_EQ(joined, storage.lines);
  }
  return lines;
}

TEST(RecordReader, SaysWhenRecordsStandLineByLineInOnePiece) {
  EXPECT_THAT(lines_of("text", "one\ntwo\n\nfour\n"), ElementsAre("one\ntwo\n\nfour"));
  EXPECT_THAT(lines_of("text", "one\ntwo"), ElementsAre("one", "two"));
  EXPECT_THAT(lines_of("text", "\n"), ElementsAre(""));
  EXPECT_THAT(lines_of("ndjson", "1\n2\n"), ElementsAre("1\n2"));
}

TEST(RecordReader, SaysNothingOfLinesWhereOtherBytesStandBetween) {
  EXPECT_THAT(lines_of("text", "one\r\ntwo\n"), ElementsAre("-"));
  EXPECT_THAT(lines_of("ndjson", "1\n\n2\n"), ElementsAre("-"));
  EXPECT_THAT(lines_of("json", "1\n2\n"), ElementsAre("-"));
  ReadLimits limits;
  limits.max_record_bytes = 10;
  EXPECT_THAT(lines_of("text", "one\n" + std::string(20, 'x') + "\ntwo\n", limits), ElementsAre("-"));
}

TEST(RecordReader, EmptyStreams) {
  EXPECT_THAT(read_all("ndjson", ""), IsEmpty());
  EXPECT_THAT(read_all("ndjson", "\n\r\n \n"), IsEmpty());
  EXPECT_THAT(read_all("json", ""), IsEmpty());
  EXPECT_THAT(read_all("json", " \n"), IsEmpty());
  EXPECT_THAT(read_all("json", "[]"), IsEmpty());
  EXPECT_THAT(read_all("text", ""), IsEmpty());
  EXPECT_THAT(bytes_of(read_all("bytes", "")), ElementsAre(""));
}

TEST(RecordReader, AWholeFileIsARecordOfBytes) {
  std::string text(700'000, 'x');
  for (std::size_t i = 0; i < text.size(); i += 100)
    text[i] = '\n';
  EXPECT_THAT(bytes_of(read_all("bytes", text)), ElementsAre(text));
}

TEST(RecordReader, AsksTheStreamForNothingAfterItsEnd) {
  RecordReader reader(*find_format("ndjson"), {});
  Pieces stream("{}");
  while (!reader.read(stream).at_end) {
  }
  stream.fail_next();
  const auto again = reader.read(stream);
  EXPECT_TRUE(again.at_end);
  EXPECT_THAT(again.storage->records, IsEmpty());
}

TEST(RecordReader, RecordsKeepTheirPaddingAndTheirBytes) {
  RecordReader reader(*find_format("ndjson"), {.bytes = 4096});
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += "{\"number\":" + std::to_string(i) + "}\n";
  Pieces stream(text, 3, 5000);
  std::vector<RecordReader::Batch> batches;
  do {
    batches.push_back(reader.read(stream));
  } while (!batches.back().at_end);
  int i = 0;
  unsigned sum = 0;
  for (const auto& batch : batches) {
    EXPECT_EQ(batch.storage->format, "json");
    for (const Record& record : batch.storage->records) {
      ASSERT_EQ(record.original, "{\"number\":" + std::to_string(i++) + "}");
      for (std::size_t k = 0; k < record::Buffer::padding; ++k) {
        sum += static_cast<unsigned char>(record.original.data()[record.original.size() + k]);
      }
    }
  }
  EXPECT_EQ(i, 5000);
  EXPECT_NE(sum, 0U);
}

TEST(RecordReader, StopsAtTheNumberOfRecordsAskedFor) {
  RecordReader reader(*find_format("text"), {.records = 3});
  Pieces stream("1\n2\n3\n4\n5\n6\n7", 1, 100);
  std::vector<std::size_t> sizes;
  for (bool more = true; more;) {
    const auto batch = reader.read(stream);
    sizes.push_back(batch.storage->records.size());
    more = !batch.at_end;
  }
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
}

TEST(RecordReader, AnErrorOfTheStreamLosesNothing) {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i), '.') + "\n";
  const ReadLimits limits{.bytes = 4096, .max_record_bytes = 400};
  const auto expected = read_all("text", text, limits);
  RecordReader reader(*find_format("text"), limits);
  Pieces stream(text, 9, 100);
  std::vector<Seen> seen;
  int failed = 0;
  for (bool more = true; more;) {
    if (failed++ % 2 == 0) stream.fail_next();
    try {
      const auto batch = reader.read(stream);
      collect(batch, seen);
      more = !batch.at_end;
    } catch (const std::runtime_error&) {
    }
  }
  EXPECT_EQ(seen, expected);
  EXPECT_GT(failed, 100);
}

TEST(RecordReader, AsksBeforeItHoldsMoreOfALongRecord) {
  const std::string longer = "{\"s\":\"" + std::string(1'000'000, 'x') + "\"}";
  const std::string text = "1\n" + longer + "\n2\n" + longer + "\n3";
  ReadLimits limits;
  limits.bytes = 10'000;
  limits.held = 20'000;
  RecordReader reader(*find_format("ndjson"), limits);
  Pieces stream(text, 1, 9000);
  std::vector<std::string> seen;
  int asked = 0;
  for (bool at_end = false; !at_end;) {
    RecordReader::Batch batch = reader.read(stream);
    at_end = batch.at_end;
    if (batch.wants != 0) {
      ++asked;
      EXPECT_TRUE(batch.storage->records.empty());
      EXPECT_FALSE(at_end);
      ASSERT_GT(batch.wants, limits.held);
      limits.held = 2 * batch.wants;
      reader.set_limits(limits);
      continue;
    }
    // What was held for a long record is not kept for short ones.
    limits.held = 20'000;
    reader.set_limits(limits);
    for (const Record& record : batch.storage->records)
      seen.emplace_back(record.original);
  }
  EXPECT_THAT(seen, ElementsAre("1", longer, "2", longer, "3"));
  EXPECT_GE(asked, 6);
  EXPECT_LT(asked, 20);
}

TEST(RecordReader, NamesTheLimitThatARecordIsBeyond) {
  ReadLimits limits;
  limits.max_record_bytes = 10;
  limits.longest = "half the memory_limit";
  RecordReader reader(*find_format("ndjson"), limits);
  const std::string text = "\"" + std::string(20, 'x') + "\"\n";
  Pieces stream(text);
  const RecordReader::Batch batch = reader.read(stream);
  ASSERT_EQ(batch.refused.size(), 1u);
  EXPECT_EQ(batch.refused.front().error.message,
            "the record is 22 bytes long, more than the 10 of half the memory_limit");
}

TEST(RecordReader, PiecesDoNotMatter) {
  const std::pair<std::string_view, std::string> streams[] = {
      {"ndjson", "\xEF\xBB\xBF{\"a\":1}\r\n\n[1,2]\n" + std::string(6000, 'z') + "\n{}\n  \n\"last\""},
      {"json", "[\n {\"a\":\"]\"},\n\n {\"b\":[1,{}]},\"" + std::string(6000, 'z') + "\",3\n]\n[4]\n"},
      {"json", "{\"a\":1}{\"b\":\n2} 3 \"" + std::string(6000, '{') + "\"\n{}"},
      {"text", "one\r\n\r\ntwo\n\n" + std::string(6000, 'z') + "\nlast\r\n"}};
  for (const auto& [format, text] : streams) {
    const ReadLimits limits{.bytes = 4096, .max_record_bytes = 5000};
    RecordReader whole(*find_format(format), limits);
    Pieces at_once(text, 1, 1'000'000);
    const auto expected = read_all(whole, at_once);
    for (unsigned seed = 0; seed < 50; ++seed) {
      RecordReader reader(*find_format(format),
                          {.bytes = 4096, .records = 1 + seed % 5, .max_record_bytes = 5000});
      Pieces stream(text, seed, 1 + seed * seed * 4);
      ASSERT_EQ(read_all(reader, stream), expected) << format << " " << seed;
    }
  }
}

TEST(RecordReader, ReportsAnArrayThatIsNotClosed) {
  RecordReader reader(*find_format("json"), {});
  Pieces stream("[\n1,\n2");
  std::vector<Seen> seen;
  std::string message;
  for (bool more = true; more;) {
    const auto batch = reader.read(stream);
    collect(batch, seen);
    for (const Refusal& refusal : batch.refused)
      message = refusal.error.message;
    more = !batch.at_end;
  }
  EXPECT_THAT(seen, ElementsAre(Seen{"1", 2, 2}, Seen{"2", 5, 3}, Seen{"!syntax", 6, 3}));
  EXPECT_EQ(message, "the array is not closed where the stream ends");
}

}  // namespace
}  // namespace hiveframe::codec
