// Reading goes on from any position as if it had never stopped.

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <utility>

#include "tests/unit/pipeline/codec/reading.hpp"

namespace hiveframe::codec {
namespace {

using record::Record;
using testing::ElementsAre;
using testing::IsEmpty;

std::string random_stream(std::string_view format, std::mt19937& random) {
  std::string text;
  if (random() % 4 == 0) text += "\xEF\xBB\xBF";
  const bool array = format == "json" && random() % 2 == 0;
  if (array) text += random() % 2 == 0 ? "[" : "[\n";
  const std::size_t count = random() % 30;
  for (std::size_t i = 0; i < count; ++i) {
    const char* values[] = {"{}",   "{\"a\":\"x\\\"}\"}",      "[1,\n[2]]", "12", "\"s]\"",
                            "null", "{\"deep\":[{\"er\":{}}]}"};
    std::string value = values[random() % std::size(values)];
    if (format != "json") std::erase(value, '\n');
    if (random() % 8 == 0) value = std::string(4000 + random() % 4000, 'l').insert(0, 1, '"').append(1, '"');
    text += value;
    if (array && i + 1 < count) text += random() % 2 == 0 ? "," : " ,\n";
    if (!array) text += random() % 3 == 0 ? "\r\n" : random() % 3 == 0 ? "\n\n" : "\n";
  }
  if (array) text += "]\n";
  return text;
}

TEST(RecordReaderResume, ResumesAtEveryRecordAndAfterEveryBatch) {
  std::mt19937 random(4);
  for (const std::string_view format : {"ndjson", "json", "text"}) {
    for (int round = 0; round < 150; ++round) {
      const std::string text = random_stream(format, random);
      const ReadLimits limits{.bytes = 4096, .records = 1 + random() % 20, .max_record_bytes = 6000};
      const auto expected = read_all(format, text, limits);
      RecordReader reader(*find_format(format), limits);
      Pieces stream(text, random(), 500);
      std::vector<Seen> before;
      for (bool more = true; more;) {
        const auto batch = reader.read(stream);
        std::vector<StreamPosition> positions;
        for (const Record& record : batch.storage->records) {
          const StreamPosition position = reader.position_of(*batch.storage, record);
          const auto offset = batch.storage->meta(record, "offset")->as_uint64();
          ASSERT_EQ(position.offset, offset);
          std::size_t i = 0;
          while (expected[i].offset != offset || expected[i].bytes.starts_with('!'))
            ++i;
          RecordReader resumed(*find_format(format), limits);
          ASSERT_TRUE(resumed.resume(StreamPosition::parse(position.serialize()).value()));
          Pieces rest(std::string_view(text).substr(position.offset), 5, 300);
          ASSERT_EQ(read_all(resumed, rest),
                    std::vector<Seen>(expected.begin() + static_cast<std::ptrdiff_t>(i), expected.end()))
              << text;
        }
        collect(batch, before);
        RecordReader resumed(*find_format(format), limits);
        ASSERT_TRUE(resumed.resume(batch.end));
        Pieces rest(std::string_view(text).substr(batch.end.offset), 5, 300);
        std::vector<Seen> joined = before;
        for (Seen& seen : read_all(resumed, rest))
          joined.push_back(std::move(seen));
        ASSERT_EQ(joined, expected) << text;
        more = !batch.at_end;
      }
    }
  }
}

/// Reads all of a stream, then resumes at each of its records, and compares what comes then.
void expect_every_record_found_again(std::string_view format, std::string_view text, unsigned seed) {
  const auto expected = read_all(format, text);
  RecordReader reader(*find_format(format), {});
  Pieces stream(text, seed, 5);
  std::vector<RecordReader::Batch> batches;
  do {
    batches.push_back(reader.read(stream));
  } while (!batches.back().at_end);
  std::size_t records = 0;
  for (const RecordReader::Batch& batch : batches) {
    for (const Record& record : batch.storage->records) {
      const StreamPosition position = reader.position_of(*batch.storage, record);
      const auto first = std::find_if(expected.begin(), expected.end(), [&](const Seen& seen) {
        return seen.offset == position.offset && !seen.bytes.starts_with('!');
      });
      RecordReader resumed(*find_format(format), {});
      ASSERT_TRUE(resumed.resume(position));
      Pieces rest(text.substr(position.offset), seed, 300);
      ASSERT_EQ(read_all(resumed, rest), std::vector<Seen>(first, expected.end())) << text;
      ++records;
    }
  }
  EXPECT_GT(records, 0U);
}

TEST(RecordReaderResume, ResumesAtEveryRecordAfterAllWasRead) {
  for (const char* text :
       {"[1,2,3]", "[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n", "[1]\n[2]\n\n[\n  3,\n  4]", "[[1],[2]] {\"x\": 1}",
        "{}\n[1]\n[2]", "1 2 3", "\xEF\xBB\xBF[1, {},\n  {},\n  {\"bad\n  {}]",
        // How far elements are indented is known too late for the first, which is no document.
        "[{\"bad\n  {\"a\": 1}\n]\n[\n  {\"b\": 2},\n  {\"worse\n  {}\n]\n"}) {
    for (unsigned seed = 1; seed < 20; ++seed)
      expect_every_record_found_again("json", text, seed);
  }
}

TEST(RecordReaderResume, ResumesAtEveryRefusal) {
  const std::string big = "\"" + std::string(9000, 'x') + "\"";
  const ReadLimits limits{.bytes = 4096, .records = 5, .max_record_bytes = 6000};
  for (const auto& [format, text] : std::vector<std::pair<const char*, std::string>>{
           {"ndjson", "\xEF\xBB\xBF" + big + "\n1\n\n" + big + "\r\n2\n" + big},
           {"text", "a\n\n" + big + "\nb\n" + std::string(6050, 'y') + "\nc"},
           {"json", "[1,\n" + big + "\n,2,,3," + big + "]\n[\n  4,\n  " + big + "]\n" + big + "\n[5]"},
           {"json", "[,1,]\n[2]\ntext\n[\n  3\n]\nmore"},
           {"json", "[1, {\"a\":1}}" + std::string(9000, '\n') + "{\"b\":1},\n{}]"},
           {"json", "[\n1,\n2"},
           {"json", "[\n1,\n"},
           {"json", big + "\n{}\n" + big},
           {"bytes", big}}) {
    const auto expected = read_all(format, text, limits);
    for (unsigned seed = 1; seed < 20; ++seed) {
      RecordReader reader(*find_format(format), limits);
      Pieces stream(text, seed, 3000);
      std::size_t refusals = 0;
      for (bool more = true; more;) {
        const auto batch = reader.read(stream);
        for (const Refusal& refusal : batch.refused) {
          ++refusals;
          const auto first = std::find_if(expected.begin(), expected.end(), [&](const Seen& seen) {
            return seen.offset == refusal.position.offset && seen.bytes.starts_with('!');
          });
          RecordReader resumed(*find_format(format), limits);
          ASSERT_TRUE(resumed.resume(StreamPosition::parse(refusal.position.serialize()).value()));
          Pieces rest(std::string_view(text).substr(refusal.position.offset), seed + 7, 3000);
          ASSERT_EQ(read_all(resumed, rest), std::vector<Seen>(first, expected.end()))
              << text << "\nfrom " << refusal.position.serialize();
        }
        more = !batch.at_end;
      }
      ASSERT_GT(refusals, 0U) << text;
    }
  }
}

TEST(RecordReaderResume, AnArrayThatWasNotClosedGoesOnOnceItIs) {
  RecordReader reader(*find_format("json"), {});
  Pieces stream("[\n1,\n2");
  StreamPosition position;
  for (bool more = true; more;) {
    const auto batch = reader.read(stream);
    if (!batch.refused.empty()) position = batch.refused.front().position;
    more = !batch.at_end;
  }
  EXPECT_EQ(position.offset, 6U);
  RecordReader resumed(*find_format("json"), {});
  ASSERT_TRUE(resumed.resume(position));
  Pieces rest("\n]\n[3]");
  EXPECT_THAT(read_all(resumed, rest), ElementsAre(Seen{"3", 10, 5}));
}

TEST(RecordReaderResume, ResumesAWholeFile) {
  RecordReader reader(*find_format("bytes"), {});
  Pieces stream("abc");
  const auto batch = reader.read(stream);
  ASSERT_EQ(batch.storage->records.size(), 1U);
  const StreamPosition start = reader.position_of(*batch.storage, batch.storage->records[0]);
  EXPECT_EQ(start, StreamPosition{});
  RecordReader after(*find_format("bytes"), {});
  ASSERT_TRUE(after.resume(batch.end));
  Pieces nothing("");
  EXPECT_THAT(read_all(after, nothing), IsEmpty());
}

TEST(StreamPosition, IsReadBackAsWritten) {
  for (const StreamPosition& position : {StreamPosition{}, StreamPosition{7, ""},
                                         StreamPosition{UINT64_MAX, "d12:-1"}, StreamPosition{1, "a/b"}}) {
    EXPECT_EQ(StreamPosition::parse(position.serialize()), position);
  }
  for (const char* bad : {"", "7", "x/", "-1/", "/", "99999999999999999999999/"}) {
    EXPECT_FALSE(StreamPosition::parse(bad)) << bad;
  }
  RecordReader reader(*find_format("ndjson"), {});
  EXPECT_FALSE(reader.resume({0, "d1:2"}));
}

}  // namespace
}  // namespace hiveframe::codec
