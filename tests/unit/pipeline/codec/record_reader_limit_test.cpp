// Records that are too long, and what reading holds in memory.

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/codec/byte_digest.hpp"
#include "tests/unit/pipeline/codec/reading.hpp"

namespace hiveframe::codec {
namespace {

using record::Record;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(RecordReaderLimit, SkipsWhatIsTooLong) {
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

TEST(RecordReaderLimit, TheLimitIsExact) {
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

TEST(RecordReaderLimit, SkipsInJsonStreamsToo) {
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

TEST(RecordReaderLimit, SpaceBehindARecordDoesNotMakeItTooLong) {
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

TEST(RecordReaderLimit, ALineOf100MiBTakesNoMoreThanTheLimit) {
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

TEST(RecordReaderLimit, ALongRecordWithinTheLimitIsReadWhole) {
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

TEST(RecordReaderLimit, BatchesHoldLittleMoreThanTheirBytes) {
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

}  // namespace
}  // namespace hiveframe::codec
