#include "daemon/manager/configuration.hpp"

#include <system_error>
#include <utility>

#include "config/caching_environment.hpp"
#include "config/reader.hpp"
#include "config/yaml.hpp"
#include "daemon/manager/pipeline_file.hpp"
#include "daemon/manager/pipeline_paths.hpp"
#include "daemon/manager/whole_file.hpp"

namespace hiveframe::daemon {

std::optional<DaemonSettings> read_daemon_file(const std::filesystem::path& path,
                                               const DaemonOptions& options,
                                               const config::Environment& environment,
                                               config::Diagnostics& diagnostics) {
  const config::SourceFilePtr file = read_configuration_file(path, diagnostics);
  if (!file) return std::nullopt;
  const config::YamlFile yaml = config::parse_yaml(file, diagnostics);
  if (!yaml.complete) return std::nullopt;
  if (yaml.documents.size() > 1) {
    const config::Span& second = yaml.documents[1].span();
    diagnostics.error({file, second.begin, second.begin}, "a daemon file is one document",
                      "remove the '---' before it; pipelines stand in files of their own");
    return std::nullopt;
  }
  if (yaml.documents.empty() || !yaml.documents.front().is_map()) {
    diagnostics.error(config::Span::of_file(file), "a daemon file is a map of settings",
                      "it needs at least 'pipelines: ...'");
    return std::nullopt;
  }
  const config::Node& document = yaml.documents.front();
  if (document.find("source") && !document.find("pipelines")) {
    diagnostics.error(config::Span::of_file(file), "this is a pipeline, not a daemon file",
                      "run it with 'hiveframed run', or name its folder in a daemon file: pipelines: ...");
    return std::nullopt;
  }
  config::Reader reader(environment, diagnostics);
  return options.read(document, reader);
}

LoadedConfiguration load_configuration(const std::filesystem::path& daemon_file,
                                       const PipelineOptions& pipelines, const DaemonOptions& daemon,
                                       const config::Environment& environment) {
  const config::CachingEnvironment one_reading(environment);
  const auto diagnostics = std::make_shared<config::Diagnostics>();
  Configuration configuration;
  std::optional<DaemonSettings> settings = read_daemon_file(daemon_file, daemon, one_reading, *diagnostics);
  if (settings) {
    configuration.daemon = std::move(*settings);
    PipelineFiles files(pipelines, one_reading, *diagnostics);
    for (const std::filesystem::path& path :
         find_pipeline_files(configuration.daemon.pipelines, *diagnostics, EmptyFolder::allowed)) {
      for (PipelineConfiguration& each : files.configurations(path))
        configuration.pipelines.push_back(std::move(each));
    }
  }
  if (!diagnostics->empty()) return {std::nullopt, diagnostics};
  return {std::move(configuration), diagnostics};
}

}  // namespace hiveframe::daemon
