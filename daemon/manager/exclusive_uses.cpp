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
  if (!source) return;
  const std::optional<Clash> clash = add(source->configured.uses, node.span(), read_);
  if (!clash) return;
  diagnostics_.error(node.span(),
                     clash->shown + " is read by another pipeline already, in " + clash->with.name(),
                     "only one can have it: give them another source, or run them one by one");
}

void ExclusiveUses::check_sink(const Node& node) {
  Diagnostics unheard;
  Reader reader(environment_, unheard);
  const std::optional<ChosenSink> sink = read_sink(node, connectors_, reader);
  if (!sink) return;
  const std::optional<Clash> clash = add(sink->configured.uses, node.span(), written_);
  if (!clash) return;
  diagnostics_.error(node.span(),
                     clash->shown + " is written by another sink already, in " + clash->with.name(),
                     "only one can have it: let each sink write to a place of its own");
}

std::optional<ExclusiveUses::Clash> ExclusiveUses::add(const std::vector<pipeline::Use>& uses,
                                                       const Span& span, Places& places) {
  std::optional<Clash> clash;
  for (const pipeline::Use& use : uses) {
    Users& users = places[use.place];
    const std::optional<Span>& other = users.alone || use.shared ? users.alone : users.shared;
    if (other && !clash) clash = Clash{use.shown, *other};
    std::optional<Span>& first = use.shared ? users.shared : users.alone;
    if (!first) first = span;
  }
  return clash;
}

}  // namespace hiveframe::daemon
