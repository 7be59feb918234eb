#include <CLI/CLI.hpp>
#include <csignal>

#include "daemon/cli/command.hpp"
#include "daemon/cli/service.hpp"
#include "daemon/cli/show_diagnostics.hpp"

namespace hiveframe::daemon {
namespace {

int serve(const std::filesystem::path& file, Invocation& invocation) {
  // Until the service listens to it: its files are read then anyway.
  std::signal(SIGHUP, SIG_IGN);
  const PipelineOptions pipelines(invocation.connectors);
  const DaemonOptions daemon;
  const config::ProcessEnvironment environment;
  const Manager::Loader loader = [&] { return load_configuration(file, pipelines, daemon, environment); };
  LoadedConfiguration loaded = loader();
  if (!loaded.configuration) {
    show(*loaded.diagnostics, invocation.io);
    return exit_usage;
  }
  return run_service(std::move(*loaded.configuration), loader, invocation.io);
}

}  // namespace

void add_serve(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "serve",
      "Runs the pipelines that a daemon file names, as a service.\n"
      "SIGHUP reads its files again: what did not change is not touched, what did is drained "
      "and replaced.\n"
      "SIGTERM and SIGINT let the pipelines finish what was read; a second signal ends at "
      "once.\n"
      "Exit status: 0 stopped and everything that was read is delivered, 1 not everything, "
      "2 bad configuration.");
  auto file = std::make_shared<std::filesystem::path>();
  command->add_option("--config", *file, "The daemon file")->required()->type_name("FILE");
  command->footer(R"(Examples:
  hiveframed serve --config /etc/hiveframed/hiveframed.yaml
  hiveframed explain daemon                       what stands in a daemon file)");
  command->callback(
      [file, &invocation] { invocation.action = [file, &invocation] { return serve(*file, invocation); }; });
}

}  // namespace hiveframe::daemon
