#include "pipeline/expr/evaluator.hpp"

#include <algorithm>

#include "pipeline/expr/arithmetic.hpp"
#include "pipeline/expr/comparison.hpp"
#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

void Evaluator::make_slots() {
  const auto slots = arena_.array<Slot>(code_.slots);
  std::uninitialized_fill(slots.begin(), slots.end(), Slot{});
  slots_ = slots.data();
}

// What is true or false by its nature is truth()'s; everything else is here.
bool Evaluator::evaluate(std::uint32_t index_of_node, Value& out) {
  const Node& node = code_.nodes[index_of_node];
  switch (node.op) {
    case Op::constant:
      out = node.value;
      return true;
    case Op::slot:
      out = slots_[node.a].value;
      return true;
    case Op::field:
      out = field(node);
      return true;
    case Op::variable_path:
      return path(node, out);
    case Op::cached_path:
      return cached_path(node, out);
    case Op::select:
      return select(node, out);
    case Op::index:
      return index(node, out);
    case Op::list:
      return list(node, out);
    case Op::map:
      return map(node, out);
    case Op::negate: {
      Value operand;
      return evaluate(node.a, operand) &&
             located(node, expr::negate(operand, arena_, out, fault_.emplace())) &&
             (!out.is(Kind::decimal) ||
              (take(node, out.text().size()) && spend_text(node, out.text().size())));
    }
    case Op::conditional:
      return conditional(node, out);
    case Op::calculate:
      return calculate(node, out);
    case Op::call:
      return call(node, out);
    case Op::filter:
    case Op::map_items:
    case Op::filter_map_items:
      return collect(node, out);
    case Op::field_equal:
    case Op::field_not_equal:
    case Op::field_compare:
    case Op::compare_to_field:
    case Op::has_path:
    case Op::has_field:
    case Op::invert:
    case Op::conjunction:
    case Op::disjunction:
    case Op::equal:
    case Op::not_equal:
    case Op::compare:
    case Op::in:
    case Op::matches:
    case Op::all:
    case Op::exists:
    case Op::exists_one: {
      const Truth decided = truth(index_of_node, out);
      if (decided == Truth::failed) return false;
      out = Value::boolean(decided == Truth::yes);
      return true;
    }
  }
  return false;
}

// A condition is settled without a Value for each of its parts.
Truth Evaluator::truth(std::uint32_t index_of_node, Value& other) {
  const Node& node = code_.nodes[index_of_node];
  switch (node.op) {
    case Op::field_equal:
      return truth_of(expr::equal(field(node), node.value));
    case Op::field_not_equal:
      return truth_of(!expr::equal(field(node), node.value));
    case Op::field_compare:
      return order(node, field(node), node.value);
    case Op::compare_to_field:
      return order(node, node.value, field(node));
    case Op::has_path: {
      std::string_view missing;
      Value ignored;
      return truth_of(find_path(code_.paths[node.a], ignored, missing));
    }
    case Op::has_field:
      return has_field(node);
    case Op::invert:
      return invert(node);
    case Op::conjunction:
      return logic(node, Truth::no);
    case Op::disjunction:
      return logic(node, Truth::yes);
    case Op::equal:
    case Op::not_equal:
      return equality(node);
    case Op::compare: {
      Value left;
      Value right;
      if (!evaluate(node.a, left) || !evaluate(node.b, right)) return Truth::failed;
      return order(node, left, right);
    }
    case Op::in:
      return in(node);
    case Op::matches:
      return matches(node);
    case Op::all:
      return quantify(node, Truth::no);
    case Op::exists:
      return quantify(node, Truth::yes);
    case Op::exists_one:
      return exists_one(node);
    default:
      if (!evaluate(index_of_node, other)) return Truth::failed;
      return other.is(Kind::boolean) ? truth_of(other.as_boolean()) : Truth::other;
  }
}

Truth Evaluator::order(const Node& node, const Value& left, const Value& right) {
  bool holds = false;
  if (compare_alike(node.operation, left, right, holds)) return truth_of(holds);
  return order_of_others(node, left, right);
}

Truth Evaluator::order_of_others(const Node& node, const Value& left, const Value& right) {
  if (!spend(node, expr::comparison_work(left, right))) return Truth::failed;
  bool holds = false;
  const bool good = located(node, compare(node.operation, left, right, holds, fault_.emplace()));
  return good ? truth_of(holds) : Truth::failed;
}

Truth Evaluator::invert(const Node& node) {
  Value other;
  switch (truth(node.a, other)) {
    case Truth::no:
      return Truth::yes;
    case Truth::yes:
      return Truth::no;
    case Truth::other:
      no_overload(node, Fault::Form::prefix, "!", &other, 1);
      return Truth::failed;
    case Truth::failed:
      break;
  }
  return Truth::failed;
}

// && and || as CEL has them: an operand that decides (false, true) wins over errors on both sides of it.
Truth Evaluator::logic(const Node& node, Truth deciding) {
  std::optional<Fault> first;
  for (std::uint32_t i = 0; i < node.b; ++i) {
    Value other;
    const Truth operand = truth(code_.operands[node.a + i], other);
    if (operand == deciding) return deciding;
    if (operand == Truth::other)
      not_condition(node, deciding == Truth::yes ? "||" : "&&", code_.operands[node.a + i], other);
    if (operand >= Truth::other && is_final(fault_->kind)) return Truth::failed;
    if (operand >= Truth::other && !first) first = *fault_;
  }
  if (first) {
    fault_ = first;
    return Truth::failed;
  }
  return deciding == Truth::yes ? Truth::no : Truth::yes;
}

bool Evaluator::conditional(const Node& node, Value& out) {
  Value other;
  switch (truth(node.a, other)) {
    case Truth::no:
      return evaluate(node.c, out);
    case Truth::yes:
      return evaluate(node.b, out);
    case Truth::other:
      return not_condition(node, "?:", node.a, other);
    case Truth::failed:
      break;
  }
  return false;
}

bool Evaluator::calculate(const Node& node, Value& out) {
  Value left;
  Value right;
  if (!evaluate(node.a, left) || !evaluate(node.b, right)) return false;
  if (calculate_plainly(node.operation, left, right, node.is_unsigned, out)) return true;
  if (node.operation == Operator::add && left.kind() == right.kind() &&
      (left.is(Kind::string) || left.is(Kind::bytes) || left.is(Kind::list))) {
    return join(node, left, right, out);
  }
  const bool exact = left.is(Kind::decimal) || right.is(Kind::decimal);
  if (exact && !spend(node, record::calculation_work(left, right))) return false;
  if (!located(node, expr::calculate(node.operation, left, right, node.is_unsigned, arena_, out,
                                     fault_.emplace()))) {
    return false;
  }
  return !exact || take(node, out.is(Kind::decimal) ? out.text().size() : record::max_number_text);
}

bool Evaluator::join(const Node& node, const Value& left, const Value& right, Value& out) {
  if (left.is(Kind::list)) {
    const std::span<const Value> a = left.items();
    const std::span<const Value> b = right.items();
    if (!take(node, (a.size() + b.size()) * sizeof(Value)) || !spend(node, a.size() + b.size())) return false;
    const auto items = arena_.array<Value>(a.size() + b.size());
    std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), items.begin()));
    out = Value::list(items);
    return true;
  }
  const std::string_view a = left.text();
  const std::string_view b = right.text();
  if (!take(node, a.size() + b.size()) || !spend_text(node, a.size() + b.size())) return false;
  const auto text = arena_.array<char>(a.size() + b.size());
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), text.begin()));
  const std::string_view joined(text.data(), text.size());
  out = left.is(Kind::string) ? Value::string(joined) : Value::bytes(joined);
  return true;
}

bool Evaluator::fail(const Node& node, Fault::Kind kind, std::string_view name) {
  Fault& fault = fault_.emplace();
  fault.kind = kind;
  fault.name = name;
  return located(node, false);
}

bool Evaluator::fail(const Node& node, Fault::Kind kind, std::string_view name, const Value& operand) {
  fail(node, kind, name);
  fault_->count = 1;
  fault_->operands[0] = operand;
  return false;
}

// Gives a fault that was found below its place.
bool Evaluator::located(const Node& node, bool good) {
  if (!good) {
    fault_->offset = node.offset;
    fault_->node = static_cast<std::uint32_t>(&node - code_.nodes.data());
  }
  return good;
}

bool Evaluator::no_overload(const Node& node, Fault::Form form, std::string_view name, const Value* operands,
                            std::size_t count) {
  fail(node, Fault::Kind::no_overload, name);
  fault_->form = form;
  fault_->count = static_cast<std::uint8_t>(count);
  std::copy_n(operands, count, fault_->operands);
  return false;
}

}  // namespace hiveframe::expr
