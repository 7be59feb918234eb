#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "config/option_info.hpp"
#include "daemon/cli/command.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/transform/registry.hpp"

namespace hiveframe::daemon {
namespace {

struct Item {
  std::string_view name;
  std::string_view help;
};
struct Group {
  const char* title;  // "Sources"
  const char* key;    // in JSON
  std::vector<Item> items;
};

std::vector<Group> all_groups(const pipeline::ConnectorRegistry& connectors) {
  Group sources{"Sources", "sources", {}};
  for (const pipeline::SourceKind& kind : connectors.sources)
    sources.items.push_back({kind.options->keyword, kind.options->summary});
  Group sinks{"Sinks", "sinks", {}};
  for (const pipeline::SinkKind& kind : connectors.sinks)
    sinks.items.push_back({kind.options->keyword, kind.options->summary});
  Group transforms{"Transforms", "transforms", {}};
  for (const transform::TransformKind& kind : transform::transforms())
    transforms.items.push_back({kind.table->keyword, kind.table->summary});
  Group formats{"Formats", "formats", {}};
  for (const codec::Format& format : codec::formats())
    formats.items.push_back({format.name, format.help});
  return {sources, sinks, transforms, formats};
}

void print_text(const std::vector<Group>& groups, std::ostream& out) {
  std::size_t width = 0;
  for (const Group& group : groups) {
    for (const Item& item : group.items)
      width = std::max(width, item.name.size());
  }
  for (const Group& group : groups) {
    out << group.title << '\n';
    for (const Item& item : group.items)
      out << fmt::format("  {:<{}}  {}\n", item.name, width, item.help);
    out << '\n';
  }
  out << "'hiveframed explain NAME' says more of each, 'hiveframed explain functions' what expressions are "
         "made "
         "of.\n";
}

void print_json(const std::vector<Group>& groups, std::ostream& out) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  for (const Group& group : groups) {
    json.Key(group.key);
    json.StartArray();
    for (const Item& item : group.items) {
      json.StartObject();
      json.Key("name");
      json.String(std::string(item.name));
      json.Key("help");
      json.String(std::string(item.help));
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  out << buffer.GetString() << '\n';
}

}  // namespace

void add_list(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("list", "Lists connectors, transforms and formats.");
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "Print them as one JSON object");
  command->footer("Examples:\n  hiveframed list\n  hiveframed list --json | jq -r '.formats[].name'");
  command->callback([as_json, &invocation] {
    invocation.action = [as_json, &invocation] {
      const std::vector<Group> groups = all_groups(invocation.connectors);
      *as_json ? print_json(groups, invocation.io.out) : print_text(groups, invocation.io.out);
      return exit_done;
    };
  });
}

}  // namespace hiveframe::daemon
