#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/codec/format.hpp"
#include "tests/unit/connectors/file_sink_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

const std::string half_mb_line = '"' + std::string(512 * 1024, 'x') + '"';

/// A file system of one megabyte.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder.path().c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  Folder folder;

 private:
  bool mounted_;
};

TEST(FileSinkTrouble, AFileThatIsRemovedWhileItIsWrittenToIsFatalBeforeAnythingIsSaidToBeSafe) {
  for (const char* const mode : {"append", "overwrite"}) {
    const Folder folder;
    Marks marks;
    SinkRun sink("path: " + (folder / "a.ndjson") + "\nmode: " + mode, marks);
    sink.write({"1"});
    sink.flush();
    ASSERT_EQ(sink.acks.delivered, 1);
    sink.write({"2"});
    const std::string path = folder / folder.files().front();
    std::filesystem::remove(path);
    EXPECT_EQ(
        thrown_by([&] { sink.flush(); }),
        "Fatal: cannot go on writing to " + path +
            ": it was removed or replaced while this pipeline was writing to it; find out who did that; then "
            "run it again");
    sink.close();
    EXPECT_EQ(sink.acks.delivered, 1);
  }
}

TEST(FileSinkFullDisk, WritesAllOfARequestOrNothingAndGoesOn) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  const Folder& folder = disk.folder;
  Marks marks;
  SinkRun sink("path: \"" + (folder / "{{ record == 1 || record == 2 ? 'small' : 'big' }}.ndjson\""), marks);
  sink.write({"1", half_mb_line});
  // The small file is written first; then the big one finds no room.
  const std::string error = thrown_by([&] { sink.write({"2", half_mb_line, half_mb_line}); });
  EXPECT_EQ(error, "Retryable: cannot write to " + (folder / "big.ndjson") +
                       ": No space left on device; free some space on this file system");
  EXPECT_EQ(folder.read("small.ndjson"), "1\n");
  EXPECT_EQ(folder.read("big.ndjson"), half_mb_line + "\n");
  EXPECT_THAT(thrown_by([&] { sink.write({"2", half_mb_line, half_mb_line}); }), StartsWith("Retryable: "));
  ASSERT_EQ(::mount("none", folder.path().c_str(), nullptr, MS_REMOUNT, "size=8m"), 0);
  sink.write({"2", half_mb_line, half_mb_line});
  sink.flush();
  EXPECT_EQ(folder.read("small.ndjson"), "1\n2\n");
  EXPECT_EQ(folder.read("big.ndjson").size(), 3 * (half_mb_line.size() + 1));
  EXPECT_EQ(sink.acks.delivered, 2);
  EXPECT_EQ(sink.acks.abandoned, 2) << "those of the requests that failed, which the test threw away";
}

TEST(FileSinkFullDisk, PackedOutputKeepsWhatItTookUntilThereIsRoom) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  const Folder& folder = disk.folder;
  const std::string filler = folder.write("filler", std::string(1024 * 1024 - 4096 * 3, 'x'));
  Marks marks;
  SinkRun sink("path: " + (folder / "out.ndjson.gz"), marks);
  std::vector<std::string> lines;
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 1664525 + 1013904223;
    lines.push_back(std::to_string(state));
  }
  sink.write(lines);
  EXPECT_EQ(thrown_by([&] { sink.flush(); }),
            "Retryable: cannot write to " + (folder / "out.ndjson.gz") +
                ": No space left on device; free some space on this file system");
  EXPECT_EQ(sink.acks.abandoned, 0) << "nothing was lost";
  EXPECT_EQ(std::filesystem::file_size(folder / "out.ndjson.gz"), 0U) << "no half member stays";
  std::filesystem::remove(filler);
  sink.flush();
  EXPECT_EQ(sink.acks.delivered, 1);
  EXPECT_EQ(read_all(at(folder / "out.ndjson.gz")).records, lines);
}

TEST(FileSinkTrouble, AtTheLargestFileAllowedNothingOfTheRequestStays) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "out.ndjson"), marks);
  sink.write({half_mb_line});
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{600 * 1024, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string error = thrown_by([&] { sink.write({"1", half_mb_line}); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error, "Fatal: cannot write to " + (folder / "out.ndjson") +
                       ": File too large; the file reached the largest size allowed (ulimit -f, or the file "
                       "system's own limit)");
  EXPECT_EQ(std::filesystem::file_size(folder / "out.ndjson"), half_mb_line.size() + 1);
}

TEST(FileSinkTrouble, TwoPipelinesCannotWriteOneFile) {
  const Folder folder;
  for (const std::string mode : {"append", "overwrite"}) {
    Marks marks;
    Marks others;
    const std::string yaml = "path: " + (folder / "out.ndjson") + "\nmode: " + mode;
    SinkRun first(yaml, marks);
    first.write({"1"});
    EXPECT_EQ(
        thrown_by([&] { SinkRun(yaml, others); }),
        "Fatal: cannot write to " +
            (folder / (mode == "append" ? "out.ndjson" : ".out.ndjson.hiveframed-partial")) +
            ": another pipeline or program is writing to it; give each its own file, or stop the other one");
    first.finish();
    EXPECT_EQ(folder.read("out.ndjson"), "1\n");
    SinkRun second(yaml, others);
    second.finish();
  }
}

TEST(FileSinkTrouble, PathsThatAreNoFilesOrFoldersAreFatal) {
  const Folder folder;
  const auto error = [](const std::string& yaml) {
    Marks marks;
    return thrown_by([&] { SinkRun("path: " + yaml, marks); });
  };
  std::filesystem::create_directory(folder / "dir.ndjson");
  EXPECT_EQ(error(folder / "dir.ndjson"), "Fatal: cannot write to " + (folder / "dir.ndjson") +
                                              ": it is a folder; name a file in it, or end the path with '/' "
                                              "to write part files into the folder");
  EXPECT_EQ(error((folder / "dir.ndjson") + "\nmode: overwrite"),
            "Fatal: cannot write to " + (folder / "dir.ndjson") +
                ": it is a folder; name a file in it, or end the path with '/' to write part files into the "
                "folder");
  ::mkfifo((folder / "fifo.ndjson").c_str(), 0600);
  EXPECT_EQ(error(folder / "fifo.ndjson"),
            "Fatal: cannot write to " + (folder / "fifo.ndjson") +
                ": it is a FIFO; name a regular file; 'stdout' writes to pipes, 'discard' throws away");
  std::filesystem::create_symlink("/dev/null", folder / "null.ndjson");
  EXPECT_EQ(
      error(folder / "null.ndjson"),
      "Fatal: cannot write to /dev/null: it is a device or socket; name a regular file; 'stdout' writes to "
      "pipes, 'discard' throws away");
  EXPECT_EQ(
      error("/dev/null\nformat: ndjson"),
      "Fatal: cannot write part files into /dev/null: it is not a folder; name a folder; to write a single "
      "file, give its name an extension, such as .ndjson");
  folder.write("file", "x");
  EXPECT_EQ(
      error((folder / "file") + "\nformat: ndjson"),
      "Fatal: cannot write part files into " + (folder / "file") +
          ": it is not a folder; name a folder; to write a single file, give its name an extension, such "
          "as .ndjson");
  EXPECT_EQ(error(folder / "file/a.ndjson"),
            "Fatal: cannot make the folder " + (folder / "file") +
                ": there is a file of that name; move it away, or name another folder in the path");
  EXPECT_THAT(folder.read("file"), "x");
}

TEST(FileSinkTrouble, WithoutPermissionItIsFatalAtTheStart) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const Folder folder;
  ::chmod(folder.path().c_str(), 0755);
  folder.write("out.ndjson", "theirs\n");
  const auto error = [](const std::string& yaml) {
    Marks marks;
    EXPECT_EQ(::seteuid(65534), 0);
    std::string text = thrown_by([&] { SinkRun("path: " + yaml, marks); });
    EXPECT_EQ(::seteuid(0), 0);
    return text;
  };
  const std::string advice =
      ": Permission denied; give the user that runs this permission to it, or name another path";
  EXPECT_EQ(error(folder / "new.ndjson"), "Fatal: cannot write to " + (folder / "new.ndjson") + advice);
  EXPECT_EQ(error(folder / "out.ndjson"), "Fatal: cannot write to " + (folder / "out.ndjson") + advice);
  EXPECT_EQ(error((folder / "out.ndjson") + "\nmode: overwrite"),
            "Fatal: cannot write to " + (folder / ".out.ndjson.hiveframed-partial") + advice);
  EXPECT_EQ(error((folder / "parts") + "\nformat: ndjson"),
            "Fatal: cannot make the folder " + (folder / "parts") + advice);
  EXPECT_EQ(error(folder / "{{ record.a }}.ndjson"),
            "Fatal: cannot write to the folder " + folder.path() + advice);
  EXPECT_THAT(folder.files(), ElementsAre("out.ndjson"));
}

TEST(OutputFile, GoesBackToWhatWasSettled) {
  using connectors::file::OutputFile;
  using connectors::file::OutputMark;
  const Folder folder;
  const std::string speaker = "[orders] sink";
  OutputFile file(folder / "a", OutputMark::Place::in_place, *codec::find_format("ndjson"), speaker);
  file.begin();
  const auto append = [&](std::string text) { file.append({{text.data(), text.size()}}); };
  append("settled\n");
  file.sync();
  file.settle();
  append("synced, but not all that belong to it\n");
  file.sync();
  file.close();  // as one of many
  file.cut_to(file.settled_length());
  append("again\n");
  EXPECT_EQ(folder.read("a"), "settled\nagain\n");
  std::filesystem::rename(folder / "a", folder / "b");
  file.close();
  folder.write("a", "another");
  EXPECT_EQ(
      thrown_by([&] { append("x"); }),
      "Fatal: cannot go on writing to " + (folder / "a") +
          ": another file stands there now; find out who replaced it while this pipeline was writing to it; "
          "then run it again");
}

TEST(FileSinkTrouble, ClosingLeavesHiddenOutputForALaterRun) {
  const Folder folder;
  Marks marks;
  SinkRun sink("path: " + (folder / "out.ndjson") + "\nmode: overwrite", marks);
  sink.write({"1"});
  sink.flush();
  sink.close();
  EXPECT_THAT(folder.files(), ElementsAre(".out.ndjson.hiveframed-partial"));
}

}  // namespace
}  // namespace hiveframe::testing
