#include "daemon/manager/configuration.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/stat.h>

#include "tests/unit/daemon/fake_connectors.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CountingEnvironment final : public config::Environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  FileText read_file(const std::filesystem::path& path) const override {
    ++reads[path];
    const auto found = files.find(path);
    if (found == files.end()) return {std::nullopt, "not here"};
    return {found->second, {}};
  }

  std::map<std::string, std::string> variables;
  std::map<std::filesystem::path, std::string> files;
  mutable std::map<std::filesystem::path, int> reads;
};

class ConfigurationTest : public testing::Test {
 public:
  ConfigurationTest() {
    std::filesystem::create_directories(folder_ / "pipelines");
    write("daemon.yaml", "pipelines: pipelines\n");
  }
  ~ConfigurationTest() override { std::filesystem::remove_all(folder_); }
  ConfigurationTest(const ConfigurationTest&) = delete;
  ConfigurationTest& operator=(const ConfigurationTest&) = delete;

 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  void write_pipeline(const std::string& name, const std::string& text) const {
    write("pipelines/" + name, text);
  }
  LoadedConfiguration load() const {
    return load_configuration(folder_ / "daemon.yaml", options_, daemon_, environment_);
  }
  Configuration sound() const {
    LoadedConfiguration loaded = load();
    EXPECT_EQ(loaded.diagnostics->render(), "");
    return loaded.configuration ? std::move(*loaded.configuration) : Configuration{};
  }
  std::string problems() const {
    const LoadedConfiguration loaded = load();
    EXPECT_FALSE(loaded.configuration);
    return loaded.diagnostics->render();
  }
  // What a reload compares, of the one pipeline of a text.
  config::Secret said_by(const std::string& yaml) const {
    write_pipeline("a.yaml", yaml);
    const Configuration configuration = sound();
    EXPECT_EQ(configuration.pipelines.size(), 1U);
    return configuration.pipelines.empty() ? config::Secret() : configuration.pipelines.front().fingerprint;
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  testing::UnitTest::GetInstance()->current_test_info()->name();
  pipeline::ConnectorRegistry connectors_ = fake_connectors();
  PipelineOptions options_{connectors_};
  DaemonOptions daemon_;
  CountingEnvironment environment_;
};

TEST_F(ConfigurationTest, TheDaemonAndItsPipelines) {
  write("daemon.yaml",
        "pipelines: [pipelines, more.yaml]\nstate_dir: state\nthreads: 3\nmemory_limit: 64MiB\n"
        "shutdown_timeout: 5s\nstart_timeout: 1m\nlog: {level: warning, format: json}\n");
  write_pipeline("b.yaml", "source: orders://h/eu\nsink: table://h/orders\nrestart: never\n");
  write_pipeline("a.yaml", "source: orders://h/eu\nsink: table://h/orders\n");
  write("more.yaml", "source: orders://h/us\nsink: table://h/orders\n");
  const Configuration configuration = sound();
  EXPECT_EQ(configuration.daemon.state_dir, folder_ / "state");
  EXPECT_EQ(configuration.daemon.threads, 3U);
  EXPECT_EQ(configuration.daemon.memory_limit, 64U << 20);
  EXPECT_EQ(configuration.daemon.shutdown_timeout, 5s);
  EXPECT_EQ(configuration.daemon.start_timeout, 1min);
  EXPECT_EQ(configuration.daemon.log.level, LogLevel::warning);
  EXPECT_EQ(configuration.daemon.log.format, LogFormat::json);
  ASSERT_EQ(configuration.pipelines.size(), 3U);
  EXPECT_EQ(configuration.pipelines[0].spec.name, "a");
  EXPECT_EQ(configuration.pipelines[0].restart, Restart::on_failure);
  EXPECT_EQ(configuration.pipelines[1].spec.name, "b");
  EXPECT_EQ(configuration.pipelines[1].restart, Restart::never);
  EXPECT_EQ(configuration.pipelines[2].spec.name, "more");
  EXPECT_EQ(configuration.pipelines[2].file, (folder_ / "more.yaml").string());
}

TEST_F(ConfigurationTest, AnEmptyFolderIsAServiceWithNothingToDoYet) {
  EXPECT_THAT(sound().pipelines, IsEmpty());
  EXPECT_EQ(sound().daemon.threads, 0U);
}

TEST_F(ConfigurationTest, EveryProblemOfEveryFile) {
  write("daemon.yaml", "pipelines: pipelines\n");
  write_pipeline("a.yaml", "source: orders://h/eu\nsink: table://h/orders\n");
  write_pipeline("broken.yaml", "source: [\n");
  write_pipeline("wrong.yaml", "source: orders://h/eu\nsinc: table://h/orders\n");
  EXPECT_THAT(problems(),
              AllOf(HasSubstr("broken.yaml:"), HasSubstr("wrong.yaml:2:1: error: unknown option 'sinc'"),
                    Not(HasSubstr("a.yaml"))));
}

TEST_F(ConfigurationTest, WhatIsNoDaemonFile) {
  write("daemon.yaml", "");
  EXPECT_THAT(problems(), HasSubstr("a daemon file is a map of settings"));
  write("daemon.yaml", "- pipelines\n");
  EXPECT_THAT(problems(), HasSubstr("a daemon file is a map of settings"));
  write("daemon.yaml", "source: orders://h/eu\nsink: table://h/orders\n");
  EXPECT_THAT(problems(), HasSubstr("this is a pipeline, not a daemon file"));
  write("daemon.yaml", "pipelines: pipelines\n---\nsource: orders://h/eu\n");
  EXPECT_THAT(problems(), HasSubstr("3:1: error: a daemon file is one document"));
  write("daemon.yaml", "state_dir: state\n");
  EXPECT_THAT(problems(), HasSubstr("the daemon file needs the option 'pipelines'"));
  write("daemon.yaml", "pipelines: pipelines\nthreads: none\nmemory_limit: 1MiB\nshutdown_timeout: 0\n");
  EXPECT_THAT(problems(), AllOf(HasSubstr("2:10: error:"), HasSubstr("3:15: error:"),
                                HasSubstr("4:19: error:"), HasSubstr("3 errors in 1 file")));
  std::filesystem::remove(folder_ / "daemon.yaml");
  EXPECT_THAT(problems(), HasSubstr("the file cannot be read: No such file or directory"));
}

TEST_F(ConfigurationTest, AFifoInTheFolderIsNotWaitedFor) {
  ASSERT_EQ(mkfifo((folder_ / "pipelines" / "fifo.yaml").c_str(), 0600), 0);
  EXPECT_THAT(problems(), HasSubstr("fifo.yaml: error: it is neither a file nor a folder"));
}

TEST_F(ConfigurationTest, CommentsAndQuotesChangeNothing) {
  const config::Secret before = said_by("source: orders://h/eu\nsink: table://h/orders\n");
  EXPECT_EQ(before,
            said_by("# orders of Europe\n\nsource:   'orders://h/eu' # here\nsink: \"table://h/orders\"\n"));
  EXPECT_FALSE(before == said_by("source: orders://h/eu\nsink: table://h/returns\n"));
  EXPECT_FALSE(before == said_by("source: orders://h/eu\nsink: table://h/orders\nparallelism: 2\n"));
  EXPECT_FALSE(before == said_by("name: a2\nsource: orders://h/eu\nsink: table://h/orders\n"));
}

TEST_F(ConfigurationTest, TestsChangeNothing) {
  const std::string pipeline = "source: orders://h/eu\nsink: table://h/orders\n";
  const config::Secret before = said_by(pipeline);
  EXPECT_EQ(before, said_by(pipeline + "tests: [{name: t, input: [{a: 1}], expect: [{a: 1}]}]\n"));
  EXPECT_EQ(before, said_by("tests: [{name: t, input: [], expect: []}]\n" + pipeline));
  // Below other keys it is a name like others.
  EXPECT_FALSE(said_by(pipeline + "transforms: [{set: {tests: 1}}]\n") ==
               said_by(pipeline + "transforms: [{set: {tests: 2}}]\n"));
  EXPECT_FALSE(before == said_by(pipeline + "ordered: false\ntests: [{name: t, input: [], expect: []}]\n"));
}

TEST_F(ConfigurationTest, ValuesDoNotRunIntoEachOther) {
  const std::string sink = "sink: table://h/orders\n";
  EXPECT_FALSE(said_by("source: orders://h/eu\n" + sink + "transforms: [{drop: [a, b]}]\n") ==
               said_by("source: orders://h/eu\n" + sink + "transforms: [{drop: [a]}, {drop: [b]}]\n"));
  environment_.variables = {{"A", "x"}, {"B", "yz"}};
  const std::string two = "source: {type: orders, topic: '${A}${B}', host: h}\n" + sink;
  const config::Secret before = said_by(two);
  environment_.variables = {{"A", "xy"}, {"B", "z"}};
  EXPECT_FALSE(before == said_by(two));
}

TEST_F(ConfigurationTest, TextAndNumbersAreTwoThings) {
  const std::string beginning = "source: orders://h/eu\nsink: table://h/orders\ntransforms: [{set: {a: ";
  EXPECT_FALSE(said_by(beginning + "1}}]\n") == said_by(beginning + "'1'}}]\n"));
}

TEST_F(ConfigurationTest, AnotherSecretIsAChange) {
  const std::string yaml =
      "source: orders://h/eu\nsink: {uri: 'table://h/orders', password: '${file:/run/pw}'}\n";
  environment_.files["/run/pw"] = "hunter2\n";
  const config::Secret before = said_by(yaml);
  EXPECT_EQ(before, said_by(yaml));
  environment_.files["/run/pw"] = "hunter3\n";
  EXPECT_FALSE(before == said_by(yaml));
  environment_.variables["TOPIC"] = "eu";
  const std::string variable = "source: 'orders://h/${TOPIC}'\nsink: table://h/orders\n";
  const config::Secret europe = said_by(variable);
  environment_.variables["TOPIC"] = "us";
  EXPECT_FALSE(europe == said_by(variable));
}

TEST_F(ConfigurationTest, AFileIsReadOnce) {
  environment_.files["/run/pw"] = "hunter2\n";
  write_pipeline(
      "a.yaml",
      "source: orders://h/eu\nsink: {uri: 'table://h/orders', password: '${file:/run/pw}'}\n---\n"
      "name: b\nsource: orders://h/us\nsink: {uri: 'table://h/us', password: '${file:/run/pw}'}\n");
  load();
  EXPECT_EQ(environment_.reads["/run/pw"], 1);
}

TEST_F(ConfigurationTest, RelativePathsStartAtTheFolder) {
  const std::string yaml = "name: a\nsource: orders://h/eu\nsink: table://h/orders\n";
  const config::Secret before = said_by(yaml);
  std::filesystem::create_directories(folder_ / "other");
  std::filesystem::rename(folder_ / "pipelines" / "a.yaml", folder_ / "other" / "a.yaml");
  write("daemon.yaml", "pipelines: other\n");
  EXPECT_FALSE(before == sound().pipelines.at(0).fingerprint);
}

TEST_F(ConfigurationTest, WhatIsShownHoldsNoSecret) {
  environment_.files["/run/pw"] = "from a file";
  write_pipeline(
      "a.yaml",
      "# orders of Europe\nname: one\nsource: orders://h/eu # by topic\n"
      "sinks:\n  - {uri: 'table://h/orders', user: u, password: hunter2}\n"
      "  - table://u:hunter3@h/returns\n  - type: table\n    table: t\n    password: ${file:/run/pw}\n"
      "---\nname: two\nsource: orders://h/us\nsink: table://h/us\n");
  const Configuration configuration = sound();
  ASSERT_EQ(configuration.pipelines.size(), 2U);
  const std::string& one = configuration.pipelines[0].text;
  EXPECT_THAT(one, AllOf(HasSubstr("source: orders://h/eu # by topic\n"), HasSubstr("password: ***}"),
                         HasSubstr("table://u:***@h/returns"), HasSubstr("password: ${file:/run/pw}")));
  EXPECT_THAT(one, AllOf(Not(HasSubstr("hunter")), Not(HasSubstr("from a file")), Not(HasSubstr("two"))));
  EXPECT_THAT(configuration.pipelines[1].text, AllOf(HasSubstr("name: two"), Not(HasSubstr("one"))));
}

TEST(DaemonChanges, WhatIsInForceAfterARestartOnly) {
  DaemonSettings before;
  DaemonSettings after;
  EXPECT_THAT(changes_that_need_a_restart(before, after), IsEmpty());
  after.pipelines = {"/elsewhere"};
  after.shutdown_timeout = 1s;
  after.start_timeout = 1s;
  EXPECT_THAT(changes_that_need_a_restart(before, after), IsEmpty());
  after.log.level = LogLevel::error;
  EXPECT_THAT(changes_that_need_a_restart(before, after), IsEmpty());
  after.log.format = LogFormat::json;
  after.state_dir = "/elsewhere";
  after.threads = 7;
  after.memory_limit = 8 << 20;
  EXPECT_THAT(changes_that_need_a_restart(before, after),
              ElementsAre("state_dir", "threads", "memory_limit", "log.format"));
}

}  // namespace
}  // namespace hiveframe::daemon
