#include "pipeline/expr/type_rules.hpp"

#include <algorithm>
#include <array>

namespace hiveframe::expr {
namespace {

constexpr TypeSet integers = set_of(Type::integer) | set_of(Type::unsigned_integer);
constexpr TypeSet numbers = integers | set_of(Type::floating) | set_of(Type::decimal);

bool is_number(Type type) noexcept { return type != Type::dyn && contains(numbers, type); }

// One overload of an arithmetic operator outside of numbers.
struct Overload {
  Operator op;
  Type left;
  Type right;
  Type result;
};

constexpr std::array<Overload, 9> overloads{{
    {Operator::add, Type::string, Type::string, Type::string},
    {Operator::add, Type::bytes, Type::bytes, Type::bytes},
    {Operator::add, Type::list, Type::list, Type::list},
    {Operator::add, Type::timestamp, Type::duration, Type::timestamp},
    {Operator::add, Type::duration, Type::timestamp, Type::timestamp},
    {Operator::add, Type::duration, Type::duration, Type::duration},
    {Operator::subtract, Type::timestamp, Type::timestamp, Type::duration},
    {Operator::subtract, Type::timestamp, Type::duration, Type::timestamp},
    {Operator::subtract, Type::duration, Type::duration, Type::duration},
}};

std::optional<Type> number_type(Operator op, Type left, Type right) noexcept {
  const TypeSet allowed = op == Operator::modulo ? integers : numbers;
  if (!contains(allowed, left) || !contains(allowed, right)) return std::nullopt;
  if (left == Type::floating || right == Type::floating) return Type::floating;
  if (left == Type::dyn || right == Type::dyn) return Type::dyn;
  // Two written integers of different types are CEL's error; a record's may meet.
  if (left != right) return std::nullopt;
  return left;
}

std::optional<Type> arithmetic_type(Operator op, Type left, Type right) noexcept {
  if (is_number(left) || is_number(right)) return number_type(op, left, right);
  std::optional<Type> found;
  for (const Overload& each : overloads) {
    if (each.op != op) continue;
    if ((left == Type::dyn || left == each.left) && (right == Type::dyn || right == each.right)) {
      found = !found || *found == each.result ? each.result : Type::dyn;
    }
  }
  if (left == Type::dyn && right == Type::dyn) return Type::dyn;
  return found;
}

bool equality_makes_sense(Type left, Type right) noexcept {
  return left == Type::dyn || right == Type::dyn || left == Type::null || right == Type::null ||
         left == right || (is_number(left) && is_number(right));
}

bool has_order(Type left, Type right) noexcept {
  constexpr TypeSet ordered = numbers | set_of(Type::string) | set_of(Type::bytes) | set_of(Type::boolean) |
                              set_of(Type::timestamp) | set_of(Type::date) | set_of(Type::duration);
  if (!contains(ordered, left) || !contains(ordered, right)) return false;
  return left == Type::dyn || right == Type::dyn || left == right || (is_number(left) && is_number(right));
}

}  // namespace

std::optional<Type> binary_type(Operator op, Type left, Type right) noexcept {
  bool sound = false;
  switch (op) {
    case Operator::equal:
    case Operator::not_equal:
      sound = equality_makes_sense(left, right);
      break;
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal:
      sound = has_order(left, right);
      break;
    case Operator::in:
      sound = right == Type::dyn || right == Type::list ||
              (right == Type::map && contains(numbers | set_of(Type::string) | set_of(Type::boolean), left));
      break;
    default:
      return arithmetic_type(op, left, right);
  }
  return sound ? std::optional(Type::boolean) : std::nullopt;
}

}  // namespace hiveframe::expr
