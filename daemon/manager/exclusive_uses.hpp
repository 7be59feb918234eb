#pragma once

#include <map>
#include <string>

#include "config/reader.hpp"
#include "pipeline/connector.hpp"

namespace hiveframe::daemon {

/// Finds the sources, and the sinks, of a load that cannot work beside each other: two that read standard
/// input, or write the same file. Knows documents, not settings, so that it sees those too that have other
/// faults. What it is made from outlives it. Not thread-safe.
class ExclusiveUses {
 public:
  ExclusiveUses(const pipeline::ConnectorRegistry& connectors, const config::Environment& environment,
                config::Diagnostics& diagnostics)
      : connectors_(connectors), environment_(environment), diagnostics_(diagnostics) {}

  /// Reports the connectors of a document that use what one before them does, there or in another document.
  void check(const config::Node& document);

 private:
  using Uses = std::map<std::string, config::Span, std::less<>>;

  void check_source(const config::Node& node);
  void check_sink(const config::Node& node);

  const pipeline::ConnectorRegistry& connectors_;
  const config::Environment& environment_;
  config::Diagnostics& diagnostics_;
  Uses read_;  // by whom first
  Uses written_;
};

}  // namespace hiveframe::daemon
