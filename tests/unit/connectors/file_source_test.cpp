#include <algorithm>
#include <condition_variable>
#include <deque>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "pipeline/connector.hpp"
#include "tests/unit/connectors/file_source_harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FileSource, ReadsAFileWithItsMetadata) {
  const Folder folder;
  const std::string path = folder.write("a.ndjson", "{\"a\":1}\n{\"a\":2}\r\n{\"a\":3}\n");
  FileSource source(at(path));
  run(source.open({}));
  EXPECT_EQ(source.format()->name, "ndjson");
  EXPECT_EQ(source.identity(), path);
  const auto lane = next_lane(source);
  EXPECT_EQ(lane->id(), path);
  EXPECT_EQ(lane->expected_bytes(), 25U);
  run(lane->seek(std::nullopt));
  const pipeline::ReadBatch batch = run(lane->read(usual_limits));
  ASSERT_EQ(batch.storage->records.size(), 3U);
  const record::Record& last = batch.storage->records[2];
  EXPECT_EQ(batch.storage->meta(last, "path")->text(), path);
  EXPECT_EQ(batch.storage->meta(last, "line")->as_int64(), 3);
  EXPECT_EQ(batch.storage->meta(last, "offset")->as_int64(), 17);
  // All of it is declared.
  std::vector<std::string> names;
  for (const record::Member& each : batch.storage->meta_object(last, batch.storage->arena).members())
    names.emplace_back(each.name);
  EXPECT_EQ(connectors::file::source_kind().meta, names);
  EXPECT_EQ(lane->place_of(*batch.storage, last), path + " line 3");
  EXPECT_EQ(next_lane(source), nullptr);
}

TEST(FileSource, EachReadKeepsToItsOwnLimits) {
  const Folder folder;
  std::string lines;
  for (int i = 0; i < 100; ++i)
    lines += std::to_string(i) + "\n";
  FileSource source(at(folder.write("a.ndjson", lines)));
  run(source.open({}));
  const auto lane = next_lane(source);
  run(lane->seek(std::nullopt));
  for (const std::size_t records : {50U, 3U, 1U, 40U})
    EXPECT_EQ(run(lane->read({65536, records, 65536})).storage->records.size(), records);
  EXPECT_EQ(run(lane->read(usual_limits)).storage->records.size(), 6U);
}

TEST(FileSource, AFolderIsReadInTheOrderOfNamesWithoutHiddenFiles) {
  const Folder folder;
  folder.write("in/b.ndjson", "{\"f\":\"b\"}\n");
  folder.write("in/B.ndjson", "{\"f\":\"B\"}\n");
  folder.write("in/a.ndjson", "{\"f\":\"a\"}\n");
  folder.write("in/.c.ndjson.hiveframed-partial", "{\"f\":\"hidden\"}\n");
  folder.write("in/deep/d.ndjson", "{\"f\":\"d\"}\n");
  std::filesystem::create_symlink(folder / "in", folder / "in/deep/loop");
  EXPECT_THAT(read_all(at(folder / "in")).records,
              ElementsAre(R"({"f":"B"})", R"({"f":"a"})", R"({"f":"b"})"));
  SourceSettings recursive = at(folder / "in/");
  recursive.recursive = true;
  EXPECT_THAT(read_all(recursive).records,
              ElementsAre(R"({"f":"B"})", R"({"f":"a"})", R"({"f":"b"})", R"({"f":"d"})"));
}

TEST(FileSource, AGlobMatchesFilesAndWithRecursiveFolders) {
  const Folder folder;
  folder.write("2026-01/a.ndjson", "1\n");
  folder.write("2026-02/a.ndjson", "2\n");
  folder.write("2027-01/a.ndjson", "3\n");
  folder.write("[x].ndjson", "4\n");
  EXPECT_THAT(read_all(at(folder / "2026-*/*.ndjson")).records, ElementsAre("1", "2"));
  SourceSettings recursive = at(folder / "202[67]-01");
  recursive.recursive = true;
  EXPECT_THAT(read_all(recursive).records, ElementsAre("1", "3"));
  // A name that looks like a pattern is itself where such a file stands.
  EXPECT_THAT(read_all(at(folder / "[x].ndjson")).records, ElementsAre("4"));
}

TEST(FileSource, NothingToReadIsFatalAndSaysWhatWasLookedFor) {
  const Folder folder;
  std::filesystem::create_directory(folder / "empty");
  EXPECT_EQ(read_all(at(folder / "no.ndjson")).error,
            "Fatal: cannot read " + folder.path() +
                "/no.ndjson: No such file or directory; correct the path, or make the file or folder");
  EXPECT_EQ(read_all(at(folder / "empty")).error,
            "Fatal: cannot read " + folder.path() +
                "/empty: there are no files in this folder; put files there, correct the path, or set "
                "'recursive: true' for its subfolders");
  EXPECT_EQ(read_all(at(folder / "*.ndjson")).error,
            "Fatal: cannot read " + folder.path() +
                "/*.ndjson: no file matches this pattern; correct it, or put files there");
  EXPECT_EQ(
      read_all(at("/dev/null")).error,
      "Fatal: cannot read /dev/null: it is neither a file, a folder nor a FIFO; name one of these, or use "
      "stdin");
  folder.write("file", "x");
  EXPECT_EQ(read_all(at(folder / "file/a.ndjson")).error, "Fatal: cannot read " + folder.path() +
                                                              "/file/a.ndjson: " + folder.path() +
                                                              "/file is not a folder; correct the path");
  std::filesystem::create_symlink("nowhere", folder / "link.ndjson");
  EXPECT_EQ(read_all(at(folder / "link.ndjson")).error,
            "Fatal: cannot read " + folder.path() +
                "/link.ndjson: it is a symbolic link to nothing; correct the link, or the path");
}

TEST(FileSource, OptionsInAPathAreRefused) {
  const auto problems = [](const std::string& path) {
    std::string text;
    settings_from(connectors::file::source_options(), "path: " + path + "\n", "/", &text);
    return text;
  };
  EXPECT_EQ(
      problems("in.ndjson?compression=gzip"),
      "p.yaml:1:7: error: a path takes no options after '?'\n"
      "  1 | path: in.ndjson?compression=gzip\n"
      "    |       ^~~~~~~~~~~~~~~~~~~~~~~~~~\n"
      "    = write them beside 'uri' or 'path', or use file:///…; where the '?' belongs to the name, write "
      "[?]\n"
      "1 error in 1 file\n");
  EXPECT_THAT(problems("in?compresion=gzip&format=text"), HasSubstr("takes no options"));
  for (const char* pattern : {"in?.ndjson", "items.json?page=2", "'in.ndjson[?]format=json'", "part-?"})
    EXPECT_EQ(problems(pattern), "") << pattern;
}

TEST(FileSource, WithoutPermissionItIsFatal) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const Folder folder;
  const std::string path = folder.write("a.ndjson", "1\n");
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(path.c_str(), 0600);
  ASSERT_EQ(::seteuid(65534), 0);
  const std::string error = read_all(at(path)).error;
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_EQ(error,
            "Fatal: cannot read " + path +
                ": Permission denied; give the user that runs this permission to it, or name another path");
}

TEST(FileSource, AFileThatTheKernelMakesUpIsReadThoughItSaysItIsEmpty) {
  SourceSettings settings = at("/proc/version");
  settings.format = codec::find_format("text");
  const Read all = read_all(settings);
  ASSERT_EQ(all.error, "");
  ASSERT_EQ(all.records.size(), 1U);
  EXPECT_TRUE(all.records[0].starts_with("Linux"));
}

TEST(FileSource, AFileThatTheKernelMakesUpIsReadThoughItSaysItIsLonger) {
  const std::string path = "/sys/devices/system/cpu/online";
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) GTEST_SKIP() << "there is no sysfs here";
  SourceSettings settings = at(path);
  settings.format = codec::find_format("text");
  const Read all = read_all(settings);
  EXPECT_EQ(all.error, "");
  ASSERT_EQ(all.records.size(), 1U);
  EXPECT_LT(all.records[0].size(), static_cast<std::size_t>(status.st_size));
}

TEST(FileSource, OnlySomeFilesAreOpenAtATimeAndAllAreRead) {
  constexpr std::size_t at_most = connectors::file::OpenFiles::at_most;
  constexpr std::size_t files = 60;
  const Folder folder;
  for (std::size_t i = 0; i < files; ++i)
    folder.write("f" + std::to_string(i) + ".ndjson", std::to_string(i) + "\n");
  FileSource source(at(folder.path()));
  run(source.open({}));
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<pipeline::Lane>> unread;
  std::size_t most = 0;
  bool all = false;
  // Nothing but the source's own waiting keeps it from opening all of them at once.
  std::thread opening([&] {
    for (;;) {
      std::unique_ptr<pipeline::Lane> lane = next_lane(source);
      const std::lock_guard lock(mutex);
      all = lane == nullptr;
      if (lane) unread.push_back(std::move(lane));
      most = std::max(most, unread.size());
      changed.notify_one();
      if (all) return;
    }
  });
  std::set<std::string> read;
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return all || unread.size() >= at_most; });
    if (unread.empty()) break;
    const std::unique_ptr<pipeline::Lane> lane = std::move(unread.front());
    unread.pop_front();
    lock.unlock();
    EXPECT_THAT(read_lane(*lane).records, SizeIs(1));  // its end makes room
    read.insert(lane->id());
  }
  opening.join();
  EXPECT_EQ(most, at_most);
  EXPECT_EQ(read.size(), files);
}

TEST(FileSource, CancelEndsWaitingForRoomAndReads) {
  const Folder folder;
  for (int i = 0; i < 6; ++i)
    folder.write("f" + std::to_string(i) + ".ndjson", "1\n");
  FileSource source(at(folder.path()));
  run(source.open({}));
  std::vector<std::unique_ptr<pipeline::Lane>> lanes;
  for (std::size_t i = 0; i < connectors::file::OpenFiles::at_most; ++i)
    lanes.push_back(next_lane(source));
  boost::asio::io_context context;
  auto next = boost::asio::co_spawn(context, source.next(), boost::asio::use_future);
  std::thread waiting([&] { context.run(); });
  source.cancel();
  waiting.join();
  EXPECT_TRUE(std::holds_alternative<pipeline::NoMoreLanes>(next.get()));
  run(lanes[0]->seek(std::nullopt));
  const pipeline::ReadBatch batch = run(lanes[0]->read(usual_limits));
  EXPECT_THAT(batch.storage->records, IsEmpty());
  EXPECT_FALSE(batch.end_of_lane);
}

TEST(FileSource, AFifoIsReadOnceAndItsWaitCanBeCancelled) {
  const Folder folder;
  const std::string path = folder / "fifo.ndjson";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  FileSource source(at(path));
  run(source.open({}));
  EXPECT_FALSE(source.traits().replayable);
  EXPECT_FALSE(source.traits().keeps_position);
  const auto lane = next_lane(source);
  EXPECT_EQ(lane->identity(), "");
  run(lane->seek(std::nullopt));
  const int writer = ::open(path.c_str(), O_WRONLY);
  ASSERT_EQ(::write(writer, "1\n2\n3", 5), 5);
  EXPECT_EQ(run(lane->read(usual_limits)).storage->records.size(), 2U);
  EXPECT_EQ(
      thrown_by([&] { run(lane->seek(std::nullopt)); }),
      "Fatal: cannot read again " + path +
          ": a FIFO gives its bytes only once; what was read of it and not written is lost; write it to a "
          "file first");
  boost::asio::io_context context;
  auto read = boost::asio::co_spawn(context, lane->read(usual_limits), boost::asio::use_future);
  std::thread waiting([&] { context.run(); });
  source.cancel();
  waiting.join();
  const pipeline::ReadBatch batch = read.get();
  EXPECT_FALSE(batch.end_of_lane);
  EXPECT_THAT(batch.storage->records, IsEmpty());
  ::close(writer);
}

TEST(FileSource, SettingsAreRead) {
  const auto settings =
      settings_from(connectors::file::source_options(),
                    "path: in/*.ndjson.gz\ncompression: gzip\nformat: text\nrecursive: true\n", "/data");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->path, "/data/in/*.ndjson.gz");
  EXPECT_EQ(settings->compression, Compression::gzip);
  EXPECT_EQ(settings->format->name, "text");
  EXPECT_TRUE(settings->recursive);
  std::string problems;
  settings_from(connectors::file::source_options(), "path: /data/**/a.ndjson\n", "/", &problems);
  EXPECT_EQ(problems,
            "p.yaml:1:7: error: '**' is not understood in a path\n"
            "  1 | path: /data/**/a.ndjson\n"
            "    |       ^~~~~~~~~~~~~~~~~\n"
            "    = name the folder above and set 'recursive: true'\n"
            "1 error in 1 file\n");
}

}  // namespace
}  // namespace hiveframe::testing
