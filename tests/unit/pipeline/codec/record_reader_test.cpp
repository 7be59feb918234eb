#include "pipeline/codec/record_reader.hpp"

#include <cstring>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "pipeline/codec/byte_digest.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::codec {
namespace {

using record::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Hands a text out in pieces of random size.
class Pieces final : public ByteStream {
 public:
  explicit Pieces(std::string_view text, unsigned seed = 1, std::size_t largest = 1000)
      : text_(text), random_(seed), largest_(largest) {}
  std::size_t read(std::span<char> room) override {
    EXPECT_FALSE(room.empty());
    if (fail_next_) {
      fail_next_ = false;
      throw std::runtime_error("the world is down");
    }
    const std::size_t size = std::min({room.size(), text_.size(), 1 + random_() % largest_});
    if (size > 0) std::memcpy(room.data(), text_.data(), size);
    text_.remove_prefix(size);
    return size;
  }
  void fail_next() { fail_next_ = true; }

 private:
  std::string_view text_;
  std::mt19937 random_;
  std::size_t largest_;
  bool fail_next_ = false;
};

struct Seen {
  std::string bytes;  // of a record, or "!" and the error's type for a refusal
  std::uint64_t offset = 0;
  std::uint64_t line = 0;

  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.bytes.substr(0, 40) << "@" << seen.offset << " line " << seen.line;
}

void collect(const RecordReader::Batch& batch, std::vector<Seen>& seen) {
  std::size_t refusal = 0;
  const auto refused_before = [&](std::size_t i) {
    for (; refusal < batch.refused.size() && batch.refused[refusal].before <= i; ++refusal) {
      const Refusal& refused = batch.refused[refusal];
      seen.push_back(
          {std::string("!") + record::name(refused.error.type), refused.position.offset, refused.line});
    }
  };
  for (std::size_t i = 0; i < batch.storage->records.size(); ++i) {
    refused_before(i);
    const Record& record = batch.storage->records[i];
    seen.push_back({std::string(record.original), batch.storage->meta(record, "offset")->as_uint64(),
                    batch.storage->meta(record, "line")->as_uint64()});
  }
  refused_before(batch.storage->records.size());
}

std::vector<Seen> read_all(RecordReader& reader, ByteStream& stream) {
  std::vector<Seen> seen;
  for (;;) {
    const RecordReader::Batch batch = reader.read(stream);
    collect(batch, seen);
    if (batch.at_end) return seen;
    EXPECT_FALSE(batch.storage->records.empty() && batch.refused.empty());
  }
}

std::vector<Seen> read_all(std::string_view format, std::string_view text, ReadLimits limits = {},
                           unsigned seed = 1) {
  RecordReader reader(*find_format(format), limits);
  Pieces stream(text, seed);
  return read_all(reader, stream);
}

std::vector<std::string> bytes_of(const std::vector<Seen>& all) {
  std::vector<std::string> bytes;
  for (const Seen& seen : all)
    bytes.push_back(seen.bytes);
  return bytes;
}

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

TEST(RecordReader, SkipsWhatIsTooLong) {
  const std::string large(100'000, 'x');
  const std::string text = "{}\n\"" + large + "\"\r\n[]\n" + large;
  for (unsigned seed = 0; seed < 20; ++seed) {
    RecordReader reader(*find_format("ndjson"), {.bytes = 4096, .max_record_bytes = 50'000});
    Pieces stream(text, seed, 1 + seed * 500);
    std::vector<Seen> seen;
    std::vector<Refusal> refused;
    for (bool more = true; more;) {
      auto batch = reader.read(stream);
      collect(batch, seen);
      for (Refusal& refusal : batch.refused)
        refused.push_back(std::move(refusal));
      more = !batch.at_end;
    }
    ASSERT_THAT(seen, ElementsAre(Seen{"{}", 0, 1}, Seen{"!length", 3, 2}, Seen{"[]", 100'007, 3},
                                  Seen{"!length", 100'010, 4}));
    EXPECT_EQ(refused[0].length, 100'002U);
    EXPECT_EQ(refused[0].head, ("\"" + large).substr(0, 64 * 1024));
    // printf '"%100000s"' | tr ' ' x | sha256sum
    EXPECT_EQ(refused[0].sha256, "55bb3c98333f4f20aa23ec49458f604541b9b5413cdf3b90ad17ceae5653b036");
    EXPECT_EQ(refused[1].length, 100'000U);
    EXPECT_EQ(refused[1].sha256, "d69e68988157833272305aaf21f453c800346e8a3640db6578e260215542e5d4");
    EXPECT_THAT(refused[0].error.message, HasSubstr("100002 bytes"));
    EXPECT_THAT(refused[0].error.message, HasSubstr("50000"));
  }
}

TEST(RecordReader, TheLimitIsExact) {
  const ReadLimits limits{.bytes = 4096, .max_record_bytes = 10'000};
  for (const char* end : {"\n", "\r\n", ""}) {
    for (const std::size_t size : {9'999UL, 10'000UL, 10'001UL, 10'064UL, 10'065UL, 10'066UL}) {
      const std::string line(size, '1');
      const auto seen = read_all("text", line + end, limits);
      ASSERT_EQ(seen.size(), 1U);
      EXPECT_EQ(seen[0].bytes, size <= 10'000 ? line : "!length") << size;
    }
  }
}

TEST(RecordReader, SkipsInJsonStreamsToo) {
  const std::string large = "{\"a\":\"" + std::string(30'000, ']') + "\"}";
  const ReadLimits limits{.bytes = 4096, .max_record_bytes = 20'000};
  for (unsigned seed = 0; seed < 10; ++seed) {
    EXPECT_THAT(bytes_of(read_all("json", "[1," + large + " ,\n2]", limits, seed)),
                ElementsAre("1", "!length", "2"));
    EXPECT_THAT(bytes_of(read_all("json", fmt::format("1{}{{}}{}", large, large), limits, seed)),
                ElementsAre("1", "!length", "{}", "!length"));
    EXPECT_THAT(bytes_of(read_all("bytes", large, limits, seed)), ElementsAre("!length"));
  }
}

/// `size` bytes of one line, then two good lines; made as they are read.
class LongLine final : public ByteStream {
 public:
  explicit LongLine(std::size_t size) : left_(size) {}
  std::size_t read(std::span<char> room) override {
    if (left_ == 0) {
      if (done_) return 0;
      done_ = true;
      constexpr std::string_view rest = "\n{}\n[]\n";
      std::memcpy(room.data(), rest.data(), rest.size());
      return rest.size();
    }
    const std::size_t size = std::min(left_, room.size());
    largest = std::max(largest, size);
    std::memset(room.data(), 'x', size);
    left_ -= size;
    return size;
  }
  std::size_t largest = 0;

 private:
  std::size_t left_;
  bool done_ = false;
};

std::size_t resident_bytes(const char* field) {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  char line[256];
  std::size_t kilobytes = 0;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, field, std::strlen(field)) == 0)
      kilobytes = std::strtoul(line + std::strlen(field), nullptr, 10);
  }
  std::fclose(file);
  return kilobytes * 1024;
}

TEST(RecordReader, ALineOf100MiBTakesNoMoreThanTheLimit) {
  constexpr std::size_t mebibyte = 1024 * 1024;
  // libcrypto's own memory is taken at the first hash, whatever is hashed.
  ByteDigest first;
  first.add("x");
  static_cast<void>(first.sha256());
  // The peak of the process, from here on.
  if (std::FILE* reset = std::fopen("/proc/self/clear_refs", "w")) {
    std::fputs("5", reset);
    std::fclose(reset);
  }
  const std::size_t before = resident_bytes("VmHWM:");
  RecordReader reader(*find_format("ndjson"), {});
  LongLine stream(100 * mebibyte);
  std::vector<Seen> seen;
  std::size_t held = 0;
  for (bool more = true; more;) {
    const auto batch = reader.read(stream);
    collect(batch, seen);
    held = std::max(held, batch.storage->footprint());
    if (!batch.refused.empty()) {
      EXPECT_EQ(batch.refused[0].length, 100 * mebibyte);
      EXPECT_EQ(batch.refused[0].head.size(), 64U * 1024);
    }
    more = !batch.at_end;
  }
  EXPECT_THAT(bytes_of(seen), ElementsAre("!length", "{}", "[]"));
  EXPECT_LE(held, mebibyte) << "what follows a long line is held in a buffer of the usual size";
  EXPECT_LE(stream.largest, ReadLimits{}.bytes);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(resident_bytes("VmHWM:") - before, 18 * mebibyte);
#else
  static_cast<void>(before);
#endif
}

TEST(RecordReader, ALongRecordWithinTheLimitIsReadWhole) {
  std::string large;
  large.resize(10'000'000, 'y');
  RecordReader reader(*find_format("text"), {});
  const std::string text = "a\n" + large + "\nb\n";
  Pieces stream(text, 2, 1'000'000);
  std::vector<Seen> seen;
  std::size_t held = 0;
  for (bool more = true; more;) {
    const auto batch = reader.read(stream);
    held = std::max(held, batch.storage->footprint());
    collect(batch, seen);
    more = !batch.at_end;
  }
  EXPECT_THAT(bytes_of(seen), ElementsAre("a", large, "b"));
  EXPECT_LE(held, large.size() + 2 * ReadLimits{}.bytes + 64 * 1024);
}

TEST(RecordReader, BatchesHoldLittleMoreThanTheirBytes) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "{\"a\":\"" + std::string(static_cast<std::size_t>(i) % 300, 'x') + "\"}\n";
  RecordReader reader(*find_format("ndjson"), {});
  Pieces stream(text, 2, 300'000);
  for (bool more = true; more;) {
    const auto batch = reader.read(stream);
    std::size_t records = 0;
    for (const Record& record : batch.storage->records)
      records += record.original.size() + 200;
    EXPECT_LE(batch.storage->footprint(), 2 * ReadLimits{}.bytes + 200 * batch.storage->records.size());
    // A trickle of bytes does not hold a whole buffer each time.
    EXPECT_LE(batch.storage->footprint(), 3 * records + 16 * 1024);
    more = !batch.at_end;
  }
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

TEST(RecordReader, ResumesAtEveryRecordAndAfterEveryBatch) {
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

TEST(RecordReader, ResumesAtEveryRecordAfterAllWasRead) {
  for (const char* text :
       {"[1,2,3]", "[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n", "[1]\n[2]\n\n[\n  3,\n  4]", "[[1],[2]] {\"x\": 1}",
        "{}\n[1]\n[2]", "1 2 3", "\xEF\xBB\xBF[1, {},\n  {},\n  {\"bad\n  {}]",
        // How far elements are indented is known too late for the first, which is no document.
        "[{\"bad\n  {\"a\": 1}\n]\n[\n  {\"b\": 2},\n  {\"worse\n  {}\n]\n"}) {
    for (unsigned seed = 1; seed < 20; ++seed)
      expect_every_record_found_again("json", text, seed);
  }
}

TEST(RecordReader, ResumesAtEveryRefusal) {
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

TEST(RecordReader, SpaceBehindARecordDoesNotMakeItTooLong) {
  const ReadLimits limits{.bytes = 4096, .records = 10, .max_record_bytes = 30};
  const std::string text = "[{\"a\":1}" + std::string(3000, ' ') + ",2]";
  for (unsigned seed = 1; seed < 20; ++seed)
    EXPECT_THAT(bytes_of(read_all("json", text, limits, seed)), ElementsAre("{\"a\":1}", "2"));
  // There is an end to it.
  RecordReader reader(*find_format("json"), limits);
  const std::string spaces = "[{\"a\":1}" + std::string(1 << 20, ' ') + ",2]";
  Pieces stream(spaces, 1);
  const auto batch = reader.read(stream);
  ASSERT_EQ(batch.refused.size(), 1U);
  EXPECT_GT(batch.refused[0].length, 30U);
  EXPECT_EQ(batch.refused[0].position.offset, 1U);
}

TEST(RecordReader, AnArrayThatWasNotClosedGoesOnOnceItIs) {
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

TEST(RecordReader, ResumesAWholeFile) {
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
