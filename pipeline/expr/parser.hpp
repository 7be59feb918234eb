#pragma once

#include <optional>
#include <string_view>

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/problem.hpp"

namespace hiveframe::expr {

/// Parses one expression of CEL. Names point into `text`. Nothing at the first error of syntax, and
/// `problem` says which. Stack use is bounded by max_depth, whatever the text.
std::optional<AstTree> parse(std::string_view text, Problem& problem);

}  // namespace hiveframe::expr
