#include "daemon/testing/test_loader.hpp"

#include <gmock/gmock.h>

#include "tests/unit/daemon/testing/folder_of_tests.hpp"

namespace hiveframe::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using TestLoaderTest = FolderOfTests;

std::vector<std::string> names(const std::vector<PipelineTest>& tests) {
  std::vector<std::string> found;
  for (const PipelineTest& test : tests)
    found.push_back(test.pipeline.name + ": " + test.settings.name.str());
  return found;
}

TEST_F(TestLoaderTest, FindsTestsInPipelinesAndBesideThem) {
  const auto orders = write("orders.yaml",
                            "source: a.ndjson\nsink: b.ndjson\n"
                            "tests: [{name: inside, input: [], filtered: 0}]\n");
  const auto beside = write("orders_test.yaml",
                            "pipeline: orders.yaml\ntests: [{name: beside, input: [], filtered: 0}]\n"
                            "---\n"
                            "pipeline: {file: ./two.yaml, name: b}\n"
                            "tests: [{name: of b, input: [], filtered: 0}]\n");
  const auto two = write("two.yaml",
                         "name: a\nsource: a.ndjson\nsink: b.ndjson\n---\n"
                         "name: b\nsource: a.ndjson\nsink: c.ndjson\n");
  loader_.add_pipelines(orders);
  loader_.add_pipelines(two);
  loader_.add_tests(beside);
  EXPECT_EQ(problems(), "");
  EXPECT_THAT(names(loader_.tests()), ElementsAre("orders: inside", "orders: beside", "b: of b"));
  EXPECT_THAT(loader_.untested(), ElementsAre(two.string() + ", pipeline a"));
}

TEST_F(TestLoaderTest, APipelineIsReadWithTheVariablesOfEachTest) {
  unsetenv("HIVEFRAME_TEST_UNSET");
  loader_.add_pipelines(write("p.yaml",
                              "name: name-${HIVEFRAME_TEST_UNSET}\nsource: a.ndjson\nsink: b.ndjson\n"
                              "tests:\n"
                              "  - {name: one, env: {HIVEFRAME_TEST_UNSET: 1}, input: [], filtered: 0}\n"
                              "  - {name: two, env: {HIVEFRAME_TEST_UNSET: b}, input: [], filtered: 0}\n"));
  EXPECT_EQ(problems(), "");
  EXPECT_THAT(names(loader_.tests()), ElementsAre("name-1: one", "name-b: two"));
}

TEST_F(TestLoaderTest, AVariableThatNoTestGivesIsMissed) {
  unsetenv("HIVEFRAME_TEST_UNSET");
  loader_.add_pipelines(write("p.yaml",
                              "source: a.ndjson\nsink: ${HIVEFRAME_TEST_UNSET}\n"
                              "tests: [{name: one, input: [], filtered: 0}]\n"));
  EXPECT_THAT(problems(), HasSubstr("p.yaml:2:7: error: variable 'HIVEFRAME_TEST_UNSET' is not set\n"));
  EXPECT_THAT(loader_.tests(), IsEmpty());
}

TEST_F(TestLoaderTest, AnotherPipelineOfTheFileNeedsNoVariablesOfItsOwn) {
  unsetenv("HIVEFRAME_TEST_UNSET");
  loader_.add_pipelines(write("p.yaml",
                              "name: a\nsource: a.ndjson\nsink: ${HIVEFRAME_TEST_UNSET}\n---\n"
                              "name: b\nsource: a.ndjson\nsink: b.ndjson\n"
                              "tests: [{name: one, input: [], filtered: 0}]\n"));
  EXPECT_EQ(problems(), "");
  EXPECT_THAT(names(loader_.tests()), ElementsAre("b: one"));
}

TEST_F(TestLoaderTest, ProblemsAreSaidOnce) {
  const auto file = write("p.yaml",
                          "source: a.ndjson\nsnk: b.ndjson\n"
                          "tests:\n"
                          "  - {name: one, env: {A: b}, input: [], filtered: 0}\n"
                          "  - {name: two, input: [], filtered: x}\n");
  loader_.add_pipelines(file);
  loader_.add_pipelines(file);
  EXPECT_THAT(problems(), HasSubstr("p.yaml:5:38: error: expected an integer"));
  EXPECT_EQ(diagnostics_.count(), 1U) << problems();
}

TEST_F(TestLoaderTest, AMisspelledFileIsMeantToBeTheOneBeside) {
  write("orders.yaml", "source: in.ndjson\nsink: out.ndjson\n");
  write("order_test.yaml", "pipeline: orders.yaml\ntests: [{name: a, input: [], expect: []}]\n");
  loader_.add_tests(
      write("p_test.yaml", "pipeline: ordesr.yaml\ntests: [{name: a, input: [], expect: []}]\n"));
  EXPECT_EQ(problems(),
            "p_test.yaml:1:11: error: there is no pipeline file 'ordesr.yaml'\n"
            "  1 | pipeline: ordesr.yaml\n"
            "    |           ^~~~~~~~~~~\n"
            "    = did you mean 'orders.yaml'?\n"
            "1 error in 1 file\n");
}

TEST_F(TestLoaderTest, WhatIsMissingIsSaid) {
  write("none.yaml", "# nothing\n");
  const auto file = write("p_test.yaml",
                          "pipeline: nowhere.yaml\ntests: [{name: a, input: [], filtered: 0}]\n---\n"
                          "pipeline: none.yaml\ntests: [{name: a, input: [], filtered: 0}]\n---\n"
                          "pipeline: ''\ntests: []\n---\n"
                          "- pipeline: x.yaml\n");
  loader_.add_tests(file);
  EXPECT_EQ(problems(),
            "p_test.yaml:1:11: error: there is no pipeline file 'nowhere.yaml'\n"
            "  1 | pipeline: nowhere.yaml\n"
            "    |           ^~~~~~~~~~~~\n"
            "    = a relative path starts at the folder that this file stands in\n"
            "p_test.yaml:4:11: error: there is no pipeline in 'none.yaml'\n"
            "  4 | pipeline: none.yaml\n"
            "    |           ^~~~~~~~~\n"
            "p_test.yaml:7:11: error: the path of the pipeline's file is empty\n"
            "  7 | pipeline: ''\n"
            "    |           ^~\n"
            "p_test.yaml:8:8: error: 'tests' is empty\n"
            "  8 | tests: []\n"
            "    |        ^~\n"
            "    = add a test, or remove the key\n"
            "p_test.yaml:10:1: error: a file of tests is a map with 'pipeline' and 'tests', not a list\n"
            "  10 | - pipeline: x.yaml\n"
            "     | ^~~~~~~~~~~~~~~~~~\n"
            "     = write pipeline: FILE, and on the next line tests: ...\n"
            "5 errors in 1 file\n");
}

TEST_F(TestLoaderTest, AFileThatIsNotThereIsSaid) {
  loader_.add_tests(folder_ / "gone_test.yaml");
  loader_.add_pipelines(folder_ / "nowhere.yaml");
  EXPECT_THAT(problems(), HasSubstr("gone_test.yaml: error: the file cannot be read: No such file"));
  EXPECT_THAT(problems(), HasSubstr("nowhere.yaml: error: the file cannot be read: No such file"));
}

}  // namespace
}  // namespace hiveframe::daemon
