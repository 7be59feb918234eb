#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/environment.hpp"
#include "config/source_file.hpp"
#include "daemon/manager/exclusive_uses.hpp"
#include "daemon/manager/pipeline_configuration.hpp"
#include "daemon/manager/pipeline_options.hpp"

namespace hiveframe::daemon {

/// Reads pipeline files into what the runtime runs. One object for all files of a load: the names of
/// pipelines are unique among them, and what only one connector can use is used by one. Everything given to
/// it outlives it. Not thread-safe.
class PipelineFiles {
 public:
  PipelineFiles(const PipelineOptions& options, const config::Environment& environment,
                config::Diagnostics& diagnostics)
      : options_(options),
        environment_(environment),
        diagnostics_(diagnostics),
        uses_(options.connectors(), environment, diagnostics) {}

  /// The sound pipelines of a file. Reports everything that is wrong with the others.
  std::vector<PipelineConfiguration> configurations(const std::filesystem::path& path);
  /// The same of a text. `stem` names its pipeline if that is the only one and has no name.
  std::vector<PipelineConfiguration> configurations(const config::SourceFilePtr& file,
                                                    const std::string& stem);

  /// Of these, what is run.
  std::vector<runtime::PipelineSpec> read(const std::filesystem::path& path);
  std::vector<runtime::PipelineSpec> read(const config::SourceFilePtr& file, const std::string& stem);

 private:
  config::LocatedText name_of(const config::Node& document, bool alone, const config::SourceFilePtr& file,
                              const std::string& stem);
  void check_name(const config::LocatedText& name);

  const PipelineOptions& options_;
  const config::Environment& environment_;
  config::Diagnostics& diagnostics_;
  std::map<std::string, config::Span, std::less<>> names_;  // of all pipelines so far, and where
  ExclusiveUses uses_;
};

/// What is said of a folder without a pipeline file.
enum class EmptyFolder { reported, allowed };

/// The pipeline files that paths stand for: a file is itself, a folder the *.yaml and *.yml files directly
/// in it, by name, without hidden ones. A file that is reached twice is listed once. Reports folders that
/// cannot be read, and what is no file in them.
std::vector<std::filesystem::path> find_pipeline_files(const std::vector<std::filesystem::path>& paths,
                                                       config::Diagnostics& diagnostics,
                                                       EmptyFolder empty = EmptyFolder::reported);

}  // namespace hiveframe::daemon
