#include "daemon/letters/letter_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "pipeline/errors.hpp"

namespace hiveframe::daemon {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::string letter(const std::string& id, const std::string& stage = "decode", const std::string& more = "") {
  return R"({"id":")" + id + R"(","stage":")" + stage + R"(","error":{"type":"syntax","message":"m"},)" +
         more + R"("original":"of )" + id + "\"}\n";
}
const std::string cut_letter = letter("cut", "source", R"("length":70000,"sha256":"00",)");

class LetterFileTest : public testing::Test {
 protected:
  LetterFileTest() {
    std::string folder = (fs::temp_directory_path() / "hiveframe-letters-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    path_ = folder_ / "letters.ndjson";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  LetterFile file() const { return LetterFile(path_.string()); }
  fs::path replaying() const { return file().replaying(); }
  std::vector<std::string> ids(const LetterPage& page) const {
    std::vector<std::string> all;
    for (const Letter& each : page.letters)
      all.push_back(each.id);
    return all;
  }
  // Nothing but these stands in the folder.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& each : fs::directory_iterator(folder_))
      all.push_back(each.path().filename().string());
    std::ranges::sort(all);
    return all;
  }

  fs::path folder_, path_;
};

TEST_F(LetterFileTest, WithoutAFileThereAreNone) {
  const LetterPage page = file().page({}, 0, 10, 100);
  EXPECT_THAT(page.letters, IsEmpty());
  EXPECT_EQ(page.total, 0U);
  EXPECT_FALSE(page.next);
  EXPECT_EQ(file().take({}).letters, 0U);
  EXPECT_EQ(file().discard({}), 0U);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(LetterFileTest, PageByPage) {
  write(path_,
        letter("a") + letter("b", "sink") + "no letter\n" + letter("c") + letter("d") + R"({"id":"half)");
  const LetterPage first = file().page({}, 0, 2, 100);
  EXPECT_THAT(ids(first), ElementsAre("a", "b"));
  EXPECT_EQ(first.total, 5U);
  ASSERT_TRUE(first.next);
  const LetterPage second = file().page({}, *first.next, 2, 100);
  EXPECT_THAT(ids(second), ElementsAre("c", "d"));
  EXPECT_FALSE(second.next);
  EXPECT_FALSE(second.total);
  EXPECT_THAT(ids(file().page({{}, "sink", {}}, 0, 2, 100)), ElementsAre("b"));
  EXPECT_THAT(ids(file().page({}, 1'000'000, 2, 100)), IsEmpty());
}

TEST_F(LetterFileTest, LongOriginalsAreCutBetweenCharacters) {
  write(path_, R"({"id":"a","stage":"s","error":{},"original":"aäb"})"
               "\n");
  EXPECT_EQ(file().page({}, 0, 1, 4).letters[0].original, "aäb");
  EXPECT_EQ(file().page({}, 0, 1, 3).letters[0].original, "aä");
  EXPECT_EQ(file().page({}, 0, 1, 2).letters[0].original, "a");
  EXPECT_EQ(file().page({}, 0, 1, 0).letters[0].original, "");
  EXPECT_EQ(file().page({}, 0, 1, 2).letters[0].length, 4U);
}

TEST_F(LetterFileTest, WhatIsTakenStandsBesideUntilItWasReplayed) {
  write(path_, letter("a") + letter("b", "sink") + letter("c"));
  ::chmod(path_.c_str(), 0640);
  EXPECT_EQ(file().take({{}, "decode", {}}).letters, 2U);
  EXPECT_EQ(read(path_), letter("b", "sink"));
  EXPECT_EQ(read(replaying()), letter("a") + letter("c"));
  for (const fs::path& each : {path_, replaying()}) {
    struct stat state {};
    ASSERT_EQ(::stat(each.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 07777U, 0640U);
  }
  // They are letters still.
  const LetterPage page = file().page({}, 0, 2, 100);
  EXPECT_THAT(ids(page), ElementsAre("a", "c"));
  EXPECT_EQ(page.total, 3U);
  EXPECT_THAT(ids(file().page({}, *page.next, 2, 100)), ElementsAre("b"));

  file().finish();
  EXPECT_THAT(names(), ElementsAre("letters.ndjson"));
  EXPECT_EQ(read(path_), letter("b", "sink"));
}

TEST_F(LetterFileTest, WhatWasNotReplayedIsPutBackBeforeWhatCameSince) {
  write(path_, letter("a") + letter("b"));
  file().take({});
  EXPECT_EQ(read(path_), "");
  write(path_, letter("new"));
  EXPECT_EQ(file().put_back(letter("a").size()), 1U);
  EXPECT_EQ(read(path_), letter("b") + letter("new"));
  EXPECT_THAT(names(), ElementsAre("letters.ndjson"));
  EXPECT_EQ(file().put_back(0), 0U);
}

TEST_F(LetterFileTest, WhatAKilledReplayLeftIsTakenFirst) {
  write(replaying(), letter("a") + letter("b"));
  write(path_, letter("c"));
  EXPECT_EQ(file().take({}).letters, 3U);
  EXPECT_EQ(read(replaying()), letter("a") + letter("b") + letter("c"));
  fs::remove(path_);
  EXPECT_EQ(file().discard({"b", {}, {}}), 1U);
  EXPECT_EQ(read(path_), letter("a") + letter("c"));
}

TEST_F(LetterFileTest, LinesThatAreNoLettersAndHalfRecordsStay) {
  write(path_, "# mine\n" + cut_letter + letter("a") + "\n" + letter("b").substr(0, 20));
  const LetterFile::Taken taken = file().take({});
  EXPECT_EQ(taken.letters, 1U);
  EXPECT_EQ(taken.cut, 1U);
  EXPECT_EQ(read(path_), "# mine\n" + cut_letter + "\n" + letter("b").substr(0, 20) + "\n");
}

TEST_F(LetterFileTest, NothingChosenNothingTouched) {
  write(path_, letter("a") + cut_letter);
  const auto before = fs::last_write_time(path_);
  EXPECT_EQ(file().take({"other", {}, {}}).letters, 0U);
  EXPECT_EQ(file().take({"cut", {}, {}}).cut, 1U);
  EXPECT_EQ(file().discard({"other", {}, {}}), 0U);
  EXPECT_EQ(fs::last_write_time(path_), before);
  EXPECT_THAT(names(), ElementsAre("letters.ndjson"));
}

TEST_F(LetterFileTest, DiscardRemovesWhatIsChosen) {
  write(path_, letter("a") + cut_letter + letter("b", "sink"));
  EXPECT_EQ(file().discard({"cut", {}, {}}), 1U);
  EXPECT_EQ(read(path_), letter("a") + letter("b", "sink"));
  EXPECT_EQ(file().discard({}), 2U);
  EXPECT_EQ(read(path_), "");
  EXPECT_THAT(names(), ElementsAre("letters.ndjson"));
}

TEST_F(LetterFileTest, LongLettersAndMany) {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += letter(std::to_string(i) + std::string(i % 7 == 0 ? 5000 : 1, 'x'));
  write(path_, text);
  EXPECT_EQ(file().page({}, 0, 1000, 100).letters.size(), 500U);
  EXPECT_EQ(file().take({}).letters, 500U);
  EXPECT_EQ(read(replaying()), text);
  EXPECT_EQ(file().put_back(0), 500U);
  EXPECT_EQ(read(path_), text);
}

TEST_F(LetterFileTest, ALinkIsFollowed) {
  fs::create_directory(folder_ / "real");
  write(folder_ / "real" / "l.ndjson", letter("a") + letter("b"));
  fs::create_symlink(folder_ / "real" / "l.ndjson", path_);
  EXPECT_EQ(file().discard({"a", {}, {}}), 1U);
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(read(folder_ / "real" / "l.ndjson"), letter("b"));
}

TEST_F(LetterFileTest, WhileAnotherProcessWritesItIsLeftAlone) {
  write(path_, letter("a"));
  const int descriptor = ::open(path_.c_str(), O_RDWR);
  ASSERT_EQ(::flock(descriptor, LOCK_EX), 0);
  EXPECT_THROW(file().take({}), pipeline::Fatal);
  EXPECT_THROW(file().discard({}), pipeline::Fatal);
  EXPECT_THAT(ids(file().page({}, 0, 10, 100)), ElementsAre("a"));
  ::close(descriptor);
  EXPECT_EQ(read(path_), letter("a"));
  EXPECT_THAT(names(), ElementsAre("letters.ndjson"));
}

TEST_F(LetterFileTest, AFailureLeavesEverythingAsItWas) {
  write(path_, letter("a"));
  fs::create_directory(replaying());
  EXPECT_ANY_THROW(file().take({}));
  EXPECT_EQ(read(path_), letter("a"));
}

}  // namespace
}  // namespace hiveframe::daemon
