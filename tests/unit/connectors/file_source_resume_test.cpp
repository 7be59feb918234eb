#include <fstream>
#include <gmock/gmock.h>

#include "connectors/file/file_identity.hpp"
#include "tests/unit/connectors/file_source_harness.hpp"

namespace hiveframe::testing {
namespace {

using connectors::file::FileIdentity;
using connectors::file::FileStream;

std::string many_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += "{\"id\":" + std::to_string(i) + ",\"pad\":\"" +
             std::string(static_cast<std::size_t>(i * 37 % 211), 'x') + "\"}\n";
  return lines;
}

class FileSourceResume : public ::testing::TestWithParam<std::string> {};

TEST_P(FileSourceResume, AtEveryRecordAndAfterEveryBatch) {
  const std::string lines = many_lines(300);
  const std::size_t third = lines.size() / 3;  // in the middle of a line: members need not end with records
  const Folder folder;
  std::string name = "a.ndjson" + GetParam();
  std::string bytes = lines;
  if (GetParam() == ".gz") bytes = gzip(lines.substr(0, third)) + gzip("") + gzip(lines.substr(third));
  if (GetParam() == ".zst") bytes = zstd(lines.substr(0, third)) + zstd("") + zstd(lines.substr(third));
  const std::string path = folder.write(name, bytes);
  FileSource source(at(path));
  run(source.open({}));
  const auto lane = next_lane(source);
  const pipeline::ReadLimits small{4096, 7, 65536};
  const Read all = read_lane(*lane, small);
  ASSERT_EQ(all.error, "");
  ASSERT_EQ(all.records.size(), 300U);
  for (std::size_t i = 0; i < all.records.size(); ++i) {
    const Read rest = read_lane(*lane, usual_limits, all.positions[i]);
    ASSERT_EQ(rest.error, "");
    ASSERT_EQ(rest.records,
              std::vector(all.records.begin() + static_cast<std::ptrdiff_t>(i), all.records.end()));
    ASSERT_EQ(rest.places.front(), all.places[i]);
  }
  std::size_t before = 0;
  for (const std::string& end : all.batch_ends) {
    const Read rest = read_lane(*lane, usual_limits, end);
    ASSERT_EQ(rest.error, "");
    ASSERT_LE(rest.records.size(), 300 - before);
    before = 300 - rest.records.size();
    ASSERT_EQ(rest.records,
              std::vector(all.records.begin() + static_cast<std::ptrdiff_t>(before), all.records.end()));
  }
  EXPECT_EQ(before, 300U);
}

TEST_P(FileSourceResume, WhatIsAppendedMeanwhileIsReadByTheNextRunOnly) {
  const auto pack = [](const std::string& lines) {
    return GetParam() == ".gz" ? gzip(lines) : GetParam() == ".zst" ? zstd(lines) : lines;
  };
  const std::string lines = many_lines(300);
  const Folder folder;
  const std::string path = folder.write("a.ndjson" + GetParam(), pack(lines));
  const auto append = [&] {
    std::ofstream(path, std::ios::binary | std::ios::app) << pack("{\"more\":1}\n");
  };
  std::string end;
  {
    FileSource source(at(path));
    run(source.open({}));
    const auto lane = next_lane(source);
    append();
    const Read all = read_lane(*lane);
    ASSERT_EQ(all.error, "");
    EXPECT_EQ(all.records.size(), 300U);
    append();
    const Read again = read_lane(*lane, usual_limits, all.positions.back());
    ASSERT_EQ(again.error, "");
    EXPECT_EQ(again.records, std::vector{all.records.back()}) << "rewound: the end is the same";
    end = again.batch_ends.back();
  }
  FileSource source(at(path));
  run(source.open({}));
  const auto lane = next_lane(source);
  append();
  const Read rest = read_lane(*lane, usual_limits, end);
  ASSERT_EQ(rest.error, "");
  EXPECT_EQ(rest.records, (std::vector<std::string>{"{\"more\":1}", "{\"more\":1}"}));
}

TEST_P(FileSourceResume, WindowsOfOddSizesGiveTheSameRecords) {
  const std::string lines = many_lines(200);
  const Folder folder;
  const std::string bytes = GetParam() == ".gz" ? gzip(lines) : GetParam() == ".zst" ? zstd(lines) : lines;
  const std::string path = folder.write("a.ndjson" + GetParam(), bytes);
  const std::vector<std::string> expected = read_all(at(path)).records;
  ASSERT_EQ(expected.size(), 200U);
  for (const std::size_t window : {1U, 4095U, 4096U, 4097U, 5003U, 65537U})
    EXPECT_EQ(read_all(at(path), {window, 65536, 65536}).records, expected) << window;
}

INSTANTIATE_TEST_SUITE_P(Packings, FileSourceResume, ::testing::Values("", ".gz", ".zst"));

TEST(FileSourcePosition, ThatDoesNotFitIsFatal) {
  const Folder folder;
  const std::string path = folder.write("a.ndjson", "1\n2\n");
  const std::string packed = folder.write("a.ndjson.gz", gzip("1\n2\n"));
  const auto error = [](const std::string& file, const std::string& position) {
    FileSource source(at(file));
    run(source.open({}));
    const auto lane = next_lane(source);
    return read_lane(*lane, usual_limits, position).error;
  };
  EXPECT_EQ(error(path, "5/2"),
            "Fatal: cannot go on reading " + path +
                " at byte 5: the file has only 4 bytes now; put the longer one back, or run "
                "with --from-start");
  EXPECT_EQ(error(packed, "5/2"),
            "Fatal: cannot go on reading " + packed +
                " at byte 5 of its content: it holds only 4 bytes now; put the longer one "
                "back, or run with --from-start");
  EXPECT_EQ(error(path, "hello"), "Fatal: cannot go on reading " + path +
                                      ": the stored position is not one of a file; run with --from-start");
  EXPECT_EQ(error(path, "2/x"),
            "Fatal: cannot go on reading " + path +
                ": the stored position was made for another format; set 'format' back to what "
                "it was, or run with --from-start");
  EXPECT_EQ(error(path, "4/2"), "");
}

TEST(FileSourceRewind, OpensAFileAgainThatHadEnded) {
  const Folder folder;
  const std::string path = folder.write("a.ndjson", "1\n2\n");
  FileSource source(at(path));
  run(source.open({}));
  const auto lane = next_lane(source);
  const Read first = read_lane(*lane);
  EXPECT_EQ(read_lane(*lane, usual_limits, first.positions[1]).records, std::vector<std::string>{"2"});
  std::filesystem::rename(path, path + ".1");
  folder.write("a.ndjson", "other\n");
  EXPECT_EQ(
      read_lane(*lane).error,
      "Fatal: cannot read again " + path +
          ": another file stands there now; put the one back that was being read, or run with --from-start");
}

TEST(FileIdentity, HoldsForAFileThatGrewOnly) {
  const Folder folder;
  const pipeline::Interrupt interrupt;
  const auto identity = [&](const std::string& path) { return FileIdentity(FileStream(path, interrupt)); };
  const std::string path = folder.write("a", "short");
  const std::string stored = identity(path).text();
  EXPECT_TRUE(identity(path).is_same(stored));
  folder.write("a", "shorter" + std::string(10000, 'x'));  // in place: same inode
  EXPECT_TRUE(identity(path).is_same(stored));
  const std::string longer = identity(path).text();
  folder.write("a", "short");
  EXPECT_FALSE(identity(path).is_same(longer)) << "shorter than what was hashed";
  folder.write("a", "other" + std::string(100, 'x'));
  EXPECT_FALSE(identity(path).is_same(stored)) << "the beginning changed";
  folder.write("b", "short");
  EXPECT_FALSE(identity(folder / "b").is_same(stored)) << "another inode";
  EXPECT_FALSE(identity(path).is_same(""));
  EXPECT_FALSE(identity(path).is_same("device 1 inode 1 sha256 of the first 99999999999999999999 bytes x"));
}

}  // namespace
}  // namespace hiveframe::testing
