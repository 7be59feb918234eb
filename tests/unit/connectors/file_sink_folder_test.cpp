#include <chrono>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

/// As if it had been written some time ago.
void make_older(const std::string& path) {
  std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) - std::chrono::hours(1));
}

TEST(FileSinkFolder, EachRunAddsAPart) {
  const Folder folder;
  folder.write("out/part-00007.ndjson.gz", "of another");
  folder.write("out/.part-00011.ndjson.hiveframed-partial", "of another that waits");
  for (const char* const text : {"1", "2"}) {
    Marks marks;
    SinkRun sink("path: " + (folder / "out") + "\nformat: ndjson", marks);
    sink.write({text});
    EXPECT_FALSE(folder.has(std::string("out/part-0001") + (text[0] == '1' ? "2" : "3") + ".ndjson"));
    sink.finish();
  }
  EXPECT_THAT(folder.files(),
              ElementsAre("out/.part-00011.ndjson.hiveframed-partial", "out/part-00007.ndjson.gz",
                          "out/part-00012.ndjson", "out/part-00013.ndjson"));
  EXPECT_EQ(folder.read("out/part-00012.ndjson"), "1\n");
}

TEST(FileSinkFolder, APartThatAKilledRunHadOnlyBegunIsRemoved) {
  const Folder folder;
  folder.write("out/k=a/.part-00003.ndjson.hiveframed-partial", "");
  folder.write("out/k=b/.part-00000.ndjson.hiveframed-partial", "");
  folder.write("out/k=c/.part-00000.ndjson.hiveframed-partial", "some");
  for (const char* const part : {"k=a/.part-00003", "k=b/.part-00000", "k=c/.part-00000"})
    make_older(folder / ("out/" + std::string(part) + ".ndjson.hiveframed-partial"));
  const int of_another =
      ::open((folder / "out/k=b/.part-00000.ndjson.hiveframed-partial").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(of_another, LOCK_EX | LOCK_NB), 0);
  Marks marks;
  SinkRun sink("path: " + (folder / "out") + "\nformat: ndjson\npartition_by: [k]", marks);
  sink.write({R"({"k":"a"})", R"({"k":"b"})", R"({"k":"c"})"});
  sink.finish();
  EXPECT_THAT(folder.files(),
              ElementsAre("out/k=a/part-00000.ndjson", "out/k=b/.part-00000.ndjson.hiveframed-partial",
                          "out/k=b/part-00001.ndjson", "out/k=c/.part-00000.ndjson.hiveframed-partial",
                          "out/k=c/part-00001.ndjson"));
  ::close(of_another);
}

TEST(FileSinkFolder, ARunWhoseEmptyPartWasRemovedMeanwhileBeginsAnew) {
  const Folder folder;
  const std::string yaml = "path: " + (folder / "out") + "\nformat: ndjson";
  Marks stopped;
  {
    SinkRun sink(yaml, stopped);
    sink.write({"1"});
    stopped.commit();  // the mark says 0 bytes, for nothing was flushed
    sink.crash();
  }
  std::filesystem::resize_file(folder / "out/.part-00000.ndjson.hiveframed-partial", 0);
  make_older(folder / "out/.part-00000.ndjson.hiveframed-partial");
  Marks marks;
  SinkRun other(yaml, marks);
  other.write({"2"});
  SinkRun again(yaml, stopped);
  again.write({"1"});
  again.finish();
  other.finish();
  EXPECT_THAT(folder.files(), ElementsAre("out/part-00000.ndjson", "out/part-00001.ndjson"));
  EXPECT_EQ(folder.read("out/part-00000.ndjson"), "2\n");
  EXPECT_EQ(folder.read("out/part-00001.ndjson"), "1\n");
}

TEST(FileSinkFolder, TwoRunsSideBySideLeaveEachOthersEmptyParts) {
  const Folder folder(in_memory());
  const std::string yaml =
      "path: " + (folder / "out/") + "\nformat: ndjson\ncompression: gzip\npartition_by: [k]";
  // More than a run keeps open and locked, and nothing is packed before the end.
  constexpr std::size_t partitions = 2 * connectors::file::OutputFiles::open_at_most;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < partitions; ++i)
    lines.push_back(R"({"k":)" + std::to_string(i) + "}");
  Marks first_marks;
  Marks second_marks;
  SinkRun first(yaml, first_marks);
  first.write(lines);
  for (const std::string& file : folder.files())
    make_older(folder / file);
  SinkRun second(yaml, second_marks);
  second.write(lines);
  first.finish();
  second.finish();
  EXPECT_EQ(folder.files().size(), 2 * partitions);
  for (std::size_t i = 0; i < partitions; ++i) {
    for (const char* const part : {"part-00000", "part-00001"}) {
      const std::string path = "out/k=" + std::to_string(i) + "/" + part + ".ndjson.gz";
      ASSERT_THAT(read_all(at(folder / path)).records, ElementsAre(lines[i]));
    }
  }
}

TEST(FileSinkFolder, APartWhoseNumberWasTakenGetsTheNext) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "out/") + "\nformat: json\ncompression: zstd", marks);
  sink.write({"1"});
  folder.write("out/part-00000.json.zst", "of another");
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("out/part-00000.json.zst", "out/part-00001.json.zst"));
  EXPECT_THAT(read_all(at(folder / "out/part-00001.json.zst")).records, ElementsAre("1"));
}

TEST(FileSinkFolder, TheNewNumberOfAPartIsStoredBeforeItIsGiven) {
  const Folder folder;
  const auto settings = sink_settings("path: " + (folder / "out/") + "\nformat: ndjson");
  Marks marks;
  {
    SinkRun sink(settings, marks);
    sink.write({"1"});
    sink.store();
    folder.write("out/part-00000.ndjson", "of another");
    sink.complete();
    EXPECT_EQ(folder.read("out/part-00001.ndjson"), "1\n");
    sink.crash();  // before the state was cleared
  }
  for (int again = 0; again < 2; ++again) {
    SinkRun sink(settings, marks, true);
    sink.complete();
    sink.crash();
    EXPECT_THAT(folder.files(), ElementsAre("out/part-00000.ndjson", "out/part-00001.ndjson"));
  }
}

TEST(FileSinkFolder, APartWhoseNewNumberIsTakenTooGetsAnother) {
  const Folder folder;
  const auto settings = sink_settings("path: " + (folder / "out/") + "\nformat: ndjson");
  Marks marks;
  SinkRun sink(settings, marks);
  sink.write({"1"});
  sink.store();
  folder.write("out/part-00000.ndjson", "of another");
  int stores = 0;
  marks.when_stored = [&] {
    if (++stores == 1) folder.write("out/part-00001.ndjson", "of a third");
  };
  sink.complete();
  EXPECT_EQ(stores, 2);
  EXPECT_THAT(folder.files(),
              ElementsAre("out/part-00000.ndjson", "out/part-00001.ndjson", "out/part-00002.ndjson"));
  EXPECT_EQ(folder.read("out/part-00002.ndjson"), "1\n");
}

TEST(FileSinkFolder, OverwriteLeavesThePartsOfALiveRun) {
  const Folder folder(in_memory());
  const std::string yaml = "path: " + (folder / "out") + "\nformat: ndjson\npartition_by: [k]";
  // More than a run keeps open and locked.
  constexpr std::size_t partitions = connectors::file::OutputFiles::open_at_most + 20;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < partitions; ++i)
    lines.push_back(R"({"k":)" + std::to_string(i) + "}");
  Marks live_marks;
  SinkRun live(yaml, live_marks);
  live.write(lines);
  live.flush();
  for (const std::string& file : folder.files())
    make_older(folder / file);
  for (const std::string& where : {folder / "out", folder / "out/k=0", folder.path()}) {
    Marks marks;
    SinkRun sink("path: " + where + "\nformat: ndjson\nmode: overwrite" +
                     (where == folder / "out" ? "\npartition_by: [k]" : ""),
                 marks);
    sink.write({lines[0]});
    sink.finish();
  }
  live.write(lines);
  live.finish();
  for (std::size_t i = 1; i < partitions; ++i)
    ASSERT_EQ(folder.read("out/k=" + std::to_string(i) + "/part-00000.ndjson"),
              lines[i] + "\n" + lines[i] + "\n");
  EXPECT_THAT(folder.files(), ::testing::Not(::testing::Contains(::testing::HasSubstr("partial"))));
}

TEST(FileSinkFolder, OverwriteLeavesWhatALiveRunAboveHasBegunThere) {
  const Folder folder;
  folder.write("out/k=a/.part-00007.ndjson.hiveframed-partial", "left by a run that was killed");
  make_older(folder / "out/k=a/.part-00007.ndjson.hiveframed-partial");
  const std::string overwrite = "path: " + (folder / "out/k=a") + "\nformat: ndjson\nmode: overwrite";
  {
    Marks live_marks;
    SinkRun live("path: " + (folder / "out") + "\nformat: ndjson\npartition_by: [k]", live_marks);
    Marks marks;
    SinkRun(overwrite, marks).finish();
    EXPECT_TRUE(folder.has("out/k=a/.part-00007.ndjson.hiveframed-partial")) << "it may be the live run's";
    live.finish();
  }
  Marks marks;
  SinkRun(overwrite, marks).finish();
  EXPECT_FALSE(folder.has("out/k=a/.part-00007.ndjson.hiveframed-partial"));
}

TEST(FileSinkFolder, TwoThatOverwriteOneFolderLeaveEachOthersHiddenParts) {
  const Folder folder;
  const std::string yaml = "path: " + (folder / "out") + "\nformat: ndjson\nmode: overwrite";
  Marks first_marks;
  Marks second_marks;
  SinkRun first(yaml, first_marks);
  first.write({"1"});
  SinkRun second(yaml, second_marks);
  second.write({"2"});
  first.finish();
  second.write({"3"});
  second.finish();
  EXPECT_THAT(folder.files(), ElementsAre("out/part-00001.ndjson")) << "the last one overwrites";
  EXPECT_EQ(folder.read("out/part-00001.ndjson"), "2\n3\n");
}

TEST(FileSinkFolder, AFolderThatAnotherProgramHasLockedIsToldAndCanBeCancelled) {
  const Folder folder;
  std::filesystem::create_directory(folder / "out");
  const int other = ::open((folder / "out").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  const std::string yaml = "path: " + (folder / "out") + "\nformat: ndjson";
  Marks marks;
  EXPECT_EQ(thrown_by([&] { SinkRun(yaml, marks); }),
            "Fatal: cannot write part files into " + (folder / "out") +
                ": another program has locked the folder; find out which one (lslocks shows it), or name "
                "another folder");
  FileSink sink(sink_settings(yaml));
  sink.cancel();
  pipeline::SinkContext context;
  context.marks = &marks;
  EXPECT_EQ(thrown_by([&] { run(sink.open(std::move(context))); }),
            "Retryable: cannot write to " + (folder / "out") + ": the pipeline is told to end at once");
  ::close(other);
}

TEST(FileSinkFolder, PartitionsAreHiveFolders) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "out") + "\nformat: ndjson\npartition_by: [country, \"a['b c']\"]",
               marks);
  EXPECT_THAT(sink.write({R"({"country":"DE","a":{"b c":1}})", R"({"country":null,"a":{"b c":true}})",
                          R"({"country":"a/b=c%d:e"})", R"({"country":"","a":{"b c":1.5}})",
                          R"({"country":"Ünï","a":7})"}),
              IsEmpty());
  sink.finish();
  EXPECT_THAT(
      folder.files(),
      ElementsAre(
          "out/country=DE/a%5B%27b c%27%5D=1/part-00000.ndjson",
          "out/country=__HIVE_DEFAULT_PARTITION__/a%5B%27b c%27%5D=1.5/part-00000.ndjson",
          "out/country=__HIVE_DEFAULT_PARTITION__/a%5B%27b c%27%5D=true/part-00000.ndjson",
          "out/country=a%2Fb%3Dc%25d%3Ae/a%5B%27b c%27%5D=__HIVE_DEFAULT_PARTITION__/part-00000.ndjson",
          "out/country=Ünï/a%5B%27b c%27%5D=__HIVE_DEFAULT_PARTITION__/part-00000.ndjson"));
}

TEST(FileSinkFolder, APartitionsNameThatIsTooLongIsThatRecordsError) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "out") + "\nformat: ndjson\npartition_by: [k]", marks);
  EXPECT_THAT(sink.write({R"({"k":"a"})", R"({"k":")" + std::string(300, 'x') + R"("})", R"({"k":"b"})"}),
              ElementsAre("1: the value of 'k' makes a folder's name longer than 255 bytes"));
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("out/k=a/part-00000.ndjson", "out/k=b/part-00000.ndjson"));
}

TEST(FileSinkFolder, OverwriteLeavesOnlyItsOwnParts) {
  const Folder folder;
  folder.write("out/k=a/part-00000.ndjson", "old\n");
  folder.write("out/k=a/part-00001.ndjson", "old\n");
  folder.write("out/k=z/part-00000.ndjson", "old\n");
  folder.write("out/part-00003.ndjson", "old\n");
  folder.write("out/README", "theirs");
  folder.write("out/part-x.ndjson", "theirs");
  folder.write("out/other/part-00000.ndjson", "theirs");
  folder.write("out/k=a/.part-00009.ndjson.hiveframed-partial", "left over");
  make_older(folder / "out/k=a/.part-00009.ndjson.hiveframed-partial");
  Marks marks;
  SinkRun sink("path: " + (folder / "out") + "\nformat: ndjson\nmode: overwrite\npartition_by: [k]", marks);
  sink.write({R"({"k":"a"})"});
  sink.flush();
  EXPECT_EQ(folder.read("out/k=a/part-00000.ndjson"), "old\n");
  sink.finish();
  EXPECT_THAT(folder.files(), ElementsAre("out/README", "out/k=a/part-00000.ndjson",
                                          "out/other/part-00000.ndjson", "out/part-x.ndjson"));
  EXPECT_EQ(folder.read("out/k=a/part-00000.ndjson"), "{\"k\":\"a\"}\n");
  EXPECT_FALSE(folder.has("out/k=z"));
}

TEST(FileSinkFolder, ErrorRefusesAFolderThatHoldsFiles) {
  const Folder folder;
  std::filesystem::create_directories(folder / "out/k=a/empty");
  const std::string yaml = "path: " + (folder / "out") + "\nformat: ndjson\nmode: error";
  {
    Marks marks;
    SinkRun sink(yaml, marks);
    sink.write({"1"});
    sink.finish();
  }
  Marks marks;
  EXPECT_EQ(
      thrown_by([&] { SinkRun(yaml, marks); }),
      "Fatal: cannot write to the folder " + (folder / "out") +
          ": there are files in it, and the mode is 'error'; empty it, or set 'mode' to append or overwrite");
}

TEST(FileSinkFolder, AThousandPartitionsTakeABoundedNumberOfDescriptors) {
  const Folder folder(in_memory());
  Marks marks;
  SinkRun sink("path: " + (folder / "{{ record.p }}.ndjson"), marks);
  const std::size_t before = open_descriptors();
  const auto line = [](int p, int round) {
    return R"({"p":)" + std::to_string(p) + R"(,"r":)" + std::to_string(round) + "}";
  };
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> lines;
    for (int p = 0; p < 1000; ++p)
      lines.push_back(line(p * 7 % 1000, round));
    EXPECT_THAT(sink.write(lines), IsEmpty());
    EXPECT_LE(open_descriptors(), before + connectors::file::OutputFiles::open_at_most);
    sink.flush();
  }
  EXPECT_EQ(sink.acks.delivered, 3);
  sink.finish();
  ASSERT_EQ(folder.files().size(), 1000U);
  for (int p = 0; p < 1000; ++p)
    ASSERT_EQ(folder.read(std::to_string(p) + ".ndjson"),
              line(p, 0) + "\n" + line(p, 1) + "\n" + line(p, 2) + "\n");
}

TEST(FileSinkFolder, ManyPartitionsAreWrittenWithFewDescriptors) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = open_descriptors() + 16;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const Folder folder(in_memory());
  Marks marks;
  std::vector<std::string> lines;
  for (int i = 0; i < 100; ++i)
    lines.push_back(R"({"p":)" + std::to_string(i) + "}");
  SinkRun sink("path: " + (folder / "{{ record.p }}.ndjson"), marks);
  EXPECT_THAT(sink.write(lines), IsEmpty());
  sink.finish();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(folder.files().size(), lines.size());
}

}  // namespace
}  // namespace hiveframe::testing
