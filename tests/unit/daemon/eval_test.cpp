#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "daemon/cli/command_line.hpp"
#include "pipeline/connector.hpp"

namespace hiveframe::daemon {
namespace {

using testing::HasSubstr;

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

Outcome eval(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), "eval");
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Io io{in, out, err};
  const int status = run_command_line(arguments, {}, io);
  return {status, out.str(), err.str()};
}

std::string value(const std::string& expression, const std::string& record = "null") {
  const Outcome outcome = eval({expression, "--record", record});
  EXPECT_EQ(outcome.status, 0) << expression << ": " << outcome.out << outcome.err;
  return outcome.out;
}

TEST(Eval, PrintsValuesAsJson) {
  EXPECT_EQ(value("record.a + 1", R"({"a": 41})"), "42\n");
  EXPECT_EQ(value("record", R"({"b": [1, {"c": null}]})"), "{\"b\":[1,{\"c\":null}]}\n");
  EXPECT_EQ(value("timestamp('2026-03-01T10:00:00+02:00')"), "\"2026-03-01T08:00:00Z\"\n");
  EXPECT_EQ(value("duration('3500ms')"), "\"3.5s\"\n");
  EXPECT_EQ(value("b'abc'"), "\"YWJj\"\n");
  EXPECT_EQ(value("record.n + 1", R"({"n": 123456789012345678901234567890})"),
            "123456789012345678901234567891\n");
  EXPECT_EQ(value("[1.0, 2.5, true, null, 'ü']"), "[1.0,2.5,true,null,\"ü\"]\n");
  EXPECT_EQ(value("record.gone.deeper", "{}"), "null\n");
}

TEST(Eval, AnExpressionMayBeginWithADash) {
  EXPECT_EQ(value("-record.a", R"({"a": 4})"), "-4\n");
  EXPECT_EQ(eval({"--record", R"({"a": 4})", "-record.a"}).out, "-4\n");
  EXPECT_EQ(eval({"--record={\"a\": 4}", "-record.a"}).out, "-4\n");
  EXPECT_EQ(eval({"-5 + 3"}).out, "-2\n");
  EXPECT_EQ(eval({"--5"}).out, "5\n");
  EXPECT_EQ(eval({"--", "-5"}).out, "-5\n");
  EXPECT_EQ(eval({"-record.a", "-"}, "{\"a\":1}\n{\"a\":2}\n").out, "-1\n-2\n");
  EXPECT_EQ(eval({"-record.a"}, "{\"a\":1}\n").out, "-1\n");
  EXPECT_THAT(eval({"--recrod", "{}", "1"}).err, HasSubstr("did you mean '--record'?"));
  EXPECT_THAT(eval({"--help"}).out, HasSubstr("Usage: hiveframed eval"));
  EXPECT_THAT(eval({"-h"}).out, HasSubstr("Usage: hiveframed eval"));
  EXPECT_THAT(eval({"--record", "-1"}).err, HasSubstr("EXPRESSION is required"));
}

TEST(Eval, AnswersEachLineInItsPlace) {
  const Outcome outcome = eval({"record.a * 2", "-"}, "{\"a\":1}\n{\"a\":\"x\"}\n\nnot json\n{\"a\":3}");
  EXPECT_EQ(outcome.status, 1);
  std::istringstream lines(outcome.out);
  std::vector<std::string> answers;
  for (std::string line; std::getline(lines, line);)
    answers.push_back(line);
  ASSERT_EQ(answers.size(), 4U) << outcome.out;
  EXPECT_EQ(answers[0], "2");
  EXPECT_THAT(answers[1], testing::StartsWith("{\"error\":\""));
  EXPECT_THAT(answers[2], testing::StartsWith("{\"error\":\""));
  EXPECT_EQ(answers[3], "6");
  EXPECT_EQ(outcome.err, "");
}

TEST(Eval, ReadsStandardInputWhereARecordIsNamed) {
  EXPECT_EQ(eval({"record.a"}, "{\"a\":1}\n{\"a\":2}\n").out, "1\n2\n");
  EXPECT_EQ(eval({"meta.line"}, "{\"a\":1}\n{\"a\":2}\n").out, "1\n2\n");
}

TEST(Eval, WithoutARecordIsOnce) {
  EXPECT_EQ(eval({"1 + 2"}, "{}\n{}\n").out, "3\n");
  EXPECT_EQ(eval({"recorded"}).status, 2);
  const Outcome failed = eval({"1 / 0"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.out, HasSubstr("{\"error\":\""));
  EXPECT_EQ(eval({"now > timestamp('2020-01-01T00:00:00Z')"}).out, "true\n");
}

TEST(Eval, AnExpressionThatIsWrongIsShown) {
  const Outcome outcome = eval({"record.name.lenght() > 3"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err,
            "EXPRESSION:1:13: error: unknown function 'lenght'\n"
            "  1 | record.name.lenght() > 3\n"
            "    |             ^~~~~~\n"
            "    = did you mean 'size'? 'hiveframed explain functions' lists them all\n"
            "1 error in 1 file\n");
}

TEST(Eval, ValuesThatJsonCannotHoldAreErrors) {
  const Outcome outcome = eval({"0.0 / 0.0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("{\"error\":\""));
}

TEST(Eval, SeesTheEnvironment) {
  setenv("HIVEFRAME_EVAL_TEST", "grün", 1);
  setenv("HIVEFRAME_EVAL_BYTES", "\xff", 1);
  EXPECT_EQ(eval({"env.HIVEFRAME_EVAL_TEST"}).out, "\"grün\"\n");
  EXPECT_EQ(eval({"has(env.HIVEFRAME_EVAL_BYTES)"}).out, "false\n");
  unsetenv("HIVEFRAME_EVAL_TEST");
  unsetenv("HIVEFRAME_EVAL_BYTES");
}

TEST(Eval, FormatIsThatOfTheExtension) {
  const std::string file = testing::TempDir() + "/eval_test.txt";
  std::ofstream(file) << "one\nthree\n";
  EXPECT_EQ(eval({"size(record)", file}).out, "3\n5\n");
  std::filesystem::remove(file);
  const std::string rows = testing::TempDir() + "/eval_test.tsv";
  std::ofstream(rows) << "id\tname\n7\ta,b\n";
  EXPECT_EQ(eval({"record.id + record.name", rows}).out, "\"7a,b\"\n");
  std::filesystem::remove(rows);
}

TEST(Eval, AFileThatCannotBeReadIsSaid) {
  const Outcome outcome = eval({"record.a", "/nowhere/x.ndjson"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "hiveframed eval: cannot read /nowhere/x.ndjson: No such file or directory\n");
  EXPECT_EQ(eval({"record.a", "/tmp"}).err, "hiveframed eval: cannot read /tmp: Is a directory\n");
}

TEST(Eval, NamesWhatUnpacksAPackedFile) {
  const auto path = std::filesystem::temp_directory_path() / "hiveframed-eval-packed.ndjson.gz";
  std::ofstream(path, std::ios::binary) << "\x1f\x8b\x08 and so on\n";
  const Outcome gzip = eval({"record.a", path.string()});
  EXPECT_EQ(gzip.status, 1);
  EXPECT_EQ(gzip.out, "");
  EXPECT_EQ(gzip.err, "hiveframed eval: " + path.string() + " is packed; unpack it on the way: zcat " +
                          path.string() + " | hiveframed eval ...\n");
  std::ofstream(path, std::ios::binary) << "\x28\xb5\x2f\xfd and so on\n";
  EXPECT_THAT(eval({"record.a", path.string()}).err, HasSubstr("zstdcat"));
  std::ofstream(path, std::ios::binary) << "{}";  // shorter than what is looked at
  EXPECT_EQ(eval({"record.a", path.string()}).out, "null\n");
  std::filesystem::remove(path);
}

TEST(Eval, ManyRecordsOverManyBuffers) {
  std::string input;
  for (int i = 0; i < 50000; ++i)
    input += "{\"id\":" + std::to_string(i) + ",\"pad\":\"" + std::string(20, 'x') + "\"}\n";
  const Outcome outcome = eval({"record.id"}, input);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 50000);
  EXPECT_TRUE(outcome.out.ends_with("\n49999\n"));
}

}  // namespace
}  // namespace hiveframe::daemon
