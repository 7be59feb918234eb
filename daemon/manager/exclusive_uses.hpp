#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "pipeline/connector.hpp"

namespace hiveframe::daemon {

/// Finds the sources, and the sinks, of a load that cannot work beside each other: two that read standard
/// input, write the same file, or
/// write part files where another removes them. Knows documents, not settings, so that it sees those too that
/// have other faults. What it is made from outlives it. Not thread-safe.
class ExclusiveUses {
 public:
  ExclusiveUses(const pipeline::ConnectorRegistry& connectors, const config::Environment& environment,
                config::Diagnostics& diagnostics)
      : connectors_(connectors), environment_(environment), diagnostics_(diagnostics) {}

  /// Reports the connectors of a document that use what one before them does, there or in another document.
  void check(const config::Node& document);

 private:
  struct Users {  // the first of each
    std::optional<config::Span> alone;
    std::optional<config::Span> shared;
  };
  using Places = std::map<std::string, Users, std::less<>>;
  struct Clash {
    std::string shown;
    config::Span with;
  };

  void check_source(const config::Node& node);
  void check_sink(const config::Node& node);
  static std::optional<Clash> add(const std::vector<pipeline::Use>& uses, const config::Span& span,
                                  Places& places);

  const pipeline::ConnectorRegistry& connectors_;
  const config::Environment& environment_;
  config::Diagnostics& diagnostics_;
  Places read_;
  Places written_;
};

}  // namespace hiveframe::daemon
