#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "daemon/cli/command.hpp"
#include "daemon/cli/show_diagnostics.hpp"
#include "daemon/manager/pipeline_paths.hpp"
#include "daemon/os/log.hpp"
#include "daemon/os/process.hpp"
#include "daemon/testing/judgement.hpp"
#include "daemon/testing/junit.hpp"
#include "daemon/testing/test_loader.hpp"
#include "daemon/testing/test_report.hpp"

namespace hiveframe::daemon {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::vector<fs::path> paths;
  std::string junit;
};

// The paths given, and beside each pipeline file the file of its tests: orders_test.yaml beside orders.yaml.
std::vector<fs::path> with_files_beside(const std::vector<fs::path>& paths) {
  std::vector<fs::path> all = paths;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::is_regular_file(path, error) || is_test_file(path)) continue;
    fs::path beside = path;
    beside.replace_filename(path.stem().string() + "_test" + path.extension().string());
    if (fs::is_regular_file(beside, error)) all.push_back(std::move(beside));
  }
  return all;
}

std::vector<TestResult> run_all(const std::vector<PipelineTest>& tests, TestReport& report) {
  // What the runtime has to say of a bad record is said by the test.
  std::ostream nowhere(nullptr);
  Console console(nowhere);
  const Log log(console, LogSettings{.level = LogLevel::error});
  const std::map<std::string, std::string> environment = environment_variables();
  TestRunner runner(environment);
  std::vector<TestResult> results;
  for (const PipelineTest& test : tests) {
    const auto begin = std::chrono::steady_clock::now();
    const TestOutcome outcome = runner.run(test);
    TestResult result{&test, judge(test, outcome, variables_of(test, environment)), {}};
    result.took = std::chrono::steady_clock::now() - begin;
    report.add(result);
    results.push_back(std::move(result));
  }
  return results;
}

bool write_junit(const std::string& path, const std::string& xml, Io& io) {
  if (path.empty()) return true;
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << xml;
  file.close();
  if (file) return true;
  io.err << "hiveframed test: cannot write " << path << ": " << std::strerror(errno) << '\n';
  return false;
}

int test(const Arguments& arguments, Invocation& invocation) {
  Io& io = invocation.io;
  const PipelineOptions options(invocation.connectors);
  const config::ProcessEnvironment environment;
  config::Diagnostics diagnostics;
  TestLoader loader(options, environment, diagnostics);
  const ConfigPaths paths = find_config_files(with_files_beside(arguments.paths), diagnostics);
  for (const fs::path& path : paths.pipelines)
    loader.add_pipelines(path);
  for (const fs::path& path : paths.tests)
    loader.add_tests(path);
  // A build server that found the results of an earlier run would take this one for passed.
  if (!diagnostics.empty()) {
    show(diagnostics, io);
    write_junit(arguments.junit, junit_xml(diagnostics), io);
    return exit_usage;
  }
  TestReport report(io.out, io.out_terminal.colour);
  for (const std::string& pipeline : loader.untested())
    report.add_untested(pipeline);
  if (loader.tests().empty()) {
    io.out.flush();
    io.err << "hiveframed test: there is no test\n"
              "  add 'tests:' to a pipeline; 'hiveframed explain tests' shows how\n";
    diagnostics.error({}, "there is no test");
    write_junit(arguments.junit, junit_xml(diagnostics), io);
    return exit_usage;
  }
  const std::vector<TestResult> results = run_all(loader.tests(), report);
  report.summary(results);
  const bool written = write_junit(arguments.junit, junit_xml(results), io);
  const bool passed =
      std::all_of(results.begin(), results.end(), [](const TestResult& result) { return result.passed(); });
  return passed && written ? exit_done : exit_failed;
}

}  // namespace

void add_test(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "test",
      "Runs the tests of pipelines: what stands below 'tests:' in their files, and in files *_test.yaml.\n"
      "Records go through the pipeline itself; nothing is read, connected to or written.\n"
      "Exit status: 0 all passed, 1 some failed, 2 the files are wrong or hold no test.");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("PATH", arguments->paths,
                   "Pipeline files, with NAME_test.yaml beside them; files of tests; or folders of both")
      ->required();
  command
      ->add_option("--junit", arguments->junit,
                   "Write the results as JUnit XML, for build servers; also of files that are wrong")
      ->type_name("FILE");
  command->footer(R"(Examples:
  hiveframed test orders.yaml
  hiveframed test pipelines/ --junit results.xml
  hiveframed explain tests                       all that a test can give and expect

  # orders.yaml
  source: /data/orders.ndjson
  transforms:
    - filter: record.status == 'paid'
    - set: {total: record.amount * 1.2, at: now}
  sink: /data/paid.ndjson
  on_error: {dead_letter: /data/bad.ndjson}

  tests:
    - name: paid orders get a total
      now: 2026-03-01T12:00:00Z
      input:
        - {id: 1, status: paid, amount: 10}
        - {id: 2, status: open, amount: 99}
      expect:
        - {id: 1, status: paid, amount: 10, total: 12, at: 2026-03-01T12:00:00Z}
      filtered: 1
    - name: an amount in words is a bad record
      input_text: '{"id": 3, "status": "paid", "amount": "ten"}'
      dead_letters:
        - {error: expression, stage: "transforms[1]", record: {id: 3, status: paid, amount: ten}}

  Instead of a whole record, 'expect' takes {contains: {id: 1}} and {check: record.total > 5},
  and with several sinks a map: {'sinks[0]': [...], 'sinks[1]': []}.

  # orders_test.yaml: the same beside the pipeline
  pipeline: orders.yaml
  tests: [...])");
  command->callback([arguments, &invocation] {
    invocation.action = [arguments, &invocation] { return test(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
