#pragma once

#include <memory>
#include <vector>

#include "config/text.hpp"
#include "pipeline/expr/code.hpp"
#include "pipeline/expr/problem.hpp"

namespace hiveframe::expr {

/// Parses, checks and compiles an expression. nullptr if there were problems, which are then added: the
/// first error of syntax, or all errors of meaning.
std::shared_ptr<const Code> compile(const config::LocatedText& text, std::vector<Problem>& problems);

}  // namespace hiveframe::expr
