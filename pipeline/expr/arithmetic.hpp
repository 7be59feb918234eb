#pragma once

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/fault.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// `left op right` for + - * / % on numbers and times (joining text and lists is the evaluator's, which
/// counts the bytes). `is_unsigned`: an operand is known to be a uint, so the result must be one. False:
/// `fault` has everything but its offset. Decimals' text stands in `arena`.
bool calculate(Operator op, const record::Value& left, const record::Value& right, bool is_unsigned,
               record::Arena& arena, record::Value& out, Fault& fault);

/// The same for what needs neither wide integers nor exact text: doubles, a double with an int, and ints
/// whose result is one. False, with `out` as it was: it is something else, or an error; calculate() knows.
bool calculate_plainly(Operator op, const record::Value& left, const record::Value& right, bool is_unsigned,
                       record::Value& out) noexcept;

/// `-operand`
bool negate(const record::Value& operand, record::Arena& arena, record::Value& out, Fault& fault);

/// No such overload of a binary operator.
bool no_overload(Operator op, const record::Value& left, const record::Value& right, Fault& fault);

}  // namespace hiveframe::expr
