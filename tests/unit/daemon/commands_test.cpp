// Commands that need no running pipeline.

#include <chrono>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <sstream>
#include <string>
#include <vector>

#include "pipeline/connector.hpp"
#include "tests/unit/daemon/commands_fixture.hpp"

namespace hiveframe::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(CommandLine, WithoutACommandShowsHelpAndFails) {
  const Outcome outcome = call({});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("Usage: hiveframed COMMAND ..."));
}

TEST(CommandLine, HelpOfEveryCommandHasItsUsage) {
  const Outcome outcome = call({"--help"});
  EXPECT_EQ(outcome.status, 0);
  for (const std::string command :
       {"run", "serve", "validate", "test", "eval", "list", "explain", "new", "schema", "version"}) {
    EXPECT_THAT(outcome.out, HasSubstr("\n  " + command + " "));
    const Outcome help = call({command, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("Usage: hiveframed " + command));
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(line.size(), 110U) << line;
  }
}

TEST(CommandLine, WhatIsNotBuiltIsNotThere) {
  const Outcome outcome = call({"doctor"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, StartsWith("hiveframed: unknown command 'doctor'\n"));
}

TEST(CommandLine, WrongArgumentsSayWhatIsWrong) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"rnu", "x.yaml"},
       "hiveframed: unknown command 'rnu'\n  did you mean 'run'?\n  see 'hiveframed --help'\n"},
      {{"run", "--form-start", "x.yaml"},
       "hiveframed run: unknown option '--form-start'\n  did you mean '--from-start'?\n"
       "  see 'hiveframed run --help'\n"},
      {{"run"}, "hiveframed run: FILE is required\n  see 'hiveframed run --help'\n"},
      {{"version", "now"},
       "hiveframed version: one argument too many: 'now'\n  see 'hiveframed version --help'\n"},
      {{"run", "--limit", "-1", "x.yaml"},
       "hiveframed run: --limit: expected a whole number from 1 up, found '-1'\n  see 'hiveframed run "
       "--help'\n"},
      {{"run", "--limit", "99999999999999999999", "x.yaml"},
       "hiveframed run: --limit: expected a whole number from 1 up, found '99999999999999999999'\n"
       "  see 'hiveframed run --help'\n"},
      {{"run", "--threads", "0", "x.yaml"},
       "hiveframed run: --threads: expected a whole number from 1 to 1024, found '0'\n"
       "  see 'hiveframed run --help'\n"},
      {{"run", "--memory-limit", "1KiB", "x.yaml"},
       "hiveframed run: --memory-limit: expected at least 8MiB, found '1KiB'\n  see 'hiveframed run "
       "--help'\n"},
      {{"eval", "record.a", "--record", "{}", "x.ndjson"},
       "hiveframed eval: --record: cannot be given together with FILE\n  see 'hiveframed eval --help'\n"},
      {{"ctl"},
       "hiveframed ctl: a command is missing\n  one of: list, show, tap, metrics, health, ready, pause, "
       "resume, "
       "drain, restart, reload, dead-letters, log-level\n  see 'hiveframed ctl --help'\n"},
      {{"ctl", "--json", "lsit"},
       "hiveframed ctl: unknown command 'lsit'\n  did you mean 'list'?\n  see 'hiveframed ctl --help'\n"},
      {{"ctl", "dead-letters", "--url", "unix:/x", "repaly", "orders"},
       "hiveframed ctl dead-letters: unknown command 'repaly'\n  did you mean 'replay'?\n"
       "  see 'hiveframed ctl dead-letters --help'\n"},
      {{"ctl", "tap"}, "hiveframed ctl tap: NAME is required\n  see 'hiveframed ctl tap --help'\n"},
      {{"ctl", "pause", "orders", "--urll", "x"},
       "hiveframed ctl pause: unknown option '--urll'\n  did you mean '--url'?\n"
       "  see 'hiveframed ctl pause --help'\n"},
  };
  for (const auto& [arguments, expected] : cases) {
    const Outcome outcome = call(arguments);
    EXPECT_EQ(outcome.status, 2) << expected;
    EXPECT_EQ(outcome.err, expected);
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Version, IsOneLine) {
  EXPECT_THAT(call({"version"}).out, testing::MatchesRegex("hiveframed [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(call({"--version"}).out, call({"version"}).out);
}

TEST(List, NamesWhatThereIs) {
  const std::string text = call({"list"}).out;
  for (const char* name : {"Sources\n  file ", "Sinks\n", "  discard ", "Transforms\n  filter ", "Formats\n"})
    EXPECT_THAT(text, HasSubstr(name));
  rapidjson::Document json;
  json.Parse(call({"list", "--json"}).out);
  ASSERT_FALSE(json.HasParseError());
  EXPECT_EQ(json["sources"].Size(), connectors::registry().sources.size());
  EXPECT_EQ(json["sinks"].Size(), connectors::registry().sinks.size());
  EXPECT_STREQ(json["transforms"][0]["name"].GetString(), "filter");
}

TEST(Explain, ShowsBothRolesOfAConnector) {
  const Outcome outcome = call({"explain", "file"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, StartsWith("file source: "));
  EXPECT_THAT(outcome.out, HasSubstr("\n\nfile sink: "));
  EXPECT_THAT(outcome.out, HasSubstr("\n  when: "));
  EXPECT_THAT(call({"explain", "file.source"}).out, Not(HasSubstr("file sink: ")));
}

TEST(Explain, FindsOptions) {
  EXPECT_THAT(call({"explain", "file.sink.mode"}).out, HasSubstr("  mode: append, overwrite or error"));
  EXPECT_EQ(call({"explain", "file", "sink", "mode"}).out, call({"explain", "file.sink.mode"}).out);
  EXPECT_THAT(call({"explain", "max_elapsed"}).out, HasSubstr("  max_elapsed: "));
  EXPECT_THAT(call({"explain", "pipeline.retry.jitter"}).out, HasSubstr("  jitter: true or false"));
  EXPECT_THAT(call({"explain", "retry.jitter"}).out, HasSubstr("  jitter: true or false"));
  EXPECT_THAT(call({"explain", "ndjson"}).out, StartsWith("ndjson format: "));
}

TEST(Explain, KnowsWhatWasMeant) {
  EXPECT_EQ(call({"explain", "flie"}).err,
            "hiveframed explain: there is no connector, transform, format, option or function 'flie'\n"
            "  did you mean 'file'?\n");
  EXPECT_EQ(call({"explain", "file.sink.mod"}).err,
            "hiveframed explain: there is no option 'mod' of the file sink\n  did you mean 'mode'?\n");
  EXPECT_THAT(call({"explain", "nosuch"}).err, Not(HasSubstr("did you mean")));
  EXPECT_EQ(call({"explain", "."}).status, 2);
  EXPECT_EQ(call({"explain", "file.sink.mode.deeper"}).status, 2);
}

TEST(Explain, IsForProgramsToo) {
  rapidjson::Document json;
  json.Parse(call({"explain", "--json", "file.sink"}).out);
  ASSERT_TRUE(json.IsArray());
  ASSERT_EQ(json.Size(), 1U);
  EXPECT_STREQ(json[0]["name"].GetString(), "file sink");
  EXPECT_STREQ(json[0]["keyword"].GetString(), "file");
  EXPECT_STREQ(json[0]["uris"][0].GetString(), "file:///var/out/orders.ndjson");
  EXPECT_STREQ(json[0]["options"][0]["name"].GetString(), "path");
  EXPECT_TRUE(json[0]["options"][0]["required"].GetBool());
  json.Parse(call({"explain", "--json", "mode"}).out);
  EXPECT_STREQ(json[0]["options"][0]["default"].GetString(), "append");
  json.Parse(call({"explain", "--json", "pipeline.retry"}).out);
  EXPECT_STREQ(json[0]["options"][0]["options"][0]["name"].GetString(), "base_delay_ms");
  json.Parse(call({"explain", "--json", "ndjson"}).out);
  EXPECT_STREQ(json[0]["extensions"][1].GetString(), ".jsonl");
  json.Parse(call({"explain", "--json", "size"}).out);
  EXPECT_STREQ(json[0]["name"].GetString(), "size");
  json.Parse(call({"explain", "--json", "functions"}).out);
  EXPECT_GT(json.Size(), 40U);
  const Outcome unknown = call({"explain", "--json", "flie"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_EQ(unknown.out, "");
  EXPECT_EQ(unknown.err, call({"explain", "flie"}).err);
}

TEST(Version, IsForProgramsToo) {
  rapidjson::Document json;
  json.Parse(call({"version", "--json"}).out);
  EXPECT_EQ("hiveframed " + std::string(json["version"].GetString()) + "\n", call({"version"}).out);
}

class New : public Folder {};

TEST_F(New, MakesAFileThatValidatesForEveryPair) {
  const pipeline::ConnectorRegistry registry = connectors::registry();
  std::size_t pairs = 0;
  const std::string list = call({"list", "--json"}).out;
  rapidjson::Document names;
  names.Parse(list);
  for (const auto& source : names["sources"].GetArray()) {
    for (const auto& sink : names["sinks"].GetArray()) {
      const std::string from = source["name"].GetString();
      const std::string to = sink["name"].GetString();
      const Outcome made = call({"new", from, to});
      ASSERT_EQ(made.status, 0) << made.err;
      const std::string file = write(fmt::format("{}-{}.yaml", from, to), made.out);
      const Outcome checked = call({"validate", file});
      EXPECT_EQ(checked.status, 0) << checked.err << made.out;
      ++pairs;
    }
  }
  EXPECT_EQ(pairs, registry.sources.size() * registry.sinks.size());
}

// Every commented line of options, on its own, is right too.
class NewOf : public New, public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(NewOf, CommentedLinesCanBeUsed) {
  const std::string made = call({"new", GetParam().first, GetParam().second}).out;
  std::vector<std::string> lines;
  std::istringstream stream(made);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  std::size_t tried = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t mark = lines[i].find("# ");
    if (mark == std::string::npos || mark > 2 || lines[i].find(": ", mark) == std::string::npos) continue;
    if (lines[i].substr(mark + 2, 1) == " " || lines[i][mark + 2] < 'a')
      continue;  // of transforms; a sentence
    std::string text;
    for (std::size_t j = 0; j < lines.size(); ++j)
      text += (j == i ? lines[j].substr(0, mark) + lines[j].substr(mark + 2) : lines[j]) + "\n";
    if (lines[i].find("partition_by") != std::string::npos) continue;  // needs a folder and its format
    if (lines[i].find("csv: ") != std::string::npos) continue;         // needs its format
    const Outcome checked = call({"validate", write("one.yaml", text)});
    EXPECT_EQ(checked.status, 0) << lines[i] << "\n" << checked.err;
    ++tried;
  }
  EXPECT_GE(tried, 11U);
}

INSTANTIATE_TEST_SUITE_P(EachConnector, NewOf,
                         ::testing::Values(std::pair("file", "file"), std::pair("generate", "stdout"),
                                           std::pair("stdin", "discard")),
                         [](const auto& info) {
                           return std::string(info.param.first) + "To" + info.param.second;
                         });

TEST(NewCommand, NamesWhatItDoesNotKnow) {
  const Outcome outcome = call({"new", "flie", "stdot"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err,
            "hiveframed new: there is no source 'flie'\n  did you mean 'file'?\n"
            "hiveframed new: there is no sink 'stdot'\n  did you mean 'stdout'?\n");
}

TEST(Explain, TheDaemonFile) {
  const Outcome all = call({"explain", "daemon"});
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.out, StartsWith("daemon file: "));
  EXPECT_THAT(all.out, HasSubstr("\n  threads: auto, or an integer from 1 to 1024, default auto\n"));
  EXPECT_THAT(all.out, HasSubstr("\n  memory_limit: "));
  EXPECT_THAT(call({"explain", "daemon.start_timeout"}).out, HasSubstr("default 30s"));
}

TEST(Schema, OfTheDaemonFile) {
  const Outcome outcome = call({"schema", "daemon"});
  EXPECT_EQ(outcome.status, 0);
  rapidjson::Document schema;
  schema.Parse(outcome.out.c_str());
  ASSERT_TRUE(schema.IsObject());
  const auto& properties = schema["properties"];
  for (const char* option :
       {"pipelines", "state_dir", "threads", "memory_limit", "shutdown_timeout", "start_timeout"})
    EXPECT_TRUE(properties.HasMember(option)) << option;
  ASSERT_EQ(schema["required"].Size(), 1U);
  EXPECT_STREQ(schema["required"][0].GetString(), "pipelines");
  EXPECT_EQ(call({"schema", "sink"}).status, 2);
}

TEST(Schema, IsOfTheDraftAndKnowsEveryConnector) {
  const Outcome outcome = call({"schema"});
  rapidjson::Document schema;
  schema.Parse(outcome.out);
  ASSERT_FALSE(schema.HasParseError());
  EXPECT_STREQ(schema["$schema"].GetString(), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_TRUE(schema["properties"].HasMember("on_error"));
  for (const char* word : {"\"generate\"", "\"discard\"", "\"when\"", "\"partition_by\"", "\"filter\""})
    EXPECT_THAT(outcome.out, HasSubstr(word));
  EXPECT_EQ(call({"schema"}).out, outcome.out);
}

}  // namespace
}  // namespace hiveframe::daemon
