#pragma once

#include <filesystem>
#include <vector>

#include "daemon/cli/command_line.hpp"
#include "daemon/os/log_event.hpp"
#include "pipeline/runtime/exec/engine.hpp"
#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::daemon {

/// How `run` runs and what it shows.
struct RunSettings {
  runtime::Engine::Settings engine;
  runtime::RunOptions options;
  bool dry_run = false;
  bool json = false;
  LogLevel log_level = LogLevel::info;
};

/// Runs pipelines until all of them have ended, showing progress, changes of state and a summary on
/// `io.err`. SIGTERM and SIGINT stop them; a second one ends the process there and then. Returns the exit
/// status.
int run_pipelines(std::vector<runtime::PipelineSpec> specs, const RunSettings& settings, Io& io);

}  // namespace hiveframe::daemon
