#include "daemon/manager/exclusive_uses.hpp"

#include "daemon/manager/connector_choice.hpp"

namespace hiveframe::daemon {

using namespace config;

void ExclusiveUses::check(const Node& document) {
  if (const Node* source = document.find("source")) check_source(*source);
  if (const Node* sink = document.find("sink")) check_sink(*sink);
  if (const Node* sinks = document.find("sinks")) {
    for (const Node& sink : sinks->items())
      check_sink(sink);
  }
  if (const Node* on_error = document.find("on_error")) {
    if (const Node* dead_letter = on_error->find("dead_letter")) check_sink(*dead_letter);
  }
}

void ExclusiveUses::check_source(const Node& node) {
  Diagnostics unheard;
  Reader reader(environment_, unheard);
  const std::optional<ChosenSource> source = read_source(node, connectors_, reader);
  if (!source || source->configured.exclusive.empty()) return;
  const auto [first, is_first] = read_.emplace(source->configured.exclusive, node.span());
  if (is_first) return;
  diagnostics_.error(
      node.span(),
      source->configured.exclusive + " is read by another pipeline already, in " + first->second.name(),
      "only one can have it: give them another source, or run them one by one");
}

void ExclusiveUses::check_sink(const Node& node) {
  Diagnostics unheard;
  Reader reader(environment_, unheard);
  const std::optional<ChosenSink> sink = read_sink(node, connectors_, reader);
  if (!sink || sink->configured.exclusive.empty()) return;
  const auto [first, is_first] = written_.emplace(sink->configured.exclusive, node.span());
  if (is_first) return;
  diagnostics_.error(
      node.span(),
      sink->configured.exclusive + " is written by another sink already, in " + first->second.name(),
      "only one can have it: let each sink write to a place of its own");
}

}  // namespace hiveframe::daemon
