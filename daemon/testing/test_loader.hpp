#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/environment.hpp"
#include "config/source_file.hpp"
#include "config/yaml.hpp"
#include "daemon/manager/pipeline_options.hpp"
#include "daemon/testing/pipeline_test.hpp"

namespace hiveframe::daemon {

struct TestFileSettings;

/// Reads tests from pipeline files and files of tests, and reads the pipelines they are of. Reports every
/// problem of both, and what does not fit together: a sink that the pipeline does not have. Everything given
/// to it outlives it. Not thread-safe.
class TestLoader {
 public:
  TestLoader(const PipelineOptions& options, const config::Environment& environment,
             config::Diagnostics& diagnostics)
      : options_(options), environment_(environment), diagnostics_(diagnostics) {}

  /// The file, read once however often it is asked for; null: it cannot be read, which was reported.
  config::SourceFilePtr open(const std::filesystem::path& path);

  /// Takes the tests that stand in a pipeline file.
  void add_pipelines(const std::filesystem::path& path);
  /// Takes the tests of a file of tests. The pipelines they are of need no test of their own.
  void add_tests(const std::filesystem::path& path);

  /// In the order they were added. Complete only if nothing was reported.
  [[nodiscard]] const std::vector<PipelineTest>& tests() const noexcept { return tests_; }
  /// "orders.yaml, pipeline orders": each pipeline of add_pipelines() that nothing tests.
  [[nodiscard]] std::vector<std::string> untested() const;

 private:
  struct PipelineDocument {
    config::Node node;
    std::string name;  ///< of the pipeline, as far as it can be told
    std::string stem;  ///< names it if it has no name itself
    bool is_asked_for = false;
    bool is_tested = false;
  };
  struct PipelineFile {
    std::filesystem::path path;
    std::vector<PipelineDocument> documents;
  };

  PipelineFile* pipelines(const std::filesystem::path& path);
  PipelineDocument* tested_document(const std::filesystem::path& test_file, const config::Node& document,
                                    TestFileSettings& settings);
  void add(PipelineDocument& document, std::vector<TestSettings> tests);

  const PipelineOptions& options_;
  const config::Environment& environment_;
  config::Diagnostics& diagnostics_;
  std::map<std::filesystem::path, config::SourceFilePtr> opened_;
  std::map<std::filesystem::path, PipelineFile> pipelines_;
  std::vector<PipelineTest> tests_;
};

}  // namespace hiveframe::daemon
