#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/testing/captured_records.hpp"
#include "daemon/testing/pipeline_test.hpp"
#include "pipeline/runtime/exec/engine.hpp"
#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::daemon {

/// What came of a test's input.
struct TestOutcome {
  std::vector<std::shared_ptr<CapturedRecords>> sinks;  ///< one for each of the pipeline's
  std::shared_ptr<CapturedRecords> dead_letters;  ///< of all bad records, whatever on_error does with them
  std::uint64_t filtered = 0;
  std::string failure;  ///< why the pipeline could not go on, but for a bad record; else empty
};

/// Runs tests: their pipelines go through the runtime as ever, with the test's records for a source and sinks
/// that keep what they get. Nothing is read, written or stored. One test at a time.
class TestRunner {
 public:
  /// `environment` is that of the process, below the variables of tests.
  explicit TestRunner(std::map<std::string, std::string> environment);

  TestOutcome run(const PipelineTest& test);

 private:
  runtime::Status run_once(runtime::PipelineSpec pipeline, const PipelineTest& test);

  runtime::Engine engine_;
  std::map<std::string, std::string> environment_;
};

/// `env` of a test's expressions.
std::map<std::string, std::string> variables_of(const PipelineTest& test,
                                                const std::map<std::string, std::string>& environment);

}  // namespace hiveframe::daemon
