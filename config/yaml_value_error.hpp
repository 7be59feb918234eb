#pragma once

#include <cstddef>
#include <optional>

#include "config/diagnostic.hpp"
#include "config/yaml_line.hpp"
#include "config/yaml_syntax_error.hpp"

namespace hiveframe::config {

/// What is wrong with the value of a line: most often it begins with what means something to YAML and had to
/// be quoted. Nothing if the value looks sound.
std::optional<Diagnostic> explain_value(const SourceFilePtr& file, const SyntaxFailure& failure,
                                        const YamlLine& line);

/// The failure is at a `*name` that refers to nothing.
Diagnostic explain_unknown_alias(const SourceFilePtr& file, const SyntaxFailure& failure);

}  // namespace hiveframe::config
