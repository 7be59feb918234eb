#pragma once

#include <cstddef>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/node.hpp"

namespace hiveframe::config {

/// What a file may hold at most: beyond it nobody configures anything.
struct YamlLimits {
  std::size_t file_bytes = 4 << 20;
  std::size_t depth = 64;                 ///< lists and maps inside each other
  std::size_t nodes = 100'000;            ///< after aliases and merge keys
  std::size_t expanded_bytes = 16 << 20;  ///< of text, after aliases
};

/// What was read of a file.
struct YamlFile {
  /// One for each document that was read whole; an empty document is a null.
  std::vector<Node> documents;
  /// False if reading ended early; the reason is among the diagnostics.
  bool complete = false;
};

/// Reads YAML 1.2 as far as configuration needs it: anchors, aliases and merge keys (`<<`) are supported;
/// tags, repeated keys, keys that are not text, invalid UTF-8 and control characters are errors.
YamlFile parse_yaml(const SourceFilePtr& file, Diagnostics& diagnostics, const YamlLimits& limits = {});

}  // namespace hiveframe::config
