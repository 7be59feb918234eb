#include <algorithm>
#include <set>
#include <system_error>

#include "daemon/manager/pipeline_file.hpp"

namespace hiveframe::daemon {
namespace {

namespace fs = std::filesystem;

bool is_pipeline_file(const fs::directory_entry& entry) {
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
    if (!is_pipeline_file(*entries)) continue;
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

std::vector<fs::path> find_pipeline_files(const std::vector<fs::path>& paths,
                                          config::Diagnostics& diagnostics, EmptyFolder empty) {
  std::vector<fs::path> found;
  std::set<fs::path> seen;
  for (const fs::path& path : paths) {
    std::error_code error;
    const bool is_folder = fs::is_directory(path, error);
    const std::vector<fs::path> files =
        is_folder ? files_of_folder(path, diagnostics, empty) : std::vector<fs::path>{path};
    for (const fs::path& file : files) {
      // What cannot be resolved is left for the reading to report.
      const fs::path target = fs::canonical(file, error);
      if (seen.insert(error ? file : target).second) found.push_back(file);
    }
  }
  return found;
}

}  // namespace hiveframe::daemon
