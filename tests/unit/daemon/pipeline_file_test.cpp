#include "daemon/manager/pipeline_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "config/environment.hpp"
#include "tests/unit/daemon/fake_connectors.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FixedEnvironment final : public config::Environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  FileText read_file(const std::filesystem::path&) const override { return {std::nullopt, "not here"}; }

  std::map<std::string, std::string> variables;
};

class PipelineFileTest : public testing::Test {
 protected:
  std::vector<runtime::PipelineSpec> read(const std::string& yaml, const std::string& name = "orders.yaml") {
    return files_.read(config::SourceFile::make(name, yaml, "/etc/pipelines"),
                       std::filesystem::path(name).stem().string());
  }
  // The one sound pipeline of a text.
  runtime::PipelineSpec sound(const std::string& yaml) {
    std::vector<runtime::PipelineSpec> specs = read(yaml);
    EXPECT_EQ(problems(), "");
    EXPECT_EQ(specs.size(), 1U);
    return specs.empty() ? runtime::PipelineSpec{} : std::move(specs.front());
  }
  std::string problems() const { return diagnostics_.render(); }

  pipeline::ConnectorRegistry connectors_ = fake_connectors();
  PipelineOptions options_{connectors_};
  FixedEnvironment environment_;
  config::Diagnostics diagnostics_;
  PipelineFiles files_{options_, environment_, diagnostics_};
};

TEST_F(PipelineFileTest, KnowsWhoWritesToStandardOutput) {
  const runtime::PipelineSpec neither = sound("name: a\nsource: orders://h/eu\nsink: table://h/orders\n");
  EXPECT_FALSE(neither.sinks[0].standard_output);
  const runtime::PipelineSpec both = sound(
      "name: b\nsource: pipe\nsinks: [table://h/orders, {type: page, url: https://h/}]\n"
      "on_error: {dead_letter: https://h/}\n");
  EXPECT_FALSE(both.sinks[0].standard_output);
  EXPECT_TRUE(both.sinks[1].standard_output);
  ASSERT_TRUE(both.dead_letter);
  EXPECT_TRUE(both.dead_letter->standard_output);
}

TEST_F(PipelineFileTest, TheShortestPipelineHasTheDefaults) {
  const runtime::PipelineSpec spec = sound("source: orders://h/eu\nsink: table://h/orders\n");
  EXPECT_EQ(spec.name, "orders");
  EXPECT_EQ(spec.source_display, "orders://h/eu");
  EXPECT_TRUE(spec.source);
  EXPECT_TRUE(spec.transforms.empty());
  ASSERT_EQ(spec.sinks.size(), 1U);
  EXPECT_EQ(spec.sinks[0].name, "sink");
  EXPECT_EQ(spec.sinks[0].when, nullptr);
  EXPECT_EQ(spec.delivery, runtime::Delivery::at_least_once);
  EXPECT_EQ(spec.on_error, runtime::OnError::stop);
  EXPECT_FALSE(spec.dead_letter);
  EXPECT_EQ(spec.retry.base_delay, 1s);
  EXPECT_EQ(spec.retry.max_delay, 30s);
  EXPECT_EQ(spec.retry.max_elapsed, std::nullopt);
  EXPECT_EQ(spec.circuit_breaker.failure_threshold, 5U);
  EXPECT_EQ(spec.max_record_bytes, 16U << 20);
  EXPECT_EQ(spec.parallelism, 0U);
  EXPECT_TRUE(spec.ordered);
}

TEST_F(PipelineFileTest, EveryOptionReachesTheSpec) {
  const runtime::PipelineSpec spec = sound(R"(
name: eu-orders.2
source: {type: orders, topic: eu}
transforms:
  - filter: record.status == 'paid'
  - set: {total: record.amount * 2}
  - drop: [note]
sinks:
  - {uri: "table://h/orders", when: record.total > 10}
  - https://example.com/orders
delivery: at_most_once
on_error: {dead_letter: {type: table, table: letters}}
retry: {base_delay_ms: 5, max_delay_ms: 7, exponential_base: 1.5, jitter: false, max_elapsed: 1h}
circuit_breaker: {failure_threshold: 9, success_threshold: 8, timeout_ms: 77, half_open_max_calls: 6}
batch: {records: 11, bytes: 12KiB, linger_ms: 13}
max_record_bytes: 1MiB
parallelism: 3
ordered: false
)");
  EXPECT_EQ(spec.name, "eu-orders.2");
  EXPECT_EQ(spec.source_display, "orders eu");
  ASSERT_EQ(spec.transforms.size(), 3U);
  EXPECT_EQ(spec.transforms[0].name, "transforms[0] filter");
  EXPECT_EQ(spec.transforms[1].name, "transforms[1] set");
  EXPECT_EQ(spec.transforms[2].name, "transforms[2] drop");
  ASSERT_EQ(spec.sinks.size(), 2U);
  EXPECT_EQ(spec.sinks[0].name, "sinks[0]");
  ASSERT_TRUE(spec.sinks[0].when);
  EXPECT_EQ(spec.sinks[0].when->text().str(), "record.total > 10");
  EXPECT_EQ(spec.sinks[1].name, "sinks[1]");
  EXPECT_EQ(spec.sinks[1].display, "https://example.com/orders");
  EXPECT_FALSE(spec.sinks[1].when);
  EXPECT_EQ(spec.delivery, runtime::Delivery::at_most_once);
  EXPECT_EQ(spec.on_error, runtime::OnError::dead_letter);
  ASSERT_TRUE(spec.dead_letter);
  EXPECT_EQ(spec.dead_letter->name, "dead_letter");
  EXPECT_EQ(spec.dead_letter->display, "table letters");
  EXPECT_EQ(spec.retry.base_delay, 5ms);
  EXPECT_EQ(spec.retry.max_delay, 7ms);
  EXPECT_DOUBLE_EQ(spec.retry.exponential_base, 1.5);
  EXPECT_FALSE(spec.retry.jitter);
  EXPECT_EQ(spec.retry.max_elapsed, 1h);
  EXPECT_EQ(spec.circuit_breaker.failure_threshold, 9U);
  EXPECT_EQ(spec.circuit_breaker.success_threshold, 8U);
  EXPECT_EQ(spec.circuit_breaker.timeout, 77ms);
  EXPECT_EQ(spec.circuit_breaker.half_open_max_calls, 6U);
  EXPECT_EQ(spec.batch.records, 11U);
  EXPECT_EQ(spec.batch.bytes, 12U << 10);
  EXPECT_EQ(spec.batch.linger, 13ms);
  EXPECT_EQ(spec.max_record_bytes, 1U << 20);
  EXPECT_EQ(spec.parallelism, 3U);
  EXPECT_FALSE(spec.ordered);
}

TEST_F(PipelineFileTest, OnErrorHasShortForms) {
  EXPECT_EQ(sound("source: pipe\nsink: table://h/t\non_error: drop\n").on_error, runtime::OnError::drop);
}

TEST_F(PipelineFileTest, SecretsDoNotShowInDisplays) {
  environment_.variables["PW"] = "tiger/@:";
  const runtime::PipelineSpec spec = sound("source: pipe\nsink: table://me:${PW}@h/t\n");
  EXPECT_THAT(spec.sinks[0].display, testing::Not(HasSubstr("tiger")));
}

TEST_F(PipelineFileTest, DocumentsAreSeveralPipelines) {
  const auto specs =
      read("name: a\nsource: pipe\nsink: table://h/t\n---\nname: b\nsource: pipe\nsink: table://h/t\n---\n");
  EXPECT_EQ(problems(), "");
  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(specs[0].name, "a");
  EXPECT_EQ(specs[1].name, "b");
}

TEST_F(PipelineFileTest, SoundPipelinesOfAFileWithOthersRemain) {
  const auto specs = read("name: a\nsource: pipe\n---\nname: b\nsource: pipe\nsink: table://h/t\n");
  ASSERT_EQ(specs.size(), 1U);
  EXPECT_EQ(specs[0].name, "b");
  EXPECT_THAT(problems(), HasSubstr("1 error in 1 file\n"));
}

TEST_F(PipelineFileTest, EveryProblemComesAtOnce) {
  read(R"(source: orders://k1/eu?watsch=true
transforms:
  - filter: record.name.lenght() > 3
sink: https://example.com/orders
delivery: exactly_once
retrys: {}
)");
  EXPECT_EQ(problems(), R"(orders.yaml:1:24: error: unknown option 'watsch' of the orders source
  1 | source: orders://k1/eu?watsch=true
    |                        ^~~~~~
    = did you mean 'watch'?
orders.yaml:3:25: error: unknown function 'lenght'
  3 |   - filter: record.name.lenght() > 3
    |                         ^~~~~~
    = did you mean 'size'? 'hiveframed explain functions' lists them all
orders.yaml:5:11: error: delivery 'exactly_once' cannot be kept from orders to page
  5 | delivery: exactly_once
    |           ^~~~~~~~~~~~
    = a page cannot take part in a commit; use at_least_once
orders.yaml:6:1: error: unknown option 'retrys' of the pipeline
  6 | retrys: {}
    | ^~~~~~
    = did you mean 'retry'?
4 errors in 1 file
)");
}

TEST_F(PipelineFileTest, ExactlyOnceAsksEveryPart) {
  EXPECT_EQ(sound("source: orders://h/t\nsink: table://h/t\ndelivery: exactly_once\n").delivery,
            runtime::Delivery::exactly_once);
  read("source: pipe\nsink: table://h/t\ndelivery: exactly_once\n", "a.yaml");
  EXPECT_THAT(problems(), HasSubstr("delivery 'exactly_once' cannot be kept from pipe to table"));
  EXPECT_THAT(problems(), HasSubstr("= what came from pipe cannot be read again; use at_least_once"));
  read("source: orders://h/t\nsinks: [table://h/t, table://h/u]\ndelivery: exactly_once\n", "b.yaml");
  EXPECT_THAT(problems(), HasSubstr("= several sinks do not commit together; use at_least_once"));
  read("source: orders://h/t\nsinks: [table://h/t, https://h/u]\ndelivery: exactly_once\n", "c.yaml");
  EXPECT_THAT(problems(),
              HasSubstr("c.yaml:3:11: error: delivery 'exactly_once' cannot be kept from orders to"));
}

TEST_F(PipelineFileTest, MetadataOfASourceThatDoesNotDeclareThemIsTaken) {
  sound("source: orders://h/t\ntransforms: [filter: meta.whatever == 1]\nsink: table://h/t\n");
}

TEST_F(PipelineFileTest, SinksAreNeededOnce) {
  read("source: pipe\n", "none.yaml");
  read("source: pipe\nsink: table://h/t\nsinks: [table://h/t]\n", "both.yaml");
  read("source: pipe\nsinks: []\n", "empty.yaml");
  EXPECT_EQ(problems(), R"(none.yaml:1:1: error: the pipeline has no sink
  1 | source: pipe
    | ^
    = add 'sink: ...', or 'sinks: [...]' for several
both.yaml:3:1: error: 'sinks' cannot be given together with 'sink'
  3 | sinks: [table://h/t]
    | ^~~~~
    = put all of them into 'sinks'
empty.yaml:2:8: error: 'sinks' is empty
  2 | sinks: []
    |        ^~
    = a pipeline needs at least one sink
3 errors in 3 files
)");
}

TEST_F(PipelineFileTest, NamesMustFit) {
  const std::string rest = "\nsource: pipe\nsink: table://h/t\n";
  read("name: eu orders" + rest, "a.yaml");
  read("name: -eu" + rest, "b.yaml");
  read("name: " + std::string(65, 'x') + rest, "c.yaml");
  read("name: ''" + rest, "d.yaml");
  read("name: größe" + rest, "e.yaml");
  EXPECT_EQ(diagnostics_.count(), 5U) << problems();
  EXPECT_THAT(problems(), HasSubstr("a.yaml:1:7: error: 'eu orders' cannot name a pipeline: only "));
  EXPECT_THAT(problems(), HasSubstr("b.yaml:1:7: error: '-eu' cannot name a pipeline: it must begin with"));
}

TEST_F(PipelineFileTest, TheLongestNameFits) {
  EXPECT_EQ(sound("name: " + std::string(64, 'x') + "\nsource: pipe\nsink: table://h/t\n").name,
            std::string(64, 'x'));
}

TEST_F(PipelineFileTest, TheFileNameMustFitWhenItIsTheName) {
  read("source: pipe\nsink: table://h/t\n", "my orders.yaml");
  EXPECT_EQ(
      problems(),
      "my orders.yaml: error: the file's name 'my orders' cannot name its pipeline: only the letters a to "
      "z and A to Z, digits, '-', '_' and '.' are allowed\n"
      "  = add 'name: ...' to the file\n"
      "1 error in 1 file\n");
}

TEST_F(PipelineFileTest, PipelinesOfOneFileAreNamed) {
  read("name: a\nsource: pipe\nsink: table://h/t\n---\nsource: pipe\nsink: table://h/t\n");
  EXPECT_EQ(problems(), R"(orders.yaml:5:1: error: one of several pipelines in a file has no name
  5 | source: pipe
    | ^
    = add 'name: ...' to each of them
1 error in 1 file
)");
}

TEST_F(PipelineFileTest, NamesAreUniqueAmongFiles) {
  const std::string rest = "source: pipe\nsink: table://h/t\n";
  read("name: orders\n" + rest, "a.yaml");
  read(rest, "orders.yaml");
  read("# a comment\nname: orders\n" + rest, "b.yaml");
  EXPECT_EQ(problems(), R"(orders.yaml: error: there is another pipeline 'orders' in a.yaml:1
  = give one of them another name with 'name: ...'
b.yaml:2:7: error: there is another pipeline 'orders' in a.yaml:1
  2 | name: orders
    |       ^~~~~~
    = give one of them another name
2 errors in 2 files
)");
}

TEST_F(PipelineFileTest, NamesAreComparedAlsoWhenTheRestIsWrong) {
  read("name: orders\nsource: pipe\n", "a.yaml");
  read("name: orders\nsink: table://h/t\n", "b.yaml");
  EXPECT_THAT(problems(), HasSubstr("b.yaml:1:7: error: there is another pipeline 'orders' in a.yaml:1"));
}

TEST_F(PipelineFileTest, AFileWithoutPipelineIsAnError) {
  read("# nothing yet\n", "empty.yaml");
  read("- source: pipe\n", "list.yaml");
  read("pipe", "word.yaml");
  EXPECT_THAT(problems(), HasSubstr("empty.yaml: error: there is no pipeline in this file\n"));
  EXPECT_THAT(problems(), HasSubstr("list.yaml:1:1: error: "));
  EXPECT_THAT(problems(), HasSubstr("word.yaml:1:1: error: "));
  EXPECT_EQ(diagnostics_.count(), 3U) << problems();
}

TEST_F(PipelineFileTest, OnErrorSaysItsForms) {
  const std::string rest = "source: pipe\nsink: table://h/t\n";
  read(rest + "on_error: ignore\n", "a.yaml");
  read(rest + "on_error: dead_letter\n", "b.yaml");
  read(rest + "on_error: {dead_letter: table://h/t, action: drop}\n", "c.yaml");
  read(rest + "on_error: {dead_letter: {type: table, table: t, when: 'true'}}\n", "d.yaml");
  read(rest + "on_error: [drop]\n", "e.yaml");
  EXPECT_EQ(problems(),
            R"(a.yaml:3:11: error: expected stop, drop, or a map with 'dead_letter', found 'ignore'
  3 | on_error: ignore
    |           ^~~~~~
b.yaml:3:11: error: a dead letter needs a sink
  3 | on_error: dead_letter
    |           ^~~~~~~~~~~
    = write it as a map: on_error: {dead_letter: <sink>}
c.yaml:3:38: error: 'action' cannot be given together with 'dead_letter'
  3 | on_error: {dead_letter: table://h/t, action: drop}
    |                                      ^~~~~~
    = remove one of them
d.yaml:3:49: error: a dead letter has no 'when'
  3 | on_error: {dead_letter: {type: table, table: t, when: 'true'}}
    |                                                 ^~~~
    = it takes every bad record
e.yaml:3:11: error: expected stop, drop, or a map with 'dead_letter', found a list
  3 | on_error: [drop]
    |           ^~~~~~
5 errors in 5 files
)");
}

TEST_F(PipelineFileTest, WaitsMustMakeSense) {
  read("source: pipe\nsink: table://h/t\nretry: {base_delay_ms: 40000}\n");
  EXPECT_EQ(problems(),
            R"(orders.yaml:3:24: error: 'max_delay_ms' (30000) is less than 'base_delay_ms' (40000)
  3 | retry: {base_delay_ms: 40000}
    |                        ^~~~~
    = raise 'max_delay_ms', or lower 'base_delay_ms'
1 error in 1 file
)");
}

TEST_F(PipelineFileTest, WhenIsAConditionInItsPlace) {
  read("source: pipe\nsink: {uri: 'table://h/t', when: record.total + }\n", "a.yaml");
  read("source: pipe\nsink: {uri: 'table://h/t', when: '\"yes\"'}\n", "b.yaml");
  EXPECT_THAT(problems(), HasSubstr("a.yaml:2:"));
  EXPECT_THAT(problems(), HasSubstr("b.yaml:2:"));
  EXPECT_EQ(diagnostics_.count(), 2U) << problems();
}

TEST_F(PipelineFileTest, AFileThatCannotBeReadIsAnError) {
  EXPECT_TRUE(files_.read("/nowhere/orders.yaml").empty());
  EXPECT_EQ(
      problems(),
      "/nowhere/orders.yaml: error: the file cannot be read: No such file or directory\n1 error in 1 file\n");
}

}  // namespace
}  // namespace hiveframe::daemon
