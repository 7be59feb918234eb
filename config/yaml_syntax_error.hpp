#pragma once

#include <cstddef>
#include <vector>

#include "config/diagnostic.hpp"

namespace hiveframe::config {

// What was known when yaml-cpp gave up.
struct SyntaxFailure {
  std::size_t offset = 0;
  // Where the lists and maps in brackets that are still open begin, outermost first.
  std::vector<std::size_t> open_brackets;
};

// Explains a YAML syntax error in our own words, by looking at the line: what is wrong, where, and what to
// quote.
Diagnostic explain_syntax_error(const SourceFilePtr& file, const SyntaxFailure& failure);

// The value on the line of `offset` as it should be written, with its key: `filter: '!record.x'`.
std::string quoted_value_hint(const SourceFile& file, std::size_t offset);

// `text` in the quotes that need the fewest escapes.
std::string quoted_for_yaml(std::string_view text);

}  // namespace hiveframe::config
