// The command `validate`.

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <sstream>
#include <string>
#include <vector>

#include "tests/unit/daemon/commands_fixture.hpp"

namespace hiveframe::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Validate : public Folder {};

TEST_F(Validate, SaysWhichFilesAreSound) {
  const std::string file = write("a.yaml", "source: generate\nsink: stdout\n");
  const std::string two = write(
      "b.yml", "name: x\nsource: generate\nsink: stdout\n---\nname: y\nsource: generate\nsink: discard\n");
  const Outcome outcome = call({"validate", file, two});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, file + ": ok, pipeline a\n" + two + ": ok, pipelines x, y\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Validate, FoldersAreTheirPipelineFiles) {
  write("b.yaml", "source: generate\nsink: stdout\n");
  write("a.yml", "source: generate\nsink: stdout\n");
  write(".hidden.yaml", "nonsense");
  write("notes.txt", "nonsense");
  std::filesystem::create_directory(path_ / "deeper.yaml");
  const Outcome outcome = call({"validate", path_.string(), (path_ / "b.yaml").string()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, (path_ / "a.yml").string() + ": ok, pipeline a\n" + (path_ / "b.yaml").string() +
                             ": ok, pipeline b\n");
}

TEST_F(Validate, AnEmptyFolderIsAnError) {
  const Outcome outcome = call({"validate", path_.string()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, path_.string() +
                             ": error: there is no *.yaml or *.yml file in this folder\n"
                             "  = folders in it are not searched: name them\n1 error in 1 file\n");
}

TEST_F(Validate, SoundFilesStandBesideWrongOnes) {
  const std::string good = write("good.yaml", "source: generate\nsink: stdout\n");
  const std::string bad = write("bad.yaml", "source: generate\nsnk: stdout\n");
  const Outcome outcome = call({"validate", bad, good});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, good + ": ok, pipeline good\n");
  EXPECT_THAT(outcome.err, StartsWith(bad + ":"));
  EXPECT_THAT(outcome.err, testing::EndsWith("1 error in 1 file\n"));
}

TEST_F(Validate, JsonIsForPrograms) {
  const std::string bad = write("bad.yaml", "source: generate\nsink: stdout\nordred: true\n");
  const Outcome outcome = call({"validate", "--json", bad});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, "");
  rapidjson::Document json;
  json.Parse(outcome.out);
  ASSERT_FALSE(json.HasParseError()) << outcome.out;
  EXPECT_EQ(json["error_count"].GetUint(), 1U);
  const auto& error = json["errors"][0];
  EXPECT_EQ(error["file"].GetString(), bad);
  EXPECT_EQ(error["line"].GetUint(), 3U);
  EXPECT_EQ(error["column"].GetUint(), 1U);
  EXPECT_STREQ(error["hint"].GetString(), "did you mean 'ordered'?");
}

TEST_F(Validate, ProblemsShownAreBounded) {
  std::string many = "source: stdin\nsink: stdout\n";
  for (int i = 0; i < 500; ++i)
    many += "nonsense" + std::to_string(i) + ": 1\n";
  const Outcome outcome = call({"validate", write("many.yaml", many)});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_LT(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 500);
  EXPECT_THAT(outcome.err, HasSubstr("500 errors in 1 file"));
}

TEST_F(Validate, ColourIsForTerminals) {
  const std::string bad = write("bad.yaml", "source: stdin\nsink: stdout\nordred: true\n");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Io io{in, out, err};
  io.err_terminal = {.interactive = true, .colour = true, .width = 80};
  const std::vector<std::string> arguments{"validate", bad};
  EXPECT_EQ(run_command_line(arguments, connectors::registry(), io), 2);
  EXPECT_THAT(err.str(), HasSubstr("\x1b[1m" + bad + ":3:1:\x1b[0m \x1b[1;31merror:\x1b[0m unknown option"));
  EXPECT_THAT(call(arguments).err, Not(HasSubstr("\x1b")));
}

TEST_F(Validate, OfADaemonFileEverythingThatServeWouldRun) {
  const std::string daemon = write("daemon.yaml", "pipelines: [orders.yaml, more]\n");
  write("orders.yaml", "source: generate\nsink: discard\n");
  std::filesystem::create_directories(path_ / "more");
  write("more/two.yaml",
        "name: a\nsource: generate\nsink: discard\n---\nname: b\nsource: generate\nsink: discard\n");
  const Outcome sound = call({"validate", "--config", daemon});
  EXPECT_EQ(sound.status, 0) << sound.err;
  EXPECT_EQ(sound.out, daemon + ": ok\n" + (path_ / "orders.yaml").string() + ": ok, pipeline orders\n" +
                           (path_ / "more/two.yaml").string() + ": ok, pipelines a, b\n");
  write("more/wrong.yaml", "source: generate\nsinc: discard\n");
  const Outcome wrong = call({"validate", "--config", daemon});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("wrong.yaml:2:1: error: unknown option 'sinc'"));
  const Outcome served = call({"serve", "--config", daemon});
  EXPECT_EQ(served.status, 2);
  EXPECT_EQ(served.err, wrong.err);
}

TEST_F(Validate, NeedsPathsOrADaemonFile) {
  const Outcome neither = call({"validate"});
  EXPECT_EQ(neither.status, 2);
  EXPECT_THAT(neither.err, HasSubstr("PATH is required"));
  const Outcome both = call({"validate", "--config", "a.yaml", "b.yaml"});
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.err, HasSubstr("excludes"));
}

}  // namespace
}  // namespace hiveframe::daemon
