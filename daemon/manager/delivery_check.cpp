#include "daemon/manager/delivery_check.hpp"

#include "config/option_info.hpp"
#include "daemon/manager/connector_choice.hpp"
#include "daemon/manager/pipeline_options.hpp"

namespace hiveframe::daemon {

void check_delivery(const config::Node& document, const pipeline::ConnectorRegistry& connectors,
                    config::Reader& reader) {
  const config::Node* delivery = document.find("delivery");
  const config::Node* source_node = document.find("source");
  if (!delivery || !delivery->is_scalar() || !source_node) return;
  config::Diagnostics unheard;
  config::Reader quiet(reader.environment(), unheard);
  const auto wanted = quiet.text(*delivery, config::TypeInfo::of(config::TypeInfo::Kind::choice));
  if (!wanted || wanted->view() != "exactly_once") return;

  std::vector<config::Node> sink_nodes;
  if (const config::Node* sink = document.find("sink")) sink_nodes.push_back(*sink);
  if (const config::Node* sinks = document.find("sinks")) sink_nodes = sinks->items();
  const pipeline::SourceKind* source = source_kind_of(*source_node, connectors, reader.environment());
  if (!source) return;

  for (const config::Node& node : sink_nodes) {
    const pipeline::SinkKind* sink = sink_kind_of(node, connectors, reader.environment());
    if (!sink) continue;
    std::string reason;
    if (!source->replayable) {
      reason = "what came from " + source->options->keyword + " cannot be read again";
    } else if (!sink->not_transactional.empty()) {
      reason = sink->not_transactional;
    } else if (!sink->transactional_with.empty() && sink->transactional_with != source->options->keyword) {
      reason = "a commit of " + sink->options->keyword + " holds positions of " + sink->transactional_with +
               " only, and what comes from elsewhere may be written twice after a crash";
    } else if (sink_nodes.size() > 1) {
      reason = "several sinks do not commit together";
    }
    if (reason.empty()) continue;
    reader.error(wanted->span(),
                 "delivery 'exactly_once' cannot be kept from " + source->options->keyword + " to " +
                     sink->options->keyword,
                 reason + "; use at_least_once");
    return;
  }
}

void check_losses(const config::Node& document, const PipelineSettings& settings, config::Reader& reader) {
  if (settings.delivery == runtime::Delivery::at_most_once) return;
  const auto check = [&](const ChosenSink& sink, const config::Node& node) {
    if (sink.configured.loses_because.empty()) return;
    reader.error(node.span(),
                 "the " + sink.kind->options->name + " may lose records: " + sink.configured.loses_because,
                 "correct that, or set 'delivery: at_most_once'");
  };
  if (const config::Node* const node = document.find("sink"); node && settings.sink)
    check(*settings.sink, *node);
  const config::Node* const nodes = document.find("sinks");
  if (!nodes || !nodes->is_list() || nodes->items().size() != settings.sinks.size()) return;
  for (std::size_t i = 0; i < settings.sinks.size(); ++i)
    check(settings.sinks[i], nodes->items()[i]);
}

}  // namespace hiveframe::daemon
