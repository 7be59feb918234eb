#include "pipeline/expr/arithmetic.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include "pipeline/record/decimal.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;
// Wide enough for the sum, difference or quotient of any two 64-bit integers.
__extension__ using Wide = __int128;

constexpr std::int64_t nanos_per_second = 1'000'000'000;

bool overflow(Operator op, Fault& fault) {
  fault.kind = Fault::Kind::overflow;
  fault.name = symbol(op);
  return false;
}

bool is_integer(const Value& value) noexcept { return value.is(Kind::int64) || value.is(Kind::uint64); }

Wide widen(const Value& value) noexcept {
  return value.is(Kind::int64) ? Wide{value.as_int64()} : Wide{value.as_uint64()};
}

// The range of a result follows its operands: int with int is int, uint with uint is uint, and where a
// record's integers of both kinds meet, whatever fits one of them.
bool fit(Wide result, bool may_be_negative, bool may_be_large, Value& out) {
  constexpr Wide int_max = std::numeric_limits<std::int64_t>::max();
  constexpr Wide int_min = std::numeric_limits<std::int64_t>::min();
  constexpr Wide uint_max = std::numeric_limits<std::uint64_t>::max();
  if (result < (may_be_negative ? int_min : Wide{0}) || result > (may_be_large ? uint_max : int_max))
    return false;
  out = result < 0 ? Value::int64(static_cast<std::int64_t>(result))
                   : Value::uint64(static_cast<std::uint64_t>(result));
  return true;
}

bool integers(Operator op, const Value& left, const Value& right, bool is_unsigned, Value& out,
              Fault& fault) {
  const bool both_large = left.is(Kind::uint64) && right.is(Kind::uint64);
  const bool any_large = left.is(Kind::uint64) || right.is(Kind::uint64);
  const bool may_be_negative = !is_unsigned && !both_large;
  const bool may_be_large = is_unsigned || any_large;
  const Wide a = widen(left);
  const Wide b = widen(right);
  Wide result = 0;
  switch (op) {
    case Operator::add:
      result = a + b;
      break;
    case Operator::subtract:
      result = a - b;
      break;
    case Operator::multiply:
      if (__builtin_mul_overflow(a, b, &result)) return overflow(op, fault);
      break;
    default:
      if (b == 0) {
        fault.kind = Fault::Kind::divide_by_zero;
        fault.name = symbol(op);
        return false;
      }
      // The quotient of the remainder's division must exist as well: INT64_MIN % -1 is an error in CEL.
      if (!fit(a / b, may_be_negative, may_be_large, out)) return overflow(op, fault);
      result = op == Operator::divide ? a / b : a % b;
  }
  return fit(result, may_be_negative, may_be_large, out) || overflow(op, fault);
}

bool doubles(Operator op, double a, double b, Value& out) {
  switch (op) {
    case Operator::add:
      out = Value::float64(a + b);
      return true;
    case Operator::subtract:
      out = Value::float64(a - b);
      return true;
    case Operator::multiply:
      out = Value::float64(a * b);
      return true;
    default:
      out = Value::float64(a / b);
      return true;
  }
}

bool numbers(Operator op, const Value& left, const Value& right, bool is_unsigned, record::Arena& arena,
             Value& out, Fault& fault) {
  if (is_integer(left) && is_integer(right)) return integers(op, left, right, is_unsigned, out, fault);
  if (op == Operator::modulo) return no_overload(op, left, right, fault);
  if (left.is(Kind::float64) || right.is(Kind::float64) || op == Operator::divide) {
    return doubles(op, record::to_float64(left), record::to_float64(right), out);
  }
  const std::optional<Value> exact = op == Operator::add ? record::add_exactly(left, right, arena)
                                     : op == Operator::subtract
                                         ? record::subtract_exactly(left, right, arena)
                                         : record::multiply_exactly(left, right, arena);
  if (!exact) return overflow(op, fault);
  out = *exact;
  return true;
}

Wide nanoseconds(const Value& time) { return Wide{time.seconds()} * nanos_per_second + time.nanos(); }

// Seconds rounded down, and the rest.
std::int64_t floor_seconds(Wide nanos) {
  return static_cast<std::int64_t>(nanos / nanos_per_second - (nanos % nanos_per_second < 0 ? 1 : 0));
}

std::uint32_t nanos_after(Wide nanos) {
  const auto rest = static_cast<std::int64_t>(nanos % nanos_per_second);
  return static_cast<std::uint32_t>(rest < 0 ? rest + nanos_per_second : rest);
}

// CEL: a duration is limited to 64 bits of nanoseconds, a timestamp to the years 1 to 9999.
bool make_duration(Wide nanos, Operator op, Value& out, Fault& fault) {
  if (nanos > std::numeric_limits<std::int64_t>::max() || nanos < std::numeric_limits<std::int64_t>::min()) {
    return overflow(op, fault);
  }
  out = Value::duration(floor_seconds(nanos), nanos_after(nanos));
  return true;
}

bool make_timestamp(Wide nanos, bool local, Operator op, Value& out, Fault& fault) {
  const std::int64_t seconds = floor_seconds(nanos);
  if (seconds < record::min_timestamp_seconds || seconds > record::max_timestamp_seconds)
    return overflow(op, fault);
  out = Value::timestamp(seconds, nanos_after(nanos), local);
  return true;
}

bool times(Operator op, const Value& left, const Value& right, Value& out, Fault& fault) {
  const bool plus = op == Operator::add;
  if (!plus && op != Operator::subtract) return no_overload(op, left, right, fault);
  const bool left_duration = left.is(Kind::duration);
  const bool right_duration = right.is(Kind::duration);
  if ((!left_duration && !left.is(Kind::timestamp)) || (!right_duration && !right.is(Kind::timestamp))) {
    return no_overload(op, left, right, fault);
  }
  const Wide a = nanoseconds(left);
  const Wide b = nanoseconds(right);
  if (left_duration && right_duration) return make_duration(plus ? a + b : a - b, op, out, fault);
  if (!left_duration && right_duration)
    return make_timestamp(plus ? a + b : a - b, left.local(), op, out, fault);
  if (left_duration && plus) return make_timestamp(a + b, right.local(), op, out, fault);
  if (!left_duration && !plus && left.local() == right.local()) return make_duration(a - b, op, out, fault);
  return no_overload(op, left, right, fault);
}

}  // namespace

bool no_overload(Operator op, const Value& left, const Value& right, Fault& fault) {
  fault.kind = Fault::Kind::no_overload;
  fault.form = Fault::Form::infix;
  fault.name = symbol(op);
  fault.count = 2;
  fault.operands[0] = left;
  fault.operands[1] = right;
  return false;
}

bool calculate(Operator op, const Value& left, const Value& right, bool is_unsigned, record::Arena& arena,
               Value& out, Fault& fault) {
  if (record::is_number(left) && record::is_number(right)) {
    return numbers(op, left, right, is_unsigned, arena, out, fault);
  }
  return times(op, left, right, out, fault);
}

bool calculate_plainly(Operator op, const Value& left, const Value& right, bool is_unsigned,
                       Value& out) noexcept {
  const bool left_int = left.is(Kind::int64);
  const bool right_int = right.is(Kind::int64);
  if (!left_int && !left.is(Kind::float64)) return false;
  if (!right_int && !right.is(Kind::float64)) return false;
  if (!left_int || !right_int) {
    if (op == Operator::modulo) return false;
    return doubles(op, left_int ? static_cast<double>(left.as_int64()) : left.as_float64(),
                   right_int ? static_cast<double>(right.as_int64()) : right.as_float64(), out);
  }
  if (is_unsigned) return false;
  const std::int64_t a = left.as_int64();
  const std::int64_t b = right.as_int64();
  std::int64_t result = 0;
  switch (op) {
    case Operator::add:
      if (__builtin_add_overflow(a, b, &result)) return false;
      break;
    case Operator::subtract:
      if (__builtin_sub_overflow(a, b, &result)) return false;
      break;
    case Operator::multiply:
      if (__builtin_mul_overflow(a, b, &result)) return false;
      break;
    default:
      if (b == 0 || b == -1) return false;  // of -1, only INT64_MIN / -1 and its remainder are errors
      result = op == Operator::divide ? a / b : a % b;
  }
  out = Value::int64(result);
  return true;
}

bool negate(const Value& operand, record::Arena& arena, Value& out, Fault& fault) {
  switch (operand.kind()) {
    case Kind::int64:
      if (operand.as_int64() == std::numeric_limits<std::int64_t>::min())
        return overflow(Operator::negate, fault);
      out = Value::int64(-operand.as_int64());
      return true;
    case Kind::float64:
      out = Value::float64(-operand.as_float64());
      return true;
    case Kind::uint64:
    case Kind::decimal: {
      const std::optional<Value> exact = record::negate_exactly(operand, arena);
      // 2^63 is the one uint whose negation is an int; of the others no integer is left.
      if (!exact || (operand.is(Kind::uint64) && !exact->is(Kind::int64))) {
        return overflow(Operator::negate, fault);
      }
      out = *exact;
      return true;
    }
    default:
      fault.kind = Fault::Kind::no_overload;
      fault.form = Fault::Form::prefix;
      fault.name = symbol(Operator::negate);
      fault.count = 1;
      fault.operands[0] = operand;
      return false;
  }
}

}  // namespace hiveframe::expr
