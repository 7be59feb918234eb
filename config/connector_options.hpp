#pragma once

#include <optional>
#include <span>
#include <string>

#include "config/given_options.hpp"

namespace hiveframe::config {

/// Which connector a value of a pipeline file names, and the options given for it, whether as a URI (`source:
/// kafka://…`), a map with `uri:` and/or `type:` and options, or both. An option given twice with different
/// values is reported.
struct ConnectorOptions {
  const TableInfo* table = nullptr;  ///< one of `kinds`
  GivenOptions given;                ///< hand it to OptionTable<T>::read
  std::string display;  ///< the URI, or the type and its required options, for people: credentials redacted
};

/// `kinds` are the connectors of one role, "source" or "sink". `common` are keys that the caller reads itself
/// from the same map (`when:` of a sink) and that are left out here. Nothing after an error in choosing.
std::optional<ConnectorOptions> connector_options(const Node& node, std::string_view role,
                                                  std::span<const TableInfo* const> kinds,
                                                  std::span<const std::string> common, Reader& reader);

}  // namespace hiveframe::config
