#pragma once

#include "pipeline/expr/ast.hpp"
#include "pipeline/expr/fault.hpp"
#include "pipeline/record/equal.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// `left == right`, which every two values are or are not; one of them stands in the expression, so that it
/// is not large. What most records hold is settled here, without
/// a call.
inline bool equal(const record::Value& left, const record::Value& right) {
  using record::Kind;
  if (left.is(Kind::string) && right.is(Kind::string)) return record::same_text(left.text(), right.text());
  if (left.is(Kind::int64) && right.is(Kind::int64)) return left.as_int64() == right.as_int64();
  return record::equal(left, right);
}

/// `a op b` for < <= > >= on what C++ orders as CEL does: integers, and doubles with NaN.
template <class T>
bool holds(Operator op, T a, T b) noexcept {
  switch (op) {
    case Operator::less:
      return a < b;
    case Operator::less_equal:
      return a <= b;
    case Operator::greater:
      return a > b;
    default:
      return a >= b;
  }
}

/// `left op right` for < <= > >=, if both are ints or both are doubles, as they mostly are; false: they are
/// something else.
inline bool compare_alike(Operator op, const record::Value& left, const record::Value& right,
                          bool& out) noexcept {
  using record::Kind;
  if (left.kind() != right.kind()) return false;
  if (left.is(Kind::int64)) {
    out = holds(op, left.as_int64(), right.as_int64());
    return true;
  }
  if (!left.is(Kind::float64)) return false;
  out = holds(op, left.as_float64(), right.as_float64());
  return true;
}

/// What `left < right` is beside the same of two ints, in the units of limits.hpp.
std::uint64_t comparison_work(const record::Value& left, const record::Value& right) noexcept;

/// `left op right` for < <= > >= on values of any kind. False: `fault` says that they have no order, but
/// not where.
bool compare(Operator op, const record::Value& left, const record::Value& right, bool& out, Fault& fault);

}  // namespace hiveframe::expr
