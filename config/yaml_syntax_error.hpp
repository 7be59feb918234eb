#pragma once

#include <cstddef>
#include <vector>

#include "config/diagnostic.hpp"

namespace hiveframe::config {

/// What was known when yaml-cpp gave up.
struct SyntaxFailure {
  std::size_t offset = 0;
  /// Where the lists and maps in brackets that are still open begin, outermost first.
  std::vector<std::size_t> open_brackets;
};

/// Explains a YAML syntax error in our own words, by looking at the lines around it: what is wrong, where,
/// and what to write.
Diagnostic explain_syntax_error(const SourceFilePtr& file, const SyntaxFailure& failure);

}  // namespace hiveframe::config
