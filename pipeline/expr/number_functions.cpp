// CEL's extension `math` (cel-go's ext/README.md, and the tests of google/cel-spec), for all numbers. Beyond
// it, because data does not keep number types apart: ceil(), floor(), round() and trunc() leave a whole
// number as it is, and isNaN() and its like take every number; decimals are exact.

#include <array>
#include <cmath>
#include <optional>

#include "pipeline/expr/call.hpp"
#include "pipeline/expr/library.hpp"
#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

// The first of the numbers that no other one is beyond.
bool extreme(Call& call, std::partial_ordering beyond, Value& out) {
  std::span<const Value> numbers = call.arguments();
  if (call.size() == 1 && call[0].is(Kind::list)) {
    numbers = call[0].items();
    if (numbers.empty()) return call.no_overload();
  }
  for (const Value& each : numbers) {
    if (!record::is_number(each)) return call.bad_argument(each, "is no number");
    if (!call.spend(1 + record::comparison_work(each, numbers[0]))) return false;
  }
  out = numbers[0];
  for (const Value& each : numbers) {
    if (record::compare_numbers(each, out) == beyond) out = each;
  }
  return true;
}

bool greatest(Call& call, Value& out) { return extreme(call, std::partial_ordering::greater, out); }
bool least(Call& call, Value& out) { return extreme(call, std::partial_ordering::less, out); }

enum class Towards : std::uint8_t { up, down, zero, nearest };

// Which way a decimal goes from its whole part; halves go away from zero.
bool away(Towards towards, const Value& decimal, const Value& whole, bool negative, record::Arena& arena,
          bool& moves) {
  moves = towards == Towards::up ? !negative : towards == Towards::down && negative;
  if (towards != Towards::nearest) return true;
  const std::optional<Value> rest = record::subtract_exactly(decimal, whole, arena);
  if (!rest) return false;
  const Value half = Value::float64(negative ? -0.5 : 0.5);
  const std::partial_ordering order = record::compare_numbers(*rest, half);
  moves = order == 0 || order == (negative ? std::partial_ordering::less : std::partial_ordering::greater);
  return true;
}

bool round_decimal(Call& call, Towards towards, Value& out) {
  const Value& decimal = call[0];
  if (!call.spend(record::calculation_work(decimal, decimal)) || !call.take(4 * record::max_number_text))
    return false;
  const std::optional<Value> whole = record::integer_part(decimal);
  if (!whole) return call.overflow();
  out = *whole;
  if (record::compare_numbers(decimal, *whole) == 0) return true;
  const bool negative = record::compare_numbers(decimal, Value::int64(0)) < 0;
  bool moves = false;
  if (!away(towards, decimal, *whole, negative, call.arena(), moves)) return call.overflow();
  if (!moves) return true;
  const std::optional<Value> moved =
      record::add_exactly(*whole, Value::int64(negative ? -1 : 1), call.arena());
  if (!moved) return call.overflow();
  out = *moved;
  return true;
}

bool round_to(Call& call, Towards towards, double (*round)(double), Value& out) {
  if (call[0].is(Kind::decimal)) return round_decimal(call, towards, out);
  out = call[0].is(Kind::float64) ? Value::float64(round(call[0].as_float64())) : call[0];
  return true;
}

bool ceil(Call& call, Value& out) {
  return round_to(
      call, Towards::up, [](double number) { return std::ceil(number); }, out);
}
bool floor(Call& call, Value& out) {
  return round_to(
      call, Towards::down, [](double number) { return std::floor(number); }, out);
}
bool round(Call& call, Value& out) {
  return round_to(
      call, Towards::nearest, [](double number) { return std::round(number); }, out);
}
bool trunc(Call& call, Value& out) {
  return round_to(
      call, Towards::zero, [](double number) { return std::trunc(number); }, out);
}

bool absolute(Call& call, Value& out) {
  out = call[0];
  switch (out.kind()) {
    case Kind::int64:
      if (out.as_int64() == INT64_MIN) return call.overflow();
      if (out.as_int64() < 0) out = Value::int64(-out.as_int64());
      return true;
    case Kind::float64:
      out = Value::float64(std::fabs(out.as_float64()));
      return true;
    case Kind::decimal:
      if (out.text().starts_with('-')) out = Value::decimal(out.text().substr(1));
      return true;
    default:
      return true;
  }
}

bool sign(Call& call, Value& out) {
  if (call[0].is(Kind::float64)) {
    const double number = call[0].as_float64();
    out = Value::float64(number > 0 ? 1 : number < 0 ? -1 : number);
    return true;
  }
  const std::partial_ordering order = record::compare_numbers(call[0], Value::int64(0));
  out = Value::int64(order > 0 ? 1 : order < 0 ? -1 : 0);
  return true;
}

bool square_root(Call& call, Value& out) {
  out = Value::float64(std::sqrt(record::to_float64(call[0])));
  return true;
}

// Numbers that are no double are finite, however large.
template <class Test>
bool test_double(Call& call, bool otherwise, Test test, Value& out) {
  out = Value::boolean(call[0].is(Kind::float64) ? test(call[0].as_float64()) : otherwise);
  return true;
}

bool is_nan(Call& call, Value& out) {
  return test_double(
      call, false, [](double number) { return std::isnan(number); }, out);
}
bool is_infinite(Call& call, Value& out) {
  return test_double(
      call, false, [](double number) { return std::isinf(number); }, out);
}
bool is_finite(Call& call, Value& out) {
  return test_double(
      call, true, [](double number) { return std::isfinite(number); }, out);
}

constexpr TypeSet numbers =
    set_of(Type::integer) | set_of(Type::unsigned_integer) | set_of(Type::floating) | set_of(Type::decimal);
constexpr auto like_arguments = static_cast<std::uint8_t>(Trait::like_arguments);
constexpr auto group = FunctionGroup::numbers;

constexpr Function of_number(std::string_view name, Type result, FunctionHelp help, Work work) {
  return {name,
          FunctionId::library,
          true,
          false,
          1,
          1,
          {numbers},
          result,
          help,
          work,
          result == Type::dyn ? like_arguments : std::uint8_t{0}};
}

constexpr Function of_numbers(std::string_view name, FunctionHelp help, Work work) {
  constexpr TypeSet first = numbers | set_of(Type::list);
  return {name,
          FunctionId::library,
          true,
          false,
          1,
          Function::any_number,
          {first, numbers, numbers, numbers},
          Type::dyn,
          help,
          work,
          like_arguments};
}

constexpr std::array<Function, 12> table{{
    of_numbers("math.greatest",
               {group, "math.greatest(a, b, ...)", "The greatest of the numbers, or of a list of them",
                "math.greatest(3, 7.5, 1)", "7.5"},
               greatest),
    of_numbers("math.least",
               {group, "math.least(a, b, ...)", "The least of the numbers, or of a list of them",
                "math.least([3, 7.5, 1])", "1"},
               least),
    of_number("math.ceil", Type::dyn,
              {group, "math.ceil(number)", "The next whole number above", "math.ceil(1.2)", "2.0"}, ceil),
    of_number("math.floor", Type::dyn,
              {group, "math.floor(number)", "The next whole number below", "math.floor(-1.2)", "-2.0"},
              floor),
    of_number("math.round", Type::dyn,
              {group, "math.round(number)", "The nearest whole number, a half away from zero",
               "math.round(12.345 * 100.0) / 100.0", "12.35"},
              round),
    of_number("math.trunc", Type::dyn,
              {group, "math.trunc(number)", "Without what is behind the point", "math.trunc(-1.7)", "-1.0"},
              trunc),
    of_number("math.abs", Type::dyn,
              {group, "math.abs(number)", "The number without its sign", "math.abs(-3)", "3"}, absolute),
    of_number("math.sign", Type::dyn,
              {group, "math.sign(number)", "-1, 0 or 1, as the number is below, at or above 0",
               "math.sign(-2.5)", "-1.0"},
              sign),
    of_number(
        "math.sqrt", Type::floating,
        {group, "math.sqrt(number)", "The square root; NaN of a number below 0", "math.sqrt(2.25)", "1.5"},
        square_root),
    of_number(
        "math.isNaN", Type::boolean,
        {group, "math.isNaN(number)", "Whether it is NaN, as 0.0 / 0.0 is", "math.isNaN(0.0 / 0.0)", "true"},
        is_nan),
    of_number("math.isInf", Type::boolean,
              {group, "math.isInf(number)", "Whether it is infinite, as 1.0 / 0.0 is",
               "math.isInf(1.0 / 0.0)", "true"},
              is_infinite),
    of_number("math.isFinite", Type::boolean,
              {group, "math.isFinite(number)", "Whether it is neither", "math.isFinite(1.5)", "true"},
              is_finite),
}};

}  // namespace

std::span<const Function> number_functions() noexcept { return table; }

}  // namespace hiveframe::expr
