#include "daemon/manager/pipeline_paths.hpp"

#include <algorithm>
#include <set>
#include <system_error>

namespace hiveframe::daemon {
namespace {

namespace fs = std::filesystem;

bool is_config_file(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  const std::string extension = entry.path().extension().string();
  std::error_code ignored;
  // Editors and ConfigMap volumes keep hidden copies beside the file.
  return !name.starts_with('.') && (extension == ".yaml" || extension == ".yml") &&
         !entry.is_directory(ignored);
}

// Whoever reads a FIFO waits for a writer, who may never come.
bool is_no_file(const fs::directory_entry& entry) {
  std::error_code error;
  const fs::file_status status = entry.status(error);
  return !error && fs::exists(status) && !fs::is_regular_file(status);
}

std::vector<fs::path> files_of_folder(const fs::path& folder, config::Diagnostics& diagnostics,
                                      EmptyFolder empty) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (!is_config_file(*entries)) continue;
    if (is_no_file(*entries)) {
      diagnostics.file_error(entries->path().string(), "it is neither a file nor a folder",
                             "remove it from the folder, or give it another extension");
    } else {
      files.push_back(entries->path());
    }
  }
  if (error) {
    diagnostics.file_error(folder.string(), "the folder cannot be read: " + error.message());
  } else if (files.empty() && empty == EmptyFolder::reported) {
    diagnostics.file_error(folder.string(), "there is no *.yaml or *.yml file in this folder",
                           "folders in it are not searched: name them");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool is_test_file(const fs::path& path) {
  const fs::path extension = path.extension();
  return (extension == ".yaml" || extension == ".yml") && path.stem().native().ends_with("_test");
}

ConfigPaths find_config_files(const std::vector<fs::path>& paths, config::Diagnostics& diagnostics,
                              EmptyFolder empty) {
  ConfigPaths found;
  std::set<fs::path> seen;
  for (const fs::path& path : paths) {
    std::error_code error;
    const bool is_folder = fs::is_directory(path, error);
    const std::vector<fs::path> files =
        is_folder ? files_of_folder(path, diagnostics, empty) : std::vector<fs::path>{path};
    for (const fs::path& file : files) {
      // What cannot be resolved is left for the reading to report.
      const fs::path target = fs::canonical(file, error);
      if (seen.insert(error ? file : target).second)
        (is_test_file(file) ? found.tests : found.pipelines).push_back(file);
    }
  }
  return found;
}

std::vector<fs::path> find_pipeline_files(const std::vector<fs::path>& paths,
                                          config::Diagnostics& diagnostics, EmptyFolder empty) {
  std::vector<fs::path> pipelines;
  std::set<fs::path> seen;
  for (const fs::path& path : paths) {
    const std::size_t reports = diagnostics.reports();
    const ConfigPaths found = find_config_files({path}, diagnostics, empty);
    std::error_code error;
    if (!fs::is_directory(path, error) && !found.tests.empty()) {
      diagnostics.file_error(path.string(),
                             "files named *_test.yaml hold tests of pipelines, and no pipelines",
                             "run them with 'hiveframed test', or give the file another name");
    } else if (found.pipelines.empty() && empty == EmptyFolder::reported &&
               diagnostics.reports() == reports) {
      diagnostics.file_error(path.string(), "there are only files of tests in this folder, and no pipelines");
    }
    for (const fs::path& file : found.pipelines) {
      const fs::path target = fs::canonical(file, error);
      if (seen.insert(error ? file : target).second) pipelines.push_back(file);
    }
  }
  return pipelines;
}

}  // namespace hiveframe::daemon
