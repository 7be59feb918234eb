#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/environment.hpp"
#include "daemon/manager/daemon_options.hpp"
#include "daemon/manager/pipeline_configuration.hpp"
#include "daemon/manager/pipeline_options.hpp"

namespace hiveframe::daemon {

/// Everything `serve` runs, read and checked.
struct Configuration {
  DaemonSettings daemon;
  std::vector<PipelineConfiguration> pipelines;
};

/// A reading of it: `configuration` is there if nothing was wrong.
struct LoadedConfiguration {
  std::optional<Configuration> configuration;
  std::shared_ptr<const config::Diagnostics> diagnostics;
};

/// Reads the daemon file alone. Every problem of it is reported; nothing if there was one.
std::optional<DaemonSettings> read_daemon_file(const std::filesystem::path& path,
                                               const DaemonOptions& options,
                                               const config::Environment& environment,
                                               config::Diagnostics& diagnostics);

/// Reads the daemon file and all pipelines it names. Every problem of every file is reported. A file that
/// `${file:…}` names is read once, however often it is named. Any thread; what it is given outlives it.
LoadedConfiguration load_configuration(const std::filesystem::path& daemon_file,
                                       const PipelineOptions& pipelines, const DaemonOptions& daemon,
                                       const config::Environment& environment);

}  // namespace hiveframe::daemon
