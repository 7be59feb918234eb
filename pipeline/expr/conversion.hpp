#pragma once

#include "pipeline/expr/fault.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// int(), uint(), double(), string(), bytes(), bool(), timestamp() and duration(). Text stands in `arena`
/// or in `value`. False: `fault` has everything but its offset.
bool convert(FunctionId to, const record::Value& value, record::Arena& arena, record::Value& out,
             Fault& fault);

}  // namespace hiveframe::expr
