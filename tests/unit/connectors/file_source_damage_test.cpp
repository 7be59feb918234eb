#include <gmock/gmock.h>
#include <unistd.h>

#include "connectors/file/file_stream.hpp"
#include "tests/unit/connectors/file_source_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// So varied that nothing of it packs well, and the damage hits where it is meant to.
std::string noise_lines(int count) {
  std::string lines;
  std::uint32_t state = 1;
  for (int i = 0; i < count; ++i) {
    lines += '"';
    for (int j = 0; j < 60; ++j) {
      state = state * 1664525 + 1013904223;
      lines += static_cast<char>('a' + (state >> 24) % 26);
    }
    lines += "\"\n";
  }
  return lines;
}

std::vector<std::string> split(const std::string& lines) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1)
    all.push_back(lines.substr(at, lines.find('\n', at) - at));
  return all;
}

void expect_prefix(const std::vector<std::string>& got, const std::vector<std::string>& of) {
  ASSERT_LE(got.size(), of.size());
  EXPECT_EQ(got, std::vector(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(got.size())));
}

// An interrupted gzip leaves it, and `gzip -t` and `zstd -t` call it truncated.
TEST(DamagedInput, AnEmptyPackedFileEndsEarlyAndAnEmptyPlainOneIsEmpty) {
  const Folder folder;
  for (const std::string kind : {"gzip", "zstd"}) {
    for (const char* const name : {"a.ndjson", "a"}) {
      const std::string path = folder.write(name + std::string(kind == "gzip" ? ".gz" : ".zst"), "");
      EXPECT_EQ(read_all(at(path)).error, "Fatal: cannot read " + path + " at byte 0: its " + kind +
                                              " data ends early, 0 bytes into the content; the file was not "
                                              "written or copied whole");
    }
    SourceSettings named = at(folder.write("b.ndjson", ""));
    named.compression = kind == "gzip" ? Compression::gzip : Compression::zstd;
    EXPECT_THAT(read_all(named).error, HasSubstr("ends early, 0 bytes into the content"));
    const std::string of_nothing = kind == "gzip" ? gzip("") : zstd("");
    EXPECT_EQ(read_all(at(folder.write("c.ndjson." + std::string(kind == "gzip" ? "gz" : "zst"), of_nothing)))
                  .error,
              "");
  }
  EXPECT_EQ(read_all(at(folder.write("c.ndjson", ""))).error, "");
}

TEST(DamagedInput, TruncatedAnywhereEverythingWholeIsReadThenFatal) {
  const std::string lines = noise_lines(4000);
  const std::vector<std::string> whole = split(lines);
  for (const bool is_gzip : {true, false}) {
    const std::string packed = is_gzip ? gzip(lines) : zstd(lines);
    for (std::size_t size = 1; size < packed.size(); size += packed.size() / 23 + 1) {
      const Folder folder;
      const std::string path = folder.write(is_gzip ? "a.ndjson.gz" : "a.ndjson.zst", packed.substr(0, size));
      const Read read = read_all(at(path));
      EXPECT_EQ(read.error.substr(0, read.error.find(", ")),
                "Fatal: cannot read " + path + " at byte " + std::to_string(size) + ": its " +
                    (is_gzip ? "gzip" : "zstd") + " data ends early");
      EXPECT_THAT(read.error, HasSubstr(" bytes into the content; the file was not written or copied whole"));
      EXPECT_EQ(read.error.ends_with("; what was whole before that has been read; with a good copy, " +
                                     std::string(pipeline::run_from_start)),
                read.error.find(", 0 bytes into") == std::string::npos)
          << read.error;
      expect_prefix(read.records, whole);
      if (is_gzip && size > packed.size() / 2) {
        EXPECT_GT(read.records.size(), 1000U);
      }
    }
  }
}

/// A frame as `zstd --long` makes it of a stream, whose length it does not know.
std::string long_frame(const std::string& bytes, int window_log) {
  std::string out(ZSTD_compressBound(bytes.size()) + 64, '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
  EXPECT_FALSE(ZSTD_isError(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush)));
  EXPECT_EQ(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

TEST(ZstdWindow, IsBoundedByTheMemoryLimit) {
  constexpr std::uint64_t mib = 1024 * 1024;
  const Folder folder;
  const auto read_with = [](const std::string& path, std::uint64_t memory_limit) {
    pipeline::ReadLimits limits = usual_limits;
    limits.memory_limit = memory_limit;
    return read_all(at(path), limits);
  };
  const std::string path = folder.write("a.ndjson.zst", zstd("1\n") + long_frame("2\n", 27));
  const Read refused = read_with(path, 256 * mib);
  EXPECT_THAT(refused.records, ElementsAre("1")) << "what stands before it is read";
  EXPECT_EQ(refused.error,
            "Fatal: cannot read " + path + " at byte " + std::to_string(zstd("1\n").size()) +
                ": its zstd data needs a window of 128MiB, more than the 16MiB that the memory "
                "limit leaves for it, 2 bytes into the content; set the memory limit to 2GiB or "
                "more, or pack the file again without --long or --ultra; what was whole before "
                "that has been read");
  EXPECT_THAT(read_with(path, 2048 * mib - 1).records, ElementsAre("1"));
  EXPECT_THAT(read_with(path, 2048 * mib).records, ElementsAre("1", "2"));
  // What zstd makes without being asked for more is read under any limit.
  const std::string usual = folder.write("b.ndjson.zst", long_frame("3\n", 23));
  for (const std::uint64_t limit : {std::uint64_t{0}, mib, 64 * mib})
    EXPECT_THAT(read_with(usual, limit).records, ElementsAre("3")) << limit;
  EXPECT_THAT(read_with(folder.write("c.ndjson.zst", long_frame("4\n", 24)), 64 * mib).error,
              HasSubstr("needs a window of 16MiB, more than the 8MiB"));
  // The format is told by the content whatever the window.
  EXPECT_THAT(read_with(folder.write("d", long_frame("{\"a\":1}\n", 27)), 2048 * mib).records,
              ElementsAre("{\"a\":1}"));
}

TEST(DamagedInput, WhatIsNotPackedAtAllIsSaid) {
  for (const std::string packing : {"gzip", "zstd"}) {
    const Folder folder;
    const std::string path = folder.write("a.ndjson", "not packed\n");
    SourceSettings settings = at(path);
    settings.compression = packing == "gzip" ? Compression::gzip : Compression::zstd;
    EXPECT_THAT(
        read_all(settings).error,
        AllOf(HasSubstr("its " + packing + " data is damaged ("),
              EndsWith(", 0 bytes into the content; get a good copy of the file; if it is not packed at "
                       "all, set 'compression: none'")));
  }
}

TEST(DamagedInput, OneByteFlippedIsNoticed) {
  const std::string lines = noise_lines(2000);
  const std::vector<std::string> whole = split(lines);
  std::string packed = gzip(lines);
  packed[packed.size() - 6] ^= 1;  // of the checksum, at the very end
  const Folder folder;
  const std::string path = folder.write("a.ndjson.gz", packed);
  const Read read = read_all(at(path));
  EXPECT_THAT(read.error, StartsWith("Fatal: cannot read " + path + " at byte "));
  EXPECT_THAT(read.error,
              HasSubstr(": its gzip data is damaged (incorrect data check), " + std::to_string(lines.size()) +
                        " bytes into the content; get a good copy of the file; what was whole before "
                        "that has been read; with a good copy, run with --from-start, which reads everything "
                        "anew (a sink that appends then writes again what it has already)"));
  expect_prefix(read.records, whole);
  EXPECT_GE(read.records.size(), 1999U);

  std::string frame = zstd(lines);
  frame[frame.size() - 2] ^= 1;
  const std::string path2 = folder.write("b.ndjson.zst", frame);
  const Read read2 = read_all(at(path2));
  EXPECT_THAT(read2.error, HasSubstr(": its zstd data is damaged ("));
  expect_prefix(read2.records, whole);
}

TEST(DamagedInput, PaddingIsAllowedGarbageIsNot) {
  const Folder folder;
  EXPECT_THAT(read_all(at(folder.write("a.ndjson.gz", gzip("1\n") + std::string(1000, '\0')))).records,
              ElementsAre("1"));
  const Read read = read_all(at(folder.write("b.ndjson.gz", gzip("1\n") + "garbage and more")));
  EXPECT_THAT(read.records, ElementsAre("1"));
  EXPECT_THAT(read.error,
              HasSubstr("its gzip data is damaged (incorrect header check), 2 bytes into the content"));
  EXPECT_THAT(read_all(at(folder.write("d.ndjson.gz", "{\"a\":1}\n"))).error,
              HasSubstr("incorrect header check"));
}

TEST(DamagedInput, PackedContentIsKnownWithoutTheExtension) {
  const Folder folder;
  EXPECT_THAT(read_all(at(folder.write("a.ndjson", gzip("1\n")))).records, ElementsAre("1"));
  EXPECT_THAT(read_all(at(folder.write("b", zstd("{\"a\":1}\n")))).records, ElementsAre("{\"a\":1}"));
  const std::string skippable("\x50\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);
  EXPECT_THAT(read_all(at(folder.write("c.ndjson", skippable + zstd("2\n")))).records, ElementsAre("2"));
  SourceSettings plain = at(folder / "a.ndjson");
  plain.compression = Compression::none;
  EXPECT_THAT(read_all(plain).records.at(0), StartsWith("\x1f\x8b"));
}

struct HalfRead {
  Folder folder;
  std::string path = folder.write("a.ndjson", noise_lines(1000));
  FileSource source{at(path)};
  std::unique_ptr<pipeline::Lane> lane;
  HalfRead() {
    run(source.open({}));
    lane = next_lane(source);
    run(lane->seek(std::nullopt));
    run(lane->read({4096, 10, 65536}));
  }
  std::string rest() {
    return thrown_by([&] {
      for (;;) {
        const pipeline::ReadBatch batch = run(lane->read({4096, 65536, 65536}));
        read += batch.storage->records.size();
        if (batch.end_of_lane) break;
      }
    });
  }
  std::size_t read = 0;
};

TEST(DisturbedInput, ThatShrinksGivesWhatWasWholeThenFatal) {
  HalfRead half;
  ASSERT_EQ(::truncate(half.path.c_str(), 30000), 0);
  EXPECT_EQ(half.rest(),
            "Fatal: cannot read " + half.path +
                " at byte 30000: the file shrank while it was read, from 63000 to 30000 bytes; what "
                "was whole before that has been read; find out who cut it, then run with --from-start, which "
                "reads everything anew (a sink that appends then writes again what it has already)");
  EXPECT_EQ(half.read, 30000U / 63 - 10) << "the line cut in two is not a record";
}

TEST(DisturbedInput, ThatIsDeletedGivesWhatWasWholeThenFatal) {
  HalfRead half;
  std::filesystem::remove(half.path);
  EXPECT_EQ(half.rest(),
            "Fatal: cannot read " + half.path +
                " at byte 63000: the file was deleted while it was read; what was whole in it has "
                "been read; check that its writer had finished it");
  EXPECT_EQ(half.read, 990U);
}

TEST(DisturbedInput, ThatIsRenamedAndGrowsIsReadToWhereItEnded) {
  HalfRead half;
  std::filesystem::rename(half.path, half.path + ".1");
  std::ofstream(half.path + ".1", std::ios::app) << "\"more\"\n";
  EXPECT_EQ(half.rest(), "");
  EXPECT_EQ(half.read, 990U);
}

TEST(DisturbedInput, OnlyAFileOfTheKernelMayEndBeforeItsSize) {
  using connectors::file::why_ended_early;
  const auto file = [](off_t size, blkcnt_t blocks) {
    struct stat status {};
    status.st_size = size;
    status.st_blocks = blocks;
    return status;
  };
  EXPECT_EQ(why_ended_early(4096, 4096, file(4096, 8)), "");
  EXPECT_EQ(why_ended_early(4096, 4096, file(9000, 24)), "") << "it grew, which is for the next run";
  EXPECT_EQ(why_ended_early(23, 4096, file(4096, 0)), "") << "sysfs";
  const std::string shrank = "the file shrank while it was read, from 4096 to ";
  EXPECT_EQ(why_ended_early(23, 4096, file(23, 8)), shrank + "23 bytes");
  EXPECT_EQ(why_ended_early(23, 4096, file(23, 0)), shrank + "23 bytes") << "kept in its inode";
  EXPECT_EQ(why_ended_early(3000, 4096, file(0, 0)), shrank + "0 bytes");
  EXPECT_EQ(why_ended_early(4095, 4096, file(4095, 8)), shrank + "4095 bytes");
  for (const off_t size : {4096, 9000}) {
    EXPECT_EQ(why_ended_early(23, 4096, file(size, 8)),
              "nothing more comes, though its size is " + std::to_string(size) +
                  " bytes: it was cut and grew again while it was read, or its file system tells a size that "
                  "is not "
                  "true");
  }
}

}  // namespace
}  // namespace hiveframe::testing
