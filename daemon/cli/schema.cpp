#include <CLI/CLI.hpp>

#include "config/json_schema.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/manager/daemon_options.hpp"
#include "daemon/manager/pipeline_options.hpp"
#include "daemon/manager/test_file_options.hpp"

namespace hiveframe::daemon {
namespace {

int print_schema(const std::string& of, Invocation& invocation) {
  if (of == "daemon") {
    const DaemonOptions daemon;
    invocation.io.out << config::json_schema(daemon.info(), {}, "hiveframed daemon file");
    return exit_done;
  }
  if (of == "tests") {
    invocation.io.out << config::json_schema(test_file_info(), {}, "hiveframed tests of a pipeline");
    return exit_done;
  }
  const PipelineOptions options(invocation.connectors);
  config::SchemaRole sources{"source", {}, nullptr};
  for (const pipeline::SourceKind& kind : invocation.connectors.sources)
    sources.kinds.push_back(kind.options);
  config::SchemaRole sinks{"sink", {}, &options.sink_info()};
  for (const pipeline::SinkKind& kind : invocation.connectors.sinks)
    sinks.kinds.push_back(kind.options);
  const std::vector<config::SchemaRole> roles{sources, sinks};
  invocation.io.out << config::json_schema(options.info(), roles, "hiveframed pipeline");
  return exit_done;
}

}  // namespace

void add_schema(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("schema",
                         "Prints a JSON Schema (2020-12) of pipeline files, of daemon files, or of files of "
                         "tests, for editors.\n"
                         "It is made from the same declarations that 'validate' checks with.");
  auto of = std::make_shared<std::string>("pipeline");
  command->add_option("FILE", *of, "pipeline (the default), daemon, or tests: of *_test.yaml")
      ->check(CLI::IsMember({"pipeline", "daemon", "tests"}));
  command->footer(R"(Examples:
  hiveframed schema > pipeline.schema.json
  hiveframed schema daemon > daemon.schema.json
  hiveframed schema tests > tests.schema.json

  With the YAML language server, begin a pipeline file with
  # yaml-language-server: $schema=./pipeline.schema.json)");
  command->callback(
      [of, &invocation] { invocation.action = [of, &invocation] { return print_schema(*of, invocation); }; });
}

}  // namespace hiveframe::daemon
