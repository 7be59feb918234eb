#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/environment.hpp"
#include "config/node.hpp"
#include "config/source_file.hpp"
#include "config/yaml.hpp"
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
  /// The same of one document. `stem` names it if it has no name; empty: it must have one.
  std::optional<PipelineConfiguration> configuration(const config::Node& document, const std::string& stem);

  /// Of these, what is run.
  std::vector<runtime::PipelineSpec> read(const std::filesystem::path& path);
  std::vector<runtime::PipelineSpec> read(const config::SourceFilePtr& file, const std::string& stem);

 private:
  config::LocatedText name_of(const config::Node& document, const std::string& stem);
  void check_name(const config::LocatedText& name);

  const PipelineOptions& options_;
  const config::Environment& environment_;
  config::Diagnostics& diagnostics_;
  std::map<std::string, config::Span, std::less<>> names_;  // of all pipelines so far, and where
  ExclusiveUses uses_;
};

/// The documents of a file that are not empty.
std::vector<config::Node> pipeline_documents(const config::YamlFile& yaml);

}  // namespace hiveframe::daemon
