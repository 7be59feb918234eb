#pragma once

#include <optional>

#include "config/reader.hpp"
#include "daemon/manager/pipeline_options.hpp"

namespace hiveframe::daemon {

/// Reads the value of `source:`. Reports everything that is wrong with it.
std::optional<ChosenSource> read_source(const config::Node& node,
                                        const pipeline::ConnectorRegistry& connectors,
                                        config::Reader& reader);

/// Reads the value of `sink:` or an item of `sinks:`, with its `when:`.
std::optional<ChosenSink> read_sink(const config::Node& node, const pipeline::ConnectorRegistry& connectors,
                                    config::Reader& reader);
/// Reads the value of `dead_letter:`, which takes every record it is given.
std::optional<ChosenSink> read_dead_letter(const config::Node& node,
                                           const pipeline::ConnectorRegistry& connectors,
                                           config::Reader& reader);

/// Which kind a value names, whatever else is wrong with it; reports nothing. nullptr: it names none.
const pipeline::SourceKind* source_kind_of(const config::Node& node,
                                           const pipeline::ConnectorRegistry& connectors,
                                           const config::Environment& environment);
const pipeline::SinkKind* sink_kind_of(const config::Node& node,
                                       const pipeline::ConnectorRegistry& connectors,
                                       const config::Environment& environment);

}  // namespace hiveframe::daemon
