// What glob(7) makes of a pattern.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/file/find_files.hpp"
#include "tests/unit/connectors/harness.hpp"

namespace hiveframe::testing {
namespace {

using ::testing::ElementsAre;

class Glob : public ::testing::Test {
 protected:
  std::vector<std::string> found(const std::string& pattern, bool recursive = false) {
    std::vector<std::string> names = connectors::file::find_files(folder_ / pattern, recursive);
    for (std::string& name : names)
      name.erase(0, folder_.path().size() + 1);
    return names;
  }
  [[nodiscard]] std::string error(const std::string& pattern) {
    return thrown_by([&] { found(pattern); });
  }
  [[nodiscard]] std::string no_match(const std::string& pattern) const {
    return "Fatal: cannot read " + (folder_ / pattern) +
           ": no file matches this pattern; correct it, or put files there";
  }

  Folder folder_;
};

TEST_F(Glob, StarsQuestionMarksAndBrackets) {
  for (const char* const name : {"a1", "a2", "b1", "b10", "[", "*"})
    folder_.write(name, "x");
  EXPECT_THAT(found("?1"), ElementsAre("a1", "b1"));
  EXPECT_THAT(found("b1*"), ElementsAre("b1", "b10"));
  EXPECT_THAT(found("[ab]1"), ElementsAre("a1", "b1"));
  EXPECT_THAT(found("[!b]1"), ElementsAre("a1"));
  EXPECT_THAT(found("[0-9a-b]?"), ElementsAre("a1", "a2", "b1"));
  EXPECT_THAT(found("[[:alpha:]]2"), ElementsAre("a2"));
  EXPECT_THAT(found(R"(\**)"), ElementsAre("*")) << "a backslash takes a character's meaning away";
  EXPECT_THAT(found("[[]*"), ElementsAre("["));
  EXPECT_EQ(error("c*"), no_match("c*"));
  EXPECT_EQ(error("[a"), no_match("[a")) << "without an end it is a bracket";
}

TEST_F(Glob, FoldersOnTheWay) {
  folder_.write("2026-01/in/a.json", "x");
  folder_.write("2026-02/in/b.json", "x");
  folder_.write("2026-02/out/c.json", "x");
  folder_.write("2026-03/in.json", "x");
  folder_.write("2026-04", "a file");
  std::filesystem::create_directories(folder_ / "2026-05/in/d.json");
  std::filesystem::create_symlink("2026-01", folder_ / "2026-06");
  std::filesystem::create_symlink("nowhere", folder_ / "2026-07");
  EXPECT_THAT(found("2026-*/in/*.json"),
              ElementsAre("2026-01/in/a.json", "2026-02/in/b.json", "2026-06/in/a.json"));
  EXPECT_THAT(found("2026-*/in/b.json"), ElementsAre("2026-02/in/b.json"));
  EXPECT_THAT(found("*/*/*"), ElementsAre("2026-01/in/a.json", "2026-02/in/b.json", "2026-02/out/c.json",
                                          "2026-06/in/a.json"));
  EXPECT_THAT(found("2026-0[12]/in/../in/?.json"),
              ElementsAre("2026-01/in/../in/a.json", "2026-02/in/../in/b.json"));
  EXPECT_THAT(found("2026-0[1-4]"), ElementsAre("2026-04"));
  EXPECT_THAT(found("2026-02*", true), ElementsAre("2026-02/in/b.json", "2026-02/out/c.json"));
  EXPECT_THAT(found("2026-0[27]/*/", true), ElementsAre("2026-02/in/b.json", "2026-02/out/c.json"));
  EXPECT_EQ(error("2026-04*/"), no_match("2026-04*/")) << "a file is no folder";
  EXPECT_EQ(error("2026-04/*"), no_match("2026-04/*"));
}

TEST_F(Glob, NamesWithADotAreMatchedByADot) {
  folder_.write(".a/x", "x");
  folder_.write(".b", "x");
  folder_.write("c/.d", "x");
  EXPECT_EQ(error("*"), no_match("*"));
  EXPECT_EQ(error("?b"), no_match("?b"));
  EXPECT_EQ(error("[.]b"), no_match("[.]b"));
  EXPECT_THAT(found(".*"), ElementsAre(".b"));
  EXPECT_THAT(found(".[a-z]/*"), ElementsAre(".a/x"));
  EXPECT_THAT(found("c*/.d"), ElementsAre("c/.d"));
}

TEST_F(Glob, AFolderThatIsNotThereOrMayNotBeListed) {
  EXPECT_EQ(error("no/*"), "Fatal: cannot list the folder " + (folder_ / "no") +
                               ": No such file or directory; correct the path, or make the file or folder");
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  ::chmod(folder_.path().c_str(), 0755);
  folder_.write("open/a", "x");
  folder_.write("shut/a", "x");
  ::chmod((folder_ / "shut").c_str(), 0711);
  ASSERT_EQ(::seteuid(65534), 0);
  const std::string listed = error("*/*");
  const std::vector<std::string> named = found("*/a");
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_EQ(listed,
            "Fatal: cannot list the folder " + (folder_ / "shut") +
                ": Permission denied; give the user that runs this permission to it, or name another path");
  EXPECT_THAT(named, ElementsAre("open/a", "shut/a")) << "what need not be listed";
}

}  // namespace
}  // namespace hiveframe::testing
