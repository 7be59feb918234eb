// A run was killed whose positions are stored before their records: what it wrote does not come again.
#include <gmock/gmock.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;

std::string config(const Folder& folder, const std::string& rest) { return "path: " + (folder / rest); }

void append(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
}

std::string packed(const std::string& ending, const std::string& lines) {
  return ending == ".gz" ? gzip(lines) : ending == ".zst" ? zstd(lines) : lines;
}

constexpr Delivery once = Delivery::at_most_once;

TEST(FileSinkAtMostOnce, WholeLinesStayAndTheHalfOneIsCut) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    const Folder folder;
    const std::string name = "out.ndjson" + ending;
    folder.write(name, packed(ending, "0\n"));
    Marks marks;
    {
      SinkRun sink(config(folder, name), marks, once);
      sink.write({"1"});
      sink.store();
      sink.write({"2"});
      sink.flush();  // acked, but not stored any more
      sink.crash();
    }
    append(folder / name, packed(ending, "3\n"));  // written, but never flushed
    const std::string cut_short = packed(ending, "\"half a line, which the kill cut short\"\n");
    append(folder / name, cut_short.substr(0, cut_short.size() - 3));
    {
      SinkRun sink(config(folder, name), marks, once);
      EXPECT_THAT(read_all(at(folder / name)).records, ElementsAre("0", "1", "2", "3")) << "at the start";
      EXPECT_EQ(read_all(at(folder / name)).error, "") << ending;
      sink.write({"5"});
      sink.finish();
    }
    EXPECT_THAT(read_all(at(folder / name)).records, ElementsAre("0", "1", "2", "3", "5")) << ending;
  }
}

// The scan for the last line's end goes backwards in blocks of 64 KiB; `half` bytes stand behind it.
TEST(FileSinkAtMostOnce, TheEndOfTheLastLineIsFoundHoweverFarBack) {
  for (const std::size_t half : {0U, 1U, 65535U, 65536U, 65537U, 200000U}) {
    for (const bool whole_line : {false, true}) {
      const Folder folder;
      Marks marks;
      const std::string yaml = config(folder, "out.ndjson");
      {
        SinkRun sink(yaml, marks, once);
        sink.write({"1"});
        sink.store();
        sink.crash();
      }
      append(folder / "out.ndjson", (whole_line ? "2\n" : "") + std::string(half, 'x'));
      SinkRun(yaml, marks, once).crash();
      EXPECT_EQ(folder.read("out.ndjson"), whole_line ? "1\n2\n" : "1\n") << half;
    }
  }
}

TEST(FileSinkAtMostOnce, HiddenPartsKeepTheirWholeLinesToo) {
  const Folder folder;
  Marks marks;
  const std::string yaml =
      config(folder, "parts\nformat: ndjson\ncompression: gzip\npartition_by: [k]\nmode: overwrite");
  {
    SinkRun sink(yaml, marks, once);
    sink.write({R"({"k":"a"})", R"({"k":"b"})"});
    sink.store();
    sink.crash();
  }
  append(folder / "parts/k=a/.part-00000.ndjson.gz.hiveframed-partial", gzip("{\"k\":\"a\",\"n\":2}\n"));
  append(folder / "parts/k=b/.part-00000.ndjson.gz.hiveframed-partial",
         gzip("{\"k\":\"b\"}\n").substr(0, 15));
  SinkRun sink(yaml, marks, once);
  sink.write({R"({"k":"b","n":3})"});
  sink.finish();
  EXPECT_THAT(read_all(at(folder / "parts/k=a/part-00000.ndjson.gz")).records,
              ElementsAre(R"({"k":"a"})", R"({"k":"a","n":2})"));
  EXPECT_THAT(read_all(at(folder / "parts/k=b/part-00000.ndjson.gz")).records,
              ElementsAre(R"({"k":"b"})", R"({"k":"b","n":3})"));
}

TEST(FileSinkAtMostOnce, WhatFollowsAHalfLineOfOthersKeepsItsDelimiter) {
  for (const std::string behind : {"", "\n", "\n1", "\n1\n", "\n1\n2"}) {
    const Folder folder;
    folder.write("out.ndjson", "theirs");
    Marks marks;
    SinkRun(config(folder, "out.ndjson"), marks, once).crash();
    append(folder / "out.ndjson", behind);
    SinkRun sink(config(folder, "out.ndjson"), marks, once);
    sink.write({"3"});
    sink.finish();
    EXPECT_EQ(folder.read("out.ndjson"), behind.size() < 3 ? "theirs\n3\n" : "theirs\n1\n3\n") << behind;
  }
}

TEST(FileSinkAtMostOnce, OfRecordsWithoutADelimiterOnlyTheStoredOnesStay) {
  const Folder folder;
  Marks marks;
  const std::string yaml = config(folder, "out.bin\nformat: bytes");
  SinkRun(yaml, marks, once).crash();
  append(folder / "out.bin", "who knows\nwhere it ends\n");
  SinkRun(yaml, marks, once).crash();
  EXPECT_EQ(folder.read("out.bin"), "");
}

TEST(FileSinkAtMostOnce, AFileThatIsNotTheOneItKnewIsNotCut) {
  const Folder folder;
  Marks marks;
  SinkRun(config(folder, "out.ndjson"), marks, once).crash();
  std::filesystem::rename(folder / "out.ndjson", folder / "out.ndjson.1");
  folder.write("out.ndjson", "1\na new file without an end");
  SinkRun(config(folder, "out.ndjson"), marks, once).crash();
  EXPECT_EQ(folder.read("out.ndjson"), "1\na new file without an end");
}

// Which of the two a run was is what counts, not what the next one is.
TEST(FileSinkAtMostOnce, IsRememberedWhenTheDeliveryIsChanged) {
  for (const Delivery first : {Delivery::at_least_once, Delivery::at_most_once}) {
    const Delivery second = first == once ? Delivery::at_least_once : once;
    const Folder folder;
    Marks marks;
    const std::string yaml = config(folder, "out.ndjson");
    {
      SinkRun sink(yaml, marks, first);
      sink.write({"1"});
      sink.crash();
    }
    {
      SinkRun sink(yaml, marks, second);
      EXPECT_EQ(folder.read("out.ndjson"), first == once ? "1\n" : "");
      sink.write({"2"});
      sink.crash();
    }
    SinkRun(yaml, marks, second).crash();
    EXPECT_EQ(folder.read("out.ndjson"), first == once ? "1\n" : "2\n");
  }
}

// What a killed run left unflushed is made durable with what follows it, and goes when that fails.
TEST(FileSinkAtMostOnce, WhatStayedIsCoveredByTheNextMark) {
  const Folder folder;
  Marks marks;
  const std::string yaml = config(folder, "out.ndjson");
  {
    SinkRun sink(yaml, marks, once);
    sink.write({"1"});
    sink.crash();
  }
  SinkRun sink(yaml, marks, once);
  sink.flush();
  const auto mark = connectors::file::OutputMark::parse(marks.now.at(folder / "out.ndjson"));
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->length, 2U);
  EXPECT_FALSE(mark->comes_again);
}

}  // namespace
}  // namespace hiveframe::testing
