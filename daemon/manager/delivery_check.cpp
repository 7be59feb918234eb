#include "daemon/manager/delivery_check.hpp"

#include "config/option_info.hpp"
#include "daemon/manager/connector_choice.hpp"

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

}  // namespace hiveframe::daemon
