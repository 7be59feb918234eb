#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FileSinkAppend, WritesLinesAndSaysTheAckWhenFlushed) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "out.ndjson"), marks);
  EXPECT_TRUE(folder.has("out.ndjson")) << "an empty result is a file too";
  sink.write({"1", "2"});
  sink.write({"\"three\""}, Bytes::encoded);
  EXPECT_EQ(folder.read("out.ndjson"), "1\n2\n\"three\"\n");
  EXPECT_EQ(sink.acks.delivered, 0);
  std::string mark_when_delivered;
  sink.acks.when_delivered = [&] { mark_when_delivered = marks.now.begin()->second; };
  sink.flush();
  EXPECT_EQ(sink.acks.delivered, 2);
  EXPECT_EQ(connectors::file::OutputMark::parse(mark_when_delivered)->length, 12U)
      << "marks are set before acks";
  sink.flush();
  EXPECT_EQ(sink.acks.abandoned, 0);
}

TEST(FileSinkAppend, NothingIsWrittenBeforeTheMarkOfTheFileIsStored) {
  const Folder folder;
  folder.write("old.ndjson", "old\n");
  Marks marks;
  std::vector<std::uintmax_t> sizes;
  marks.when_stored = [&] {
    for (const auto& [path, mark] : marks.now)
      sizes.push_back(std::filesystem::file_size(path));
  };
  SinkRun fixed("path: " + (folder / "old.ndjson"), marks);
  EXPECT_THAT(sizes, ElementsAre(4U));
  EXPECT_EQ(connectors::file::OutputMark::parse(marks.stored.begin()->second)->length, 4U);
  Marks others;
  sizes.clear();
  others.when_stored = [&] {
    for (const auto& [path, mark] : others.now)
      sizes.push_back(std::filesystem::file_size(path));
  };
  SinkRun many("path: " + (folder / "{{ record.a }}.ndjson"), others);
  EXPECT_THAT(sizes, IsEmpty());
  many.write({R"({"a":"x"})", R"({"a":"y"})"});
  EXPECT_THAT(sizes, ElementsAre(0U, 0U));
  EXPECT_EQ(others.stores, 1) << "one for all new files of a request";
  many.write({R"({"a":"x"})"});
  EXPECT_EQ(others.stores, 1);
}

TEST(FileSinkAppend, TwoRunsOneAfterTheOther) {
  const Folder folder;
  for (const char* const text : {"1", "2"}) {
    Marks marks;
    SinkRun sink("path: " + (folder / "deep/er/out.ndjson"), marks);
    sink.write({text});
    sink.finish();
  }
  EXPECT_EQ(folder.read("deep/er/out.ndjson"), "1\n2\n");
}

TEST(FileSinkAppend, ALineThatSomebodyLeftOpenIsEndedFirst) {
  const Folder folder;
  folder.write("a.ndjson", "{\"theirs\":1}");
  folder.write("b.ndjson", "{\"theirs\":1}\n");
  folder.write("c.ndjson.gz", gzip("{\"theirs\":1}\n{\"the") + gzip("irs\":2}"));
  folder.write("d.bytes", "abc");
  for (const char* const name : {"a.ndjson", "b.ndjson", "c.ndjson.gz", "d.bytes"}) {
    Marks marks;
    SinkRun sink("path: " + (folder / name) + (std::string(name) == "d.bytes" ? "\nformat: bytes" : ""),
                 marks);
    sink.write({"1", "2"});
    sink.finish();
  }
  EXPECT_EQ(folder.read("a.ndjson"), "{\"theirs\":1}\n1\n2\n");
  EXPECT_EQ(folder.read("b.ndjson"), "{\"theirs\":1}\n1\n2\n");
  EXPECT_EQ(folder.read("d.bytes"), "abc12") << "bytes have no lines";
  EXPECT_THAT(read_all(at(folder / "c.ndjson.gz")).records,
              ElementsAre("{\"theirs\":1}", "{\"theirs\":2}", "1", "2"));
}

TEST(FileSinkAppend, NoRecordsLeaveAnotherFileAsItWas) {
  const Folder folder;
  folder.write("a.ndjson", "{\"theirs\":1}");
  Marks marks;
  SinkRun("path: " + (folder / "a.ndjson"), marks).finish();
  EXPECT_EQ(folder.read("a.ndjson"), "{\"theirs\":1}");
}

TEST(FileSinkAppend, ADamagedPackedFileIsNotAppendedTo) {
  const Folder folder;
  const std::string path = folder.write("a.ndjson.gz", gzip("hello\n").substr(0, 15));
  Marks marks;
  EXPECT_THAT(
      thrown_by([&] { SinkRun("path: " + path, marks); }),
      ::testing::MatchesRegex("Fatal: cannot append to " + path +
                              ": its gzip data ends early, [0-9]+ bytes into the content; repair the file, "
                              "or move it away"));
}

TEST(FileSinkPacked, MembersAreWholeAfterEveryFlush) {
  for (const std::string ending : {".gz", ".zst"}) {
    const Folder folder;
    Marks marks;
    const std::string name = "a.ndjson" + ending;
    SinkRun sink("path: " + (folder / name), marks);
    std::vector<std::string> all;
    for (int i = 0; i < 5; ++i) {
      sink.write({std::to_string(2 * i), std::to_string(2 * i + 1)});
      all.insert(all.end(), {std::to_string(2 * i), std::to_string(2 * i + 1)});
      sink.flush();
      const Read read = read_all(at(folder / name));
      EXPECT_EQ(read.error, "");
      EXPECT_EQ(read.records, all);
    }
    EXPECT_EQ(sink.acks.delivered, 5);
  }
}

TEST(FileSinkPacked, LargeOutputGoesOutInPieces) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "a.ndjson.gz"), marks);
  const std::vector<std::string> lines(1000, '"' + std::string(998, 'x') + '"');
  for (int i = 0; i < 3; ++i)
    sink.write(lines);
  EXPECT_GT(std::filesystem::file_size(folder / "a.ndjson.gz"), 0U) << "before any flush";
  sink.finish();
  EXPECT_EQ(read_all(at(folder / "a.ndjson.gz")).records.size(), 3000U);
}

TEST(FileSinkPacked, AnEmptyResultIsAValidFile) {
  const Folder folder;
  Marks marks;
  SinkRun("path: " + (folder / "a.ndjson.gz"), marks).finish();
  EXPECT_GT(std::filesystem::file_size(folder / "a.ndjson.gz"), 10U);
  EXPECT_EQ(read_all(at(folder / "a.ndjson.gz")).error, "");
}

TEST(FileSinkOverwrite, ShowsNothingUntilItIsComplete) {
  const Folder folder;
  folder.write("out.ndjson", "old\n");
  ::chmod((folder / "out.ndjson").c_str(), 0640);
  Marks marks;
  SinkRun sink("path: " + (folder / "out.ndjson") + "\nmode: overwrite", marks);
  sink.write({"1"});
  sink.flush();
  EXPECT_EQ(folder.read("out.ndjson"), "old\n");
  EXPECT_EQ(folder.read(".out.ndjson.hiveframed-partial"), "1\n");
  sink.complete();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n");
  EXPECT_THAT(folder.files(), ElementsAre("out.ndjson"));
  struct stat status {};
  ::stat((folder / "out.ndjson").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777U, 0640U) << "keeps the permissions that readers had";
}

TEST(FileSinkOverwrite, HiddenFilesHaveThePermissionsThatReadersHadFromTheBeginning) {
  const Folder folder(in_memory());
  // More than are kept open.
  constexpr int count = 300;
  const auto name = [](int i) { return std::to_string(i) + ".ndjson"; };
  const auto mode_of = [&](const std::string& file) {
    struct stat status {};
    EXPECT_EQ(::stat((folder / file).c_str(), &status), 0) << file;
    return status.st_mode & 07777U;
  };
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) {
    folder.write(name(i), "old\n");
    ::chmod((folder / name(i)).c_str(), i % 3 == 0 ? 0600 : i % 3 == 1 ? 0666 : 0644);
    lines.push_back(R"({"p":)" + std::to_string(i) + "}");
  }
  const mode_t before = ::umask(022);
  Marks marks;
  SinkRun sink("path: " + (folder / "{{ record.p }}.ndjson") + "\nmode: overwrite", marks);
  sink.write(lines);
  EXPECT_EQ(mode_of(".0.ndjson.hiveframed-partial"), 0600U);
  EXPECT_EQ(mode_of(".1.ndjson.hiveframed-partial"), 0666U) << "whatever the umask";
  ::chmod((folder / name(2)).c_str(), 0640);
  sink.finish();
  ::umask(before);
  for (int i = 0; i < count; ++i)
    ASSERT_EQ(mode_of(name(i)), i == 2 ? 0640U : i % 3 == 0 ? 0600U : i % 3 == 1 ? 0666U : 0644U) << i;
}

TEST(FileSinkOverwrite, WhatAnotherRunLeftBehindIsReplaced) {
  const Folder folder;
  folder.write(".out.ndjson.hiveframed-partial", "left over");
  Marks marks;
  SinkRun sink("path: " + (folder / "out.ndjson") + "\nmode: overwrite", marks);
  sink.write({"1"});
  sink.finish();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n");
}

TEST(FileSinkOverwrite, WritesTheFileBehindASymbolicLink) {
  const Folder folder;
  folder.write("real/data.ndjson", "old\n");
  std::filesystem::create_symlink("real/data.ndjson", folder / "link.ndjson");
  for (const char* const mode : {"overwrite", "append"}) {
    Marks marks;
    SinkRun sink("path: " + (folder / "link.ndjson") + "\nmode: " + mode, marks);
    sink.write({"1"});
    sink.finish();
  }
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.ndjson"));
  EXPECT_EQ(folder.read("real/data.ndjson"), "1\n1\n");
}

TEST(FileSinkError, RefusesWhatExistsAtTheStartAndAtTheEnd) {
  const Folder folder;
  const std::string path = folder / "out.ndjson";
  Marks marks;
  SinkRun sink("path: " + path + "\nmode: error", marks);
  sink.write({"1"});
  sink.flush();
  folder.write("out.ndjson", "theirs\n");
  EXPECT_EQ(thrown_by([&] { sink.complete(); }), "Fatal: cannot write to " + path +
                                                     ": it exists by now, and the mode is 'error'; move it "
                                                     "away and run again: the finished output waits "
                                                     "beside it");
  EXPECT_EQ(folder.read("out.ndjson"), "theirs\n");
  std::filesystem::remove(path);
  sink.complete();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n");
  sink.close();
  Marks fresh;
  EXPECT_EQ(thrown_by([&] { SinkRun("path: " + path + "\nmode: error", fresh); }),
            "Fatal: cannot write to " + path +
                ": it exists, and the mode is 'error'; move it away, or set 'mode' to append or overwrite");
}

TEST(FileSinkTraits, OneFolderIsOneIdentityHoweverItIsWritten) {
  for (const char* const path : {"/out/parts", "/out/parts/", "/out//./parts", "parts/"})
    EXPECT_EQ(FileSink(sink_settings("path: " + std::string(path) + "\nformat: ndjson", "/out")).identity(),
              "/out/parts");
}

TEST(FileSinkTraits, SayFormatAndTemplates) {
  const auto settings = sink_settings("path: /out/{{ record.a }}\nformat: ndjson\npartition_by: [b, c]");
  const pipeline::SinkTraits traits = FileSink(settings).traits();
  EXPECT_EQ(traits.format->name, "ndjson");
  EXPECT_EQ(traits.computed.size(), 3U);
  EXPECT_EQ(traits.concurrency, 1U);
}

}  // namespace
}  // namespace hiveframe::testing
