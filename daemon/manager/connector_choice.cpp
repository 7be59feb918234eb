#include "daemon/manager/connector_choice.hpp"

#include <algorithm>

#include "config/connector_options.hpp"
#include "daemon/manager/sink_keys.hpp"

namespace hiveframe::daemon {
namespace {

using namespace config;

template <typename Kind>
struct Choice {
  const Kind* kind;
  ConnectorOptions options;
};

std::vector<const TableInfo*> tables_of(const auto& kinds) {
  std::vector<const TableInfo*> tables;
  for (const auto& kind : kinds)
    tables.push_back(kind.options);
  return tables;
}

bool names(const TableInfo& table, std::string_view word) {
  if (table.keyword == word) return true;
  return std::any_of(table.uri_rules.begin(), table.uri_rules.end(), [&](const UriRule& rule) {
    return std::find(rule.words.begin(), rule.words.end(), word) != rule.words.end();
  });
}

// `sink: stdin`, `source: {type: discard}`: a connector of the other role, which would be taken for a path.
bool report_other_role(const Node& node, std::string_view role, std::span<const TableInfo* const> own,
                       std::span<const TableInfo* const> others, Reader& reader) {
  const Node* type = node.is_map() ? node.find("type") : nullptr;
  const Node* word = type ? type : &node;
  if (!word->is_scalar()) return false;
  const auto named = [&](const TableInfo* table) { return names(*table, word->text().view()); };
  if (std::any_of(own.begin(), own.end(), named) || std::none_of(others.begin(), others.end(), named))
    return false;
  const std::string name(word->text().view());
  reader.error(word->span(), "'" + name + "' cannot be a " + std::string(role),
               "it is a " + std::string(role == "sink" ? "source" : "sink") + " only" +
                   (type ? "" : "; a file of that name is ./" + name));
  return true;
}

// The kind that a node names, and the options given for it.
template <typename Kind>
std::optional<Choice<Kind>> choose(const Node& node, std::string_view role, const std::vector<Kind>& kinds,
                                   const auto& other_kinds, const std::vector<std::string>& other_keys,
                                   Reader& reader) {
  const std::vector<const TableInfo*> tables = tables_of(kinds);
  if (report_other_role(node, role, tables, tables_of(other_kinds), reader)) return std::nullopt;
  std::optional<ConnectorOptions> options = connector_options(node, role, tables, other_keys, reader);
  if (!options) return std::nullopt;
  for (const Kind& kind : kinds) {
    if (kind.options == options->table) return Choice<Kind>{&kind, std::move(*options)};
  }
  return std::nullopt;
}

std::optional<ChosenSink> read_sink(const Node& node, const pipeline::ConnectorRegistry& connectors,
                                    const std::vector<std::string>& other_keys, Reader& reader) {
  auto choice = choose(node, "sink", connectors.sinks, connectors.sources, other_keys, reader);
  if (!choice) return std::nullopt;
  std::optional<pipeline::ConfiguredSink> sink = choice->kind->read(choice->options.given, reader);
  if (!sink) return std::nullopt;
  return ChosenSink{choice->kind, std::move(choice->options.display), std::move(*sink), std::nullopt};
}

}  // namespace

std::optional<ChosenSource> read_source(const Node& node, const pipeline::ConnectorRegistry& connectors,
                                        Reader& reader) {
  auto choice = choose(node, "source", connectors.sources, connectors.sinks, {}, reader);
  if (!choice) return std::nullopt;
  std::optional<pipeline::ConfiguredSource> source = choice->kind->read(choice->options.given, reader);
  if (!source) return std::nullopt;
  return ChosenSource{choice->kind, std::move(choice->options.display), std::move(*source)};
}

std::optional<ChosenSink> read_sink(const Node& node, const pipeline::ConnectorRegistry& connectors,
                                    Reader& reader) {
  std::optional<ChosenSink> sink = read_sink(node, connectors, sink_keys().option_names(), reader);
  GivenOptions given{node.span(), {}, false};
  for (const Entry& entry : node.entries()) {
    if (sink_keys().find(entry.key.view())) given.options.push_back({entry.key, entry.value});
  }
  std::optional<SinkKeys> keys = read_sink_keys(given, reader);
  if (!sink || !keys) return std::nullopt;
  sink->when = std::move(keys->when);
  return sink;
}

std::optional<ChosenSink> read_dead_letter(const Node& node, const pipeline::ConnectorRegistry& connectors,
                                           Reader& reader) {
  const std::vector<std::string> of_sinks = sink_keys().option_names();
  bool sound = true;
  for (const Entry& entry : node.entries()) {
    if (std::find(of_sinks.begin(), of_sinks.end(), entry.key.view()) == of_sinks.end()) continue;
    reader.error(entry.key.span(), "a dead letter has no " + entry.key.quoted(), "it takes every bad record");
    sound = false;
  }
  std::optional<ChosenSink> sink = read_sink(node, connectors, of_sinks, reader);
  if (!sound) return std::nullopt;
  return sink;
}

const pipeline::SourceKind* source_kind_of(const Node& node, const pipeline::ConnectorRegistry& connectors,
                                           const Environment& environment) {
  Diagnostics unheard;
  Reader reader(environment, unheard);
  const auto choice = choose(node, "source", connectors.sources, connectors.sinks, {}, reader);
  return choice ? choice->kind : nullptr;
}

const pipeline::SinkKind* sink_kind_of(const Node& node, const pipeline::ConnectorRegistry& connectors,
                                       const Environment& environment) {
  Diagnostics unheard;
  Reader reader(environment, unheard);
  const auto choice =
      choose(node, "sink", connectors.sinks, connectors.sources, sink_keys().option_names(), reader);
  return choice ? choice->kind : nullptr;
}

}  // namespace hiveframe::daemon
