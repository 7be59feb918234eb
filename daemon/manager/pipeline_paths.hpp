#pragma once

#include <filesystem>
#include <vector>

#include "config/diagnostic.hpp"

namespace hiveframe::daemon {

/// The files that paths stand for, each once.
struct ConfigPaths {
  std::vector<std::filesystem::path> pipelines;
  std::vector<std::filesystem::path> tests;  ///< *_test.yaml: tests of pipelines that stand in other files
};

/// What is said of a folder without what is looked for.
enum class EmptyFolder { reported, allowed };

/// Whether a file holds tests of pipelines, by its name: *_test.yaml.
bool is_test_file(const std::filesystem::path& path);

/// A path of a file is that file, of a folder the *.yaml and *.yml files directly in it, by name, without
/// hidden ones. Reports folders that cannot be read, and what is no file in them.
ConfigPaths find_config_files(const std::vector<std::filesystem::path>& paths,
                              config::Diagnostics& diagnostics, EmptyFolder empty = EmptyFolder::reported);

/// The pipeline files alone: files of tests in folders are passed over. Reports, too, a file of tests that is
/// named itself.
std::vector<std::filesystem::path> find_pipeline_files(const std::vector<std::filesystem::path>& paths,
                                                       config::Diagnostics& diagnostics,
                                                       EmptyFolder empty = EmptyFolder::reported);

}  // namespace hiveframe::daemon
