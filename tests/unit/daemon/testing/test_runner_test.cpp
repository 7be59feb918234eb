// Tests of pipelines, from YAML to what is said of them.

#include "daemon/testing/test_runner.hpp"

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include "daemon/testing/judgement.hpp"
#include "tests/unit/daemon/testing/folder_of_tests.hpp"

namespace hiveframe::daemon {
namespace {

class TestRunnerTest : public FolderOfTests {
 protected:
  TestRunnerTest() { spdlog::set_level(spdlog::level::off); }
  void TearDown() override {
    spdlog::set_level(spdlog::level::info);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.ndjson")) << "a test writes nothing";
  }

  /// What is said of the tests of a pipeline from in.ndjson to out.ndjson.
  std::string said(const std::string& transforms_and_more, const std::string& test) {
    return said_of_file("source: in.ndjson\nsink: out.ndjson\n" + transforms_and_more +
                        "tests:\n  - name: t\n" + test);
  }
  std::string said_of_file(const std::string& yaml) {
    TestLoader loader(options_, environment_, diagnostics_);
    loader.add_pipelines(write("p.yaml", yaml));
    EXPECT_EQ(problems(), "");
    std::string text;
    for (const PipelineTest& test : loader.tests()) {
      const std::map<std::string, std::string> environment{{"PROCESS", "p"}, {"BOTH", "p"}};
      TestRunner runner(environment);
      for (const ComplaintLine& line : judge(test, runner.run(test), variables_of(test, environment)))
        text += line.text + "\n";
    }
    return text;
  }
};

TEST_F(TestRunnerTest, RecordsGoThroughTheTransforms) {
  EXPECT_EQ(said("transforms: [{filter: record.a > 1}, {set: {b: record.a * 2}}, {drop: [c]}]\n",
                 "    input: [{a: 1}, {a: 2, c: x}, {a: 3.5}]\n"
                 "    expect: [{a: 2, b: 4}, {a: 3.5, b: 7.0}]\n"
                 "    filtered: 1\n"),
            "");
}

TEST_F(TestRunnerTest, RecordsPassAsTheyAre) {
  EXPECT_EQ(
      said("",
           "    input: [1, null, text, [1], {}, 18446744073709551616, 0.10000000000000001, '0x1F', 0x1F]\n"
           "    expect: [1, null, text, [1], {}, 18446744073709551616, 0.10000000000000001, '0x1F', 31]\n"),
      "");
}

TEST_F(TestRunnerTest, NoInputMakesNoOutput) {
  EXPECT_EQ(said("", "    input: []\n    expect: []\n    filtered: 0\n"), "");
}

TEST_F(TestRunnerTest, EveryDifferenceIsSaid) {
  EXPECT_EQ(said("",
                 "    input: [{a: 1, b: [1, 2], d: x}, {only: here}]\n"
                 "    expect: [{a: 2, b: [1], c: null}]\n"
                 "    filtered: 1\n"),
            "sink, record 1 (expected in line 6)\n"
            "  a     expected 2\n"
            "        got      1\n"
            "  b[1]  not expected, got 2\n"
            "  c     missing, expected null\n"
            "  d     not expected, got \"x\"\n"
            "sink, record 2 is not expected\n"
            "  got {\"only\":\"here\"}\n"
            "filtered:\n"
            "  expected 1\n"
            "  got      0\n");
}

TEST_F(TestRunnerTest, PartsAndChecks) {
  EXPECT_EQ(said("",
                 "    input: [{a: 1, b: {c: 2, d: 3}}, {a: 2}, {a: 3}, {a: x}]\n"
                 "    expect:\n"
                 "      - {contains: {b: {c: 2}}, check: record.a == 1}\n"
                 "      - {contains: {z: 9}}\n"
                 "      - {record: {a: 3}, check: record.a > 3}\n"
                 "      - check: record.a > 3\n"),
            "sink, record 2 (expected in line 8)\n"
            "  z  missing, expected 9\n"
            "sink, record 3 (expected in line 9)\n"
            "  check record.a > 3 is false\n"
            "  got   {\"a\":3}\n"
            "sink, record 4 (expected in line 10)\n"
            "  check record.a > 3 fails: no such operation: string > int at " +
                (folder_ / "p.yaml").string() +
                ":10:25\n"
                "  got   {\"a\":\"x\"}\n");
}

TEST_F(TestRunnerTest, ExpressionsSeeWhatTheTestGives) {
  EXPECT_EQ(
      said("transforms:\n  - set: {n: now, k: key, p: meta.path, l: meta.line, e: env.BOTH + env.PROCESS}\n",
           "    now: 2026-03-01T12:00:00Z\n"
           "    env: {BOTH: t}\n"
           "    meta: {path: /a}\n"
           "    key: 7\n"
           "    input: [{}, {record: {}, meta: {line: 3}, key: {a: b}}, {record: {}, key: null}]\n"
           "    expect:\n"
           "      - {n: 2026-03-01T12:00:00Z, k: 7, p: /a, l: null, e: tp}\n"
           "      - {n: 2026-03-01T12:00:00Z, k: {a: b}, p: null, l: 3, e: tp}\n"
           "      - check: record.k == null && key == null && meta.path == '/a' && now == record.n && "
           "env.BOTH == 't'\n"),
      "");
}

TEST_F(TestRunnerTest, TextIsReadAsTheSourceReadsIt) {
  EXPECT_EQ(said("max_record_bytes: 20\non_error: drop\n",
                 "    input_text: |\n"
                 "      {\"a\": 1}\n"
                 "\n"
                 "      {\"a\": 1, \"a\": 2}\n"
                 "      {\"a\":\n"
                 "      {\"long\": \"0123456789\"}\n"
                 "      {\"a\": 2}\n"
                 "    expect: [{a: 1}, {a: 2}]\n"
                 "    dead_letters:\n"
                 "      - {error: duplicate_key, stage: decode, record: '{\"a\": 1, \"a\": 2}'}\n"
                 "      - {error: syntax, record: '{\"a\":'}\n"
                 "      - {error: length, stage: source}\n"),
            "");
}

TEST_F(TestRunnerTest, TextInAnotherFormat) {
  EXPECT_EQ(said("", "    format: text\n    input_text: \"a\\nb\"\n    expect: [a, b]\n"), "");
}

TEST_F(TestRunnerTest, ABadRecordThatIsNotExpectedIsSaidWithItsReason) {
  const std::string input = "    input: [{a: 1}, {a: x}, {a: 3}]\n    expect: [{a: 1, b: 2}, {a: 3, b: 4}]\n";
  const std::string why = "  got      expression in transforms[0] set: no such operation: string + int at " +
                          (folder_ / "p.yaml").string() + ":3:33\n           {\"a\":\"x\"}\n";
  EXPECT_EQ(said("transforms: [{set: {b: record.a + 1}}]\non_error: drop\n", input),
            "input record 2 is bad, which is not expected\n" + why);
  EXPECT_EQ(said("transforms: [{set: {b: record.a + 1}}]\n", input),
            "input record 2 is bad and stops the pipeline, which is not expected\n" + why +
                "sink: a record is missing (expected in line 7)\n"
                "  expected {\"a\":3,\"b\":4}\n");
}

TEST_F(TestRunnerTest, DeadLettersOfEachActionAreSeen) {
  const std::string set = "transforms: [{set: {b: record.a + 1}}]\n";
  const std::string test =
      "    input: [{a: 1}, {a: x}]\n"
      "    expect: [{a: 1, b: 2}]\n"
      "    dead_letters: [{error: expression, message: string + int, stage: set, record: {a: x}}]\n";
  EXPECT_EQ(said(set + "on_error: drop\n", test), "");
  EXPECT_EQ(said(set + "on_error: {dead_letter: dlq.ndjson}\n", test), "");
  EXPECT_EQ(said(set, test), "");
}

TEST_F(TestRunnerTest, OtherDeadLettersThanExpected) {
  EXPECT_EQ(said("transforms: [{set: {b: record.a + 1}}]\non_error: drop\n",
                 "    input: [{a: x, c: 1}]\n"
                 "    dead_letters:\n"
                 "      - {error: syntax, message: nope, stage: filter, record: {a: y}}\n"
                 "      - {error: value, stage: encode}\n"
                 "      - {}\n"),
            "input record 1 is bad in another way (expected in line 9)\n"
            "  error    expected syntax\n"
            "           got      expression\n"
            "  message  expected \"nope\" in it\n"
            "           got      no such operation: string + int at " +
                (folder_ / "p.yaml").string() +
                ":3:33\n"
                "  stage    expected \"filter\" in it\n"
                "           got      transforms[0] set\n"
                "  record.a  expected \"y\"\n"
                "            got      \"x\"\n"
                "  record.c  not expected, got 1\n"
                "no other record is bad (expected in line 10)\n"
                "  expected value in \"encode\"\n"
                "no other record is bad (expected in line 11)\n"
                "  expected a bad record\n");
}

TEST_F(TestRunnerTest, WhatASinkCannotWriteIsBad) {
  EXPECT_EQ(said("transforms: [{set: {b: record.a / 0.0}}]\non_error: drop\n",
                 "    input: [{a: 1}]\n"
                 "    expect: []\n"
                 "    dead_letters: [{error: value, stage: sink encode}]\n"),
            "");
}

TEST_F(TestRunnerTest, EachSinkGetsWhatItsConditionTakes) {
  const std::string pipeline =
      "source: in.ndjson\n"
      "sinks:\n"
      "  - {uri: eu.ndjson, when: record.region == 'EU'}\n"
      "  - {uri: big.ndjson, when: record.n > 10}\n"
      "  - {type: file, path: \"{{ record.region }}.txt\", format: ndjson, when: has(record.n)}\n"
      "on_error: drop\n"
      "tests:\n"
      "  - name: t\n"
      "    input: [{region: EU, n: 1}, {region: US, n: 20}, {region: EU, n: 30}, {region: null, n: 0}, {n: "
      "y}, {}]\n";
  EXPECT_EQ(
      said_of_file(pipeline +
                   "    expect:\n"
                   "      sinks[0]: [{region: EU, n: 1}, {region: EU, n: 30}]\n"
                   "      big.ndjson: [{region: US, n: 20}, {region: EU, n: 30}]\n"
                   "    dead_letters: [{stage: \"sinks[2]\"}, {stage: \"sinks[1] when\"}, {stage: when}]\n"),
      "");
  EXPECT_EQ(said_of_file(pipeline + "    expect: {'sinks[1]': []}\n"
                                    "    dead_letters: [expression, expression, expression]\n"),
            "sinks[1], record 1 is not expected\n"
            "  got {\"region\":\"US\",\"n\":20}\n"
            "sinks[1], record 2 is not expected\n"
            "  got {\"region\":\"EU\",\"n\":30}\n");
}

TEST_F(TestRunnerTest, NothingIsExpectedOfAllSinksAtOnce) {
  const std::string pipeline =
      "source: in.ndjson\n"
      "sinks: [{uri: a.ndjson, when: record.n < 5}, {uri: b.ndjson, when: record.n > 3}]\n"
      "tests:\n"
      "  - name: t\n";
  EXPECT_EQ(said_of_file(pipeline + "    input: []\n    expect: []\n"), "");
  EXPECT_EQ(said_of_file(pipeline + "    input: [{n: 4}]\n    expect: []\n"),
            "sinks[0], record 1 is not expected\n  got {\"n\":4}\n"
            "sinks[1], record 1 is not expected\n  got {\"n\":4}\n");
}

TEST_F(TestRunnerTest, ARecordMayBecomeSeveral) {
  EXPECT_EQ(
      said("transforms:\n"
           "  - explode: items\n"
           "  - filter: record.items.n != 0\n"
           "  - set: {inverse: 6 / int(record.items.n)}\n"
           "on_error: drop\n",
           "    input: [{id: 1, items: [{n: 2}, {n: 3}]}, {id: 2, items: [{n: 0}]}, {id: 3, items: 4},\n"
           "            {id: 4, items: [{n: x}, {n: 6}]}]\n"
           "    expect:\n"
           "      - {id: 1, items: {n: 2}, inverse: 3}\n"
           "      - {id: 1, items: {n: 3}, inverse: 2}\n"
           "    filtered: 1\n"
           "    dead_letters:\n"
           "      - {stage: explode, record: {id: 3, items: 4}}\n"
           "      - {stage: set, record: {id: 4, items: [{n: x}, {n: 6}]}}\n"),
      "");
}

TEST_F(TestRunnerTest, ManyRecordsStayInOrder) {
  std::string input;
  std::string output;
  for (int i = 0; i < 2000; ++i) {
    input += "      - {i: " + std::to_string(i) + "}\n";
    if (i % 100 == 0) output += "      - {i: " + std::to_string(i) + "}\n";
  }
  EXPECT_EQ(said("transforms: [{filter: record.i % 100 == 0}]\nparallelism: 4\nordered: false\nbatch: "
                 "{records: 7}\n",
                 "    input:\n" + input + "    expect:\n" + output + "    filtered: 1980\n"),
            "");
}

TEST_F(TestRunnerTest, WhatIsPromisedOfDeliveryDoesNotMatter) {
  EXPECT_EQ(
      said("delivery: at_most_once\nbatch: {linger_ms: 3600000}\n", "    input: [1]\n    expect: [1]\n"), "");
}

}  // namespace
}  // namespace hiveframe::daemon
