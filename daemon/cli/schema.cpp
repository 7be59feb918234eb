#include <CLI/CLI.hpp>

#include "config/json_schema.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/manager/pipeline_options.hpp"

namespace hiveframe::daemon {
namespace {

int print_schema(Invocation& invocation) {
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
                         "Prints a JSON Schema (2020-12) of pipeline files, for editors.\n"
                         "It is made from the same declarations that 'validate' checks with.");
  command->footer(R"(Examples:
  hiveframed schema > pipeline.schema.json

  With the YAML language server, begin a pipeline file with
  # yaml-language-server: $schema=./pipeline.schema.json)");
  command->callback(
      [&invocation] { invocation.action = [&invocation] { return print_schema(invocation); }; });
}

}  // namespace hiveframe::daemon
