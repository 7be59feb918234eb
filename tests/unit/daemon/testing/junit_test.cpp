#include "daemon/testing/junit.hpp"

#include <gtest/gtest.h>

namespace hiveframe::daemon {
namespace {

PipelineTest test_of(const std::string& file, const std::string& name) {
  const config::SourceFilePtr source = config::SourceFile::make(file, "\n\nhere");
  PipelineTest test;
  test.settings.name = config::LocatedText(name);
  test.settings.place = {source, 2, 6};
  test.pipeline.name = "orders";
  return test;
}

TEST(JUnit, ASuiteForEachFileInTheirOrder) {
  const PipelineTest one = test_of("b.yaml", "one");
  const PipelineTest two = test_of("b.yaml", "two");
  const PipelineTest three = test_of("a.yaml", "three");
  const Complaint complaint{{ComplaintLine::Role::heading, "sink, record 1"},
                            {ComplaintLine::Role::got, "  a  got 1"}};
  const std::vector<TestResult> results{{&one, {}, std::chrono::milliseconds(2)},
                                        {&two, complaint, std::chrono::milliseconds(3)},
                                        {&three, {}, {}}};
  EXPECT_EQ(junit_xml(results), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="hiveframed test" tests="3" failures="1" errors="0" time="0.005000">
  <testsuite name="b.yaml" tests="2" failures="1" errors="0" skipped="0" time="0.005000">
    <testcase name="one" classname="orders" file="b.yaml" line="3" time="0.002000"/>
    <testcase name="two" classname="orders" file="b.yaml" line="3" time="0.003000">
      <failure message="sink, record 1" type="difference">sink, record 1
  a  got 1
</failure>
    </testcase>
  </testsuite>
  <testsuite name="a.yaml" tests="1" failures="0" errors="0" skipped="0" time="0.000000">
    <testcase name="three" classname="orders" file="a.yaml" line="3" time="0.000000"/>
  </testsuite>
</testsuites>
)");
}

TEST(JUnit, IsWellFormedWhateverItHolds) {
  const PipelineTest test = test_of("a&b.yaml", "a < b && \"c\" > 'd'\t\x01\xff\xEF\xBF\xBE");
  const Complaint complaint{{ComplaintLine::Role::heading, "]]>\x1b<\xF0\x9F\x90\x9D"}};
  const std::vector<TestResult> results{{&test, complaint, {}}};
  const std::string xml = junit_xml(results);
  EXPECT_NE(xml.find(R"(<testsuite name="a&amp;b.yaml")"), std::string::npos) << xml;
  EXPECT_NE(xml.find("name=\"a &lt; b &amp;&amp; &quot;c&quot; &gt; 'd'&#9;\uFFFD\uFFFD\uFFFD\""),
            std::string::npos)
      << xml;
  EXPECT_NE(xml.find("type=\"difference\">]]&gt;\uFFFD&lt;\xF0\x9F\x90\x9D\n</failure>"), std::string::npos)
      << xml;
}

TEST(JUnit, FilesThatAreWrong) {
  const config::SourceFilePtr source = config::SourceFile::make("a.yaml", "name: x\ntokn: <b>\n");
  config::Diagnostics problems;
  problems.error({source, 8, 12}, "unknown option 'tokn'", "did you mean 'token'?");
  problems.conceal({source, 14, 17});
  problems.file_error("b.yaml", "the file cannot be read");
  problems.error({}, "there is no test");
  EXPECT_EQ(junit_xml(problems), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="hiveframed test" tests="3" failures="0" errors="3" time="0.000000">
  <testsuite name="a.yaml" tests="1" failures="0" errors="1" skipped="0" time="0.000000">
    <testcase name="configuration" classname="a.yaml" file="a.yaml" line="2" time="0.000000">
      <error message="unknown option 'tokn'" type="configuration">a.yaml:2:1: error: unknown option 'tokn'
  2 | tokn: ***
    | ^~~~
    = did you mean 'token'?
</error>
    </testcase>
  </testsuite>
  <testsuite name="b.yaml" tests="1" failures="0" errors="1" skipped="0" time="0.000000">
    <testcase name="configuration" classname="b.yaml" file="b.yaml" time="0.000000">
      <error message="the file cannot be read" type="configuration">b.yaml: error: the file cannot be read
</error>
    </testcase>
  </testsuite>
  <testsuite name="hiveframed test" tests="1" failures="0" errors="1" skipped="0" time="0.000000">
    <testcase name="configuration" classname="hiveframed test" time="0.000000">
      <error message="there is no test" type="configuration">error: there is no test
</error>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(JUnit, WithoutTests) {
  EXPECT_EQ(junit_xml(std::span<const TestResult>()), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="hiveframed test" tests="0" failures="0" errors="0" time="0.000000">
</testsuites>
)");
}

}  // namespace
}  // namespace hiveframe::daemon
