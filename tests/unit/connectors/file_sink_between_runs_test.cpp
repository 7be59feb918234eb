// What others do to the output between two runs of a pipeline: nothing of it may be lost silently.
#include <array>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string config(const Folder& folder, const std::string& rest) { return "path: " + (folder / rest); }

void append(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
}

std::string packed(const std::string& ending, const std::string& lines) {
  return ending == ".gz" ? gzip(lines) : ending == ".zst" ? zstd(lines) : lines;
}

std::uint64_t inode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_ino;
}

/// A run of another pipeline, or one that is a sample: it knows no marks, and leaves none.
void run_of_others(const std::string& yaml, const std::vector<std::string>& lines) {
  Marks none;
  SinkRun sink(yaml, none);
  sink.write(lines);
  sink.finish();
}

TEST(FileSinkBetweenRuns, ASampleThatWasShownIsNotTakenForTheRestOfTheRun) {
  for (const std::string mode : {"overwrite", "error"}) {
    const Folder folder;
    const std::string yaml = config(folder, "out.ndjson\nmode: " + mode);
    const std::string hidden = folder / ".out.ndjson.hiveframed-partial";
    Marks marks;
    {
      SinkRun sink(yaml, marks);
      sink.write({"1", "2", "3"});
      sink.stop();
    }
    run_of_others(yaml, {"1"});
    EXPECT_EQ(folder.read("out.ndjson"), "1\n");
    EXPECT_EQ(thrown_by([&] { SinkRun(yaml, marks); }),
              "Fatal: cannot go on writing to " + hidden +
                  ": it is gone, and what the last run wrote with it; put it back, or begin anew with "
                  "--from-start");
    EXPECT_EQ(folder.read("out.ndjson"), "1\n");
    std::filesystem::remove(folder / "out.ndjson");
    SinkRun sink(yaml, marks, Start::over);
    sink.write({"1", "2", "3", "4"});
    sink.finish();
    EXPECT_EQ(folder.read("out.ndjson"), "1\n2\n3\n4\n");
  }
}

TEST(FileSinkBetweenRuns, ASampleThatWasStoppedToo) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson\nmode: overwrite");
  Marks marks;
  {
    SinkRun sink(yaml, marks);
    sink.write({"1", "2", "3"});
    sink.stop();
  }
  {
    Marks none;
    SinkRun sample(yaml, none);
    sample.write({"1", "2", "3", "4", "5"});
    sample.stop();
  }
  EXPECT_EQ(thrown_by([&] { SinkRun(yaml, marks); }),
            "Fatal: cannot go on writing to " + (folder / ".out.ndjson.hiveframed-partial") +
                ": another run has replaced it, and what the last one wrote is gone; put it back, or begin "
                "anew with --from-start");
}

TEST(FileSinkBetweenRuns, AnUnknownHiddenFileIsReplacedByANewOne) {
  const Folder folder;
  const std::string hidden = folder.write(".out.ndjson.hiveframed-partial", "left over");
  const std::uint64_t before = inode_of(hidden);
  const int reader = ::open(hidden.c_str(), O_RDONLY | O_CLOEXEC);  // keeps its inode from being given again
  Marks marks;
  SinkRun sink(config(folder, "out.ndjson\nmode: overwrite"), marks);
  EXPECT_NE(inode_of(hidden), before);
  sink.finish();
  std::array<char, 16> content{};
  EXPECT_EQ(::read(reader, content.data(), content.size()), 9) << "it was not written to";
  ::close(reader);
}

TEST(FileSinkBetweenRuns, AnUnknownHiddenFileThatIsWrittenToIsLeftAlone) {
  const Folder folder;
  const std::string hidden = folder.write(".out.ndjson.hiveframed-partial", "of another");
  const int other = ::open(hidden.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  Marks marks;
  EXPECT_EQ(thrown_by([&] { SinkRun(config(folder, "out.ndjson\nmode: overwrite"), marks); }),
            "Fatal: cannot write to " + hidden +
                ": another pipeline or program is writing to it; give each its own file, or stop the other "
                "one");
  EXPECT_EQ(folder.read(".out.ndjson.hiveframed-partial"), "of another");
  ::close(other);
}

TEST(FileSinkBetweenRuns, OutputThatSomebodyRenamedByHandIsNotTakenForPublished) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson\nmode: overwrite");
  const std::string hidden = folder / ".out.ndjson.hiveframed-partial";
  Marks marks;
  {
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    sink.stop();
  }
  std::filesystem::rename(hidden, folder / "out.ndjson");
  EXPECT_EQ(thrown_by([&] { SinkRun(yaml, marks); }),
            "Fatal: cannot go on writing to " + hidden +
                ": it is gone, and what the last run wrote with it; put it back, or begin anew with "
                "--from-start");
}

TEST(FileSinkBetweenRuns, AHiddenFileThatIsReplacedWhileItIsWrittenToIsNotPublished) {
  const Folder folder;
  const std::string hidden = folder / ".out.ndjson.hiveframed-partial";
  Marks marks;
  SinkRun sink(config(folder, "out.ndjson\nmode: overwrite"), marks);
  sink.write({"1"});
  sink.flush();
  std::filesystem::remove(hidden);
  folder.write(".out.ndjson.hiveframed-partial", "of another");
  EXPECT_EQ(thrown_by([&] { sink.complete(); }),
            "Fatal: cannot rename " + hidden +
                ": another file stands there now, and what this pipeline wrote is gone; find out who did "
                "that; then run with --from-start");
  EXPECT_FALSE(folder.has("out.ndjson"));
}

TEST(FileSinkBetweenRuns, WhatOthersAppendedAfterAnOrderlyStopStays) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const bool whole : {true, false}) {
      for (const Delivery delivery : {Delivery::at_least_once, Delivery::at_most_once}) {
        const Folder folder;
        const std::string name = "out.ndjson" + ending;
        Marks marks;
        {
          SinkRun sink(config(folder, name), marks, delivery);
          sink.write({"1", "2"});
          sink.stop();
        }
        append(folder / name, packed(ending, whole ? "\"theirs\"\n" : "\"theirs\""));
        {
          SinkRun sink(config(folder, name), marks, delivery);
          sink.write({"3"});
          sink.stop();
        }
        run_of_others(config(folder, name), {"4", "5"});
        {
          SinkRun sink(config(folder, name), marks, delivery);
          sink.write({"6"});
          sink.finish();
        }
        const Read read = read_all(at(folder / name));
        EXPECT_EQ(read.error, "");
        EXPECT_THAT(read.records, ElementsAre("1", "2", "\"theirs\"", "3", "4", "5", "6")) << name << whole;
      }
    }
  }
}

TEST(FileSinkBetweenRuns, AResumedRunThatIsKilledKeepsWhatOthersHadAppended) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson");
  Marks marks;
  {
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    sink.stop();
  }
  append(folder / "out.ndjson", "\"theirs\"");
  {
    SinkRun sink(yaml, marks);
    sink.write({"2"});
    sink.crash();  // after the write, before anything of it was stored
  }
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"\n2\n");
  SinkRun sink(yaml, marks);
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"") << "cut to where the second run began";
  sink.write({"2"});
  sink.finish();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"\n2\n");
}

TEST(FileSinkBetweenRuns, WhatWasWrittenAndNotFlushedGoesBeforeTheFileIsClosed) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson");
  Marks marks;
  {
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    sink.store();
    sink.write({"2"});  // and its ack is never said
    sink.close();
  }
  append(folder / "out.ndjson", "\"theirs\"\n");
  SinkRun sink(yaml, marks);
  sink.write({"2"});
  sink.finish();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"\n2\n");
}

TEST(FileSinkBetweenRuns, AtMostOnceKeepsWhatWasWrittenAndNotFlushed) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson");
  Marks marks;
  {
    SinkRun sink(yaml, marks, Delivery::at_most_once);
    sink.write({"1"});
    sink.close();
  }
  append(folder / "out.ndjson", "\"theirs\"\n");
  SinkRun sink(yaml, marks, Delivery::at_most_once);
  sink.write({"2"});
  sink.finish();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"\n2\n");
}

TEST(FileSinkBetweenRuns, ThatAFileIsClosedIsStoredBeforeOthersCanHaveIt) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson");
  Marks marks;
  SinkRun sink(yaml, marks);
  sink.write({"1"});
  sink.flush();
  bool locked = false;
  marks.when_stored = [&] {
    const int other = ::open((folder / "out.ndjson").c_str(), O_WRONLY | O_CLOEXEC);
    locked = ::flock(other, LOCK_EX | LOCK_NB) != 0;
    ::close(other);
  };
  const int before = marks.stores;
  sink.close();
  EXPECT_EQ(marks.stores, before + 1);
  EXPECT_TRUE(locked);
}

TEST(FileSinkBetweenRuns, AFinishedRunStoresNothingWhenItCloses) {
  const Folder folder;
  Marks marks;
  SinkRun sink(config(folder, "out.ndjson"), marks);
  sink.write({"1"});
  sink.flush();
  sink.complete();
  const int before = marks.stores;
  sink.close();
  EXPECT_EQ(marks.stores, before);
}

TEST(FileSinkBetweenRuns, WhatOthersAppendedWhileItWasBeingFinishedStays) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson");
  Marks marks;
  {
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    sink.store();
    sink.complete();
    sink.crash();  // before the state was cleared
  }
  append(folder / "out.ndjson", "\"theirs\"\n");
  SinkRun sink(sink_settings(yaml), marks, true);
  sink.complete();
  sink.close();
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"\n");
}

TEST(FileSinkBetweenRuns, WhatOthersAppendWhileItRunsCountsAsWritten) {
  const Folder folder;
  const std::string yaml = config(folder, "out.ndjson");
  Marks marks;
  {
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    append(folder / "out.ndjson", "\"theirs\"\n");
    sink.write({"2"});
    sink.store();
    sink.write({"3"});
    sink.crash();
  }
  SinkRun sink(yaml, marks);
  EXPECT_EQ(folder.read("out.ndjson"), "1\n\"theirs\"\n2\n") << "nothing that was acknowledged is cut off";
  sink.finish();
}

TEST(FileSinkBetweenRuns, AfterAKillFromTheStartLeavesNoHalfLine) {
  for (const std::string ending : {"", ".gz", ".zst"}) {
    for (const Delivery delivery : {Delivery::at_least_once, Delivery::at_most_once}) {
      const Folder folder;
      const std::string name = "out.ndjson" + ending;
      Marks marks;
      {
        SinkRun sink(config(folder, name), marks, delivery);
        sink.write({"1"});
        sink.store();
        sink.crash();
      }
      const std::string cut_short = packed(ending, "\"half a line, which the kill cut short\"\n");
      append(folder / name, cut_short.substr(0, cut_short.size() - 3));
      SinkRun sink(config(folder, name), marks, Start::over, delivery);
      sink.write({"1", "2"});
      sink.finish();
      const Read read = read_all(at(folder / name));
      EXPECT_EQ(read.error, "");
      EXPECT_THAT(read.records, ElementsAre("1", "1", "2")) << name;
    }
  }
}

TEST(FileSinkBetweenRuns, FromTheStartRemovesWhatTheEarlierRunHadNotShown) {
  for (const std::string yaml :
       {"out.ndjson\nmode: overwrite", "out.ndjson\nmode: error", "parts\nformat: ndjson",
        "parts\nformat: ndjson\nmode: overwrite", "parts\nformat: ndjson\nmode: error"}) {
    const Folder folder;
    Marks marks;
    {
      SinkRun sink(config(folder, yaml), marks);
      sink.write({"1", "2"});
      sink.stop();
    }
    folder.write("parts/.part-00009.ndjson.hiveframed-partial", "of another");
    SinkRun sink(config(folder, yaml), marks, Start::over);
    sink.write({"1"});
    sink.flush();
    EXPECT_EQ(marks.now.size(), 1U) << "of the new file only";
    std::filesystem::remove(folder / "parts/.part-00009.ndjson.hiveframed-partial");
    sink.finish();
    ASSERT_EQ(folder.files().size(), 1U) << yaml;
    EXPECT_EQ(folder.read(folder.files()[0]), "1\n") << yaml;
  }
}

TEST(FileSinkBetweenRuns, FromTheStartTheModeMayBeAnother) {
  const Folder folder;
  Marks marks;
  {
    SinkRun sink(config(folder, "out.ndjson\nmode: overwrite"), marks);
    sink.write({"1"});
    sink.stop();
  }
  SinkRun sink(config(folder, "out.ndjson"), marks, Start::over);
  sink.write({"2"});
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("out.ndjson"));
  EXPECT_EQ(folder.read("out.ndjson"), "2\n");
}

TEST(FileSinkBetweenRuns, FromTheStartNothingThatIsNotOursIsTouched) {
  const Folder folder;
  Marks marks;
  {
    SinkRun sink(config(folder, "{{ record.f }}.ndjson"), marks);
    sink.write({R"({"f":"a"})", R"({"f":"b"})"});
    sink.store();
    sink.crash();
  }
  std::filesystem::rename(folder / "a.ndjson", folder / "a.ndjson.1");
  folder.write("a.ndjson", "another, and longer than the mark");
  std::filesystem::remove(folder / "b.ndjson");
  SinkRun sink(config(folder, "{{ record.f }}.ndjson"), marks, Start::over);
  EXPECT_THAT(marks.now, IsEmpty());
  sink.finish();
  EXPECT_EQ(folder.read("a.ndjson"), "another, and longer than the mark");
  EXPECT_FALSE(folder.has("b.ndjson"));
}

}  // namespace
}  // namespace hiveframe::testing
