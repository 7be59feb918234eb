#pragma once

#include <optional>

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/expr/type.hpp"

namespace hiveframe::expr {

/// The type of `left op right`, dyn where a record decides; nothing if no record could make it right.
std::optional<Type> binary_type(Operator op, Type left, Type right) noexcept;

}  // namespace hiveframe::expr
