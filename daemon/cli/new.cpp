#include <CLI/CLI.hpp>

#include "config/did_you_mean.hpp"
#include "config/reference.hpp"
#include "config/text.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/manager/pipeline_options.hpp"
#include "pipeline/transform/registry.hpp"

namespace hiveframe::daemon {
namespace {

struct Arguments {
  std::string source;
  std::string sink;
};

// The options of the connector `name` among `kinds`; reports nothing found.
template <typename Kind>
const config::TableInfo* find(const std::vector<Kind>& kinds, const std::string& name, const char* role,
                              Io& io) {
  std::vector<std::string> names;
  for (const Kind& kind : kinds) {
    if (kind.options->keyword == name) return kind.options;
    names.push_back(kind.options->keyword);
  }
  io.err << "hiveframed new: there is no " << role << ' ' << config::quote(name) << '\n'
         << "  " << config::did_you_mean(name, names) << '\n';
  return nullptr;
}

std::string connector(const char* role, const config::TableInfo& table) {
  return std::string(role) + ":  # " + table.summary + "\n  type: " + table.keyword + "\n" +
         config::yaml_template(table, 2);
}

// Every transform's example, commented out.
std::string transforms() {
  std::string text = "# transforms:\n";
  for (const transform::TransformKind& kind : transform::transforms()) {
    std::string_view rest = kind.examples.front().yaml;
    for (bool first = true; !rest.empty(); first = false) {
      const std::size_t end = rest.find('\n');
      text += (first ? "#   - " : "#     ") + std::string(rest.substr(0, end));
      if (first) text += "  # " + kind.table->summary;
      text += '\n';
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  return text;
}

// What may stand beside source, transforms and sink: all optional.
std::string pipeline_options(const PipelineOptions& options) {
  config::TableInfo rest = options.info();
  std::erase_if(rest.options, [](const config::OptionInfo& option) {
    return option.name == "source" || option.name == "transforms" || option.name == "sink" ||
           option.name == "sinks";
  });
  return config::yaml_template(rest, 0);
}

int print_template(const Arguments& arguments, Invocation& invocation) {
  const config::TableInfo* source =
      find(invocation.connectors.sources, arguments.source, "source", invocation.io);
  const config::TableInfo* sink = find(invocation.connectors.sinks, arguments.sink, "sink", invocation.io);
  if (!source || !sink) return exit_usage;
  const PipelineOptions options(invocation.connectors);
  invocation.io.out << "# A pipeline from " << source->keyword << " to " << sink->keyword
                    << ". Lines that are commented out show the defaults or an example.\n"
                       "# Check it with 'hiveframed validate FILE', then try it with\n"
                       "# 'hiveframed run --dry-run --limit 5 FILE', which writes nothing.\n\n"
                    << connector("source", *source) << '\n'
                    << transforms() << '\n'
                    << connector("sink", *sink) << '\n'
                    << pipeline_options(options);
  return exit_done;
}

}  // namespace

void add_new(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "new", "Prints a commented pipeline file to start from.\n'hiveframed list' names sources and sinks.");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("SOURCE", arguments->source, "Where records come from, e.g. file")->required();
  command->add_option("SINK", arguments->sink, "Where records go, e.g. stdout")->required();
  command->footer("Examples:\n  hiveframed new file stdout > orders.yaml");
  command->callback([arguments, &invocation] {
    invocation.action = [arguments, &invocation] { return print_template(*arguments, invocation); };
  });
}

}  // namespace hiveframe::daemon
