#include <gmock/gmock.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;

std::string config(const Folder& folder, const std::string& rest) { return "path: " + (folder / rest); }

TEST(FileSinkCrash, WhatWasNotStoredIsCutOff) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    const Folder folder;
    const std::string name = "out.ndjson" + ending;
    folder.write(name, ending == ".gz" ? gzip("0\n") : ending == ".zst" ? zstd("0\n") : "0\n");
    Marks marks;
    {
      SinkRun sink(config(folder, name), marks);
      sink.write({"1", "2"});
      sink.store();
      sink.write({"3"});
      sink.flush();  // acked, but the position was not stored any more
      sink.write({"4"});
      sink.crash();
    }
    std::ofstream(folder / name, std::ios::app) << "half a li";  // the write that the kill cut short
    {
      SinkRun sink(config(folder, name), marks);
      EXPECT_THAT(read_all(at(folder / name)).records, ElementsAre("0", "1", "2"))
          << "cut at the start already";
      sink.write({"3", "4"});
      sink.finish();
    }
    EXPECT_THAT(read_all(at(folder / name)).records, ElementsAre("0", "1", "2", "3", "4"));
  }
}

TEST(FileSinkCrash, BeforeTheFirstCommitLeavesNoHalfLine) {
  const Folder folder;
  folder.write("out.ndjson", "theirs");
  Marks marks;
  {
    SinkRun sink(config(folder, "out.ndjson"), marks);
    sink.write({"1"});
    sink.crash();
  }
  std::ofstream(folder / "out.ndjson", std::ios::app) << "half a li";
  SinkRun sink(config(folder, "out.ndjson"), marks);
  sink.write({"1"});
  sink.finish();
  EXPECT_EQ(folder.read("out.ndjson"), "theirs\n1\n");
}

TEST(FileSinkCrash, AnUnsaidAckIsAbandoned) {
  const Folder folder;
  Marks marks;
  SinkRun sink(config(folder, "out.ndjson"), marks);
  sink.write({"1"});
  sink.crash();
  EXPECT_EQ(sink.acks.abandoned, 1);
  EXPECT_EQ(sink.acks.delivered, 0);
}

TEST(FileSinkCrash, AFileThatIsNotTheOneItKnewIsNotCut) {
  const Folder folder;
  Marks marks;
  {
    SinkRun sink(config(folder, "out.ndjson"), marks);
    sink.write({"1"});
    sink.store();
    sink.crash();
  }
  std::filesystem::rename(folder / "out.ndjson", folder / "out.ndjson.1");
  folder.write("out.ndjson", "a new file, longer than the mark, without an end");
  {
    SinkRun sink(config(folder, "out.ndjson"), marks);
    sink.write({"2"});
    sink.finish();
  }
  EXPECT_EQ(folder.read("out.ndjson"), "a new file, longer than the mark, without an end\n2\n");
  EXPECT_EQ(folder.read("out.ndjson.1"), "1\n");
}

TEST(FileSinkCrash, AFileThatWasCutOrDeletedIsGoneOnWith) {
  const Folder folder;
  Marks marks;
  {
    SinkRun sink(config(folder, "{{ record.f }}.ndjson"), marks);
    sink.write({R"({"f":"cut"})", R"({"f":"deleted"})"});
    sink.store();
    sink.crash();
  }
  std::filesystem::resize_file(folder / "cut.ndjson", 3);
  std::filesystem::remove(folder / "deleted.ndjson");
  SinkRun sink(config(folder, "{{ record.f }}.ndjson"), marks);
  EXPECT_TRUE(marks.now.empty());
  sink.write({R"({"f":"cut"})", R"({"f":"deleted"})"});
  sink.finish();
  EXPECT_EQ(folder.read("cut.ndjson"), "{\"f\n{\"f\":\"cut\"}\n");
  EXPECT_EQ(folder.read("deleted.ndjson"), "{\"f\":\"deleted\"}\n");
}

TEST(FileSinkCrash, HiddenOutputIsGoneOnWithAndShownOnce) {
  for (const std::string yaml :
       {"out.ndjson\nmode: overwrite", "out.ndjson\nmode: error", "parts\nformat: ndjson",
        "parts\nformat: ndjson\nmode: overwrite", "parts\nformat: ndjson\nmode: error"}) {
    const Folder folder;
    Marks marks;
    {
      SinkRun sink(config(folder, yaml), marks);
      sink.write({"1"});
      sink.store();
      sink.write({"2"});
      sink.crash();
    }
    SinkRun sink(config(folder, yaml), marks);
    sink.write({"2", "3"});
    sink.finish();
    ASSERT_EQ(folder.files().size(), 1U) << yaml;
    EXPECT_EQ(folder.read(folder.files()[0]), "1\n2\n3\n") << yaml;
  }
}

TEST(FileSinkCrash, CompletionGoesOnWhereItWas) {
  // The crash comes after so many of the three renames.
  for (int renamed = 0; renamed <= 3; ++renamed) {
    const Folder folder;
    folder.write("parts/k=a/part-00000.ndjson", "old\n");
    folder.write("parts/k=z/part-00007.ndjson", "old\n");
    const auto settings =
        sink_settings(config(folder, "parts\nformat: ndjson\nmode: overwrite\npartition_by: [k]"));
    Marks marks;
    {
      SinkRun sink(settings, marks);
      sink.write({R"({"k":"a"})", R"({"k":"b"})", R"({"k":"c"})"});
      sink.store();
      sink.crash();
    }
    int left = renamed;
    for (const char* const k : {"a", "b", "c"}) {
      if (left-- <= 0) break;
      const std::string at = folder / ("parts/k=" + std::string(k) + "/");
      std::filesystem::rename(at + ".part-00000.ndjson.hiveframed-partial", at + "part-00000.ndjson");
    }
    for (int again = 0; again < 2; ++again) {
      SinkRun sink(settings, marks, true);
      sink.complete();
      sink.close();
      EXPECT_THAT(folder.files(), ElementsAre("parts/k=a/part-00000.ndjson", "parts/k=b/part-00000.ndjson",
                                              "parts/k=c/part-00000.ndjson"))
          << renamed;
      EXPECT_EQ(folder.read("parts/k=a/part-00000.ndjson"), "{\"k\":\"a\"}\n");
    }
  }
}

TEST(FileSinkCrash, HiddenOutputThatIsGoneWithDoneRecordsIsFatal) {
  const Folder folder;
  Marks marks;
  const std::string yaml = config(folder, "out.ndjson\nmode: overwrite");
  {
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    sink.store();
    sink.crash();
  }
  const std::string hidden = folder / ".out.ndjson.hiveframed-partial";
  std::filesystem::rename(hidden, folder / "elsewhere");
  EXPECT_EQ(
      thrown_by([&] { SinkRun(yaml, marks); }),
      "Fatal: cannot go on writing to " + hidden +
          ": it is gone, and what the last run wrote with it; put it back, or begin anew with --from-start");
  folder.write(".out.ndjson.hiveframed-partial", "something else");
  EXPECT_EQ(thrown_by([&] { SinkRun(yaml, marks); }),
            "Fatal: cannot go on writing to " + hidden +
                ": another run has replaced it, and what the last one wrote is gone; put it back, or begin "
                "anew with --from-start");
  std::filesystem::rename(folder / "elsewhere", hidden);
  EXPECT_EQ(
      thrown_by([&] { SinkRun(config(folder, "out.ndjson"), marks); }),
      "Fatal: cannot go on writing to " + (folder / "out.ndjson") +
          ": the sink's 'mode' was changed before the run was finished; set it back to finish the run, or "
          "begin anew with --from-start");
  SinkRun sink(yaml, marks);
  sink.finish();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n");
}

TEST(FileSinkCrash, AtEveryPointOfAStoryTheLinesAreThoseThatWereStoredOrLater) {
  // Write, flush and commit in turn; crash after so many steps; what is then read again is written again.
  for (int steps = 0; steps < 40; ++steps) {
    const Folder folder(in_memory());
    Marks marks;
    const std::string yaml = config(folder, "{{ record.p }}.ndjson.gz");
    int written = 0;
    int acked = 0;
    int committed = 0;
    const auto line = [](int i) {
      return R"({"p":")" + std::string(1, static_cast<char>('a' + i % 3)) + R"(","i":)" + std::to_string(i) +
             "}";
    };
    {
      SinkRun sink(yaml, marks);
      for (int step = 0; step < steps; ++step) {
        switch (step % 4) {
          case 0:
          case 1:
            sink.write({line(written), line(written + 1)});
            written += 2;
            break;
          case 2:
            sink.flush();
            acked = written;
            break;
          default:
            marks.commit();
            committed = acked;
        }
      }
      sink.crash();
    }
    SinkRun sink(yaml, marks);
    for (int i = committed; i < 60; ++i)
      sink.write({line(i)});
    sink.finish();
    for (int p = 0; p < 3; ++p) {
      std::vector<std::string> expected;
      for (int i = p; i < 60; i += 3)
        expected.push_back(line(i));
      const Read read = read_all(at(folder / (std::string(1, static_cast<char>('a' + p)) + ".ndjson.gz")));
      ASSERT_EQ(read.error, "");
      ASSERT_EQ(read.records, expected) << steps;
    }
  }
}

TEST(OutputMark, IsReadBackOrRefused) {
  using connectors::file::OutputMark;
  OutputMark mark{OutputMark::Place::hidden, {18446744073709551615U, 7, -5}, 12, true, false, true};
  EXPECT_EQ(mark.serialize(), "hidden 18446744073709551615 7 -5 12 1 0 1 ");
  EXPECT_EQ(OutputMark::parse(mark.serialize()), mark);
  mark.new_name = "part-00001.a b";
  EXPECT_EQ(mark.serialize(), "hidden 18446744073709551615 7 -5 12 1 0 1 part-00001.a b");
  EXPECT_EQ(OutputMark::parse(mark.serialize()), mark);
  for (const char* const bad :
       {"", "hidden", "hidden 1 2 3", "hidden 1 2 3 4", "hidden 1 2 3 4 5", "hidden 1 2 3 4 0",
        "hidden 1 2 3 4 0 1", "hidden 1 2 3 4 0 1 1", "hidden 1 2 3 4 0 2 0 ", "hidden 1 2 3 4 2 0 0 ",
        "hidden 1 2 3 4 0 1 2 ", "hidden 1 2 3 4 0 1 1 ../a", "other 1 2 3 4 0 0 0 ",
        "hidden 1 2 3 4x 0 0 0 ", "in_place 1 2 3 99999999999999999999 0 0 0 "})
    EXPECT_EQ(OutputMark::parse(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace hiveframe::testing
