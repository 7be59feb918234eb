#pragma once

#include "config/node.hpp"
#include "config/reader.hpp"
#include "pipeline/connector.hpp"

namespace hiveframe::daemon {

struct PipelineSettings;

/// Reports a `delivery:` of a pipeline's document that its source and sinks cannot keep together, with
/// the reason. Parts of the document that are wrong are passed over.
void check_delivery(const config::Node& document, const pipeline::ConnectorRegistry& connectors,
                    config::Reader& reader);

/// Reports sinks that cannot keep the pipeline's delivery with the options that they have.
void check_losses(const config::Node& document, const PipelineSettings& settings, config::Reader& reader);

}  // namespace hiveframe::daemon
