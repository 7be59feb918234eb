#include "pipeline/expr/evaluator.hpp"

#include <algorithm>

#include "pipeline/expr/arithmetic.hpp"
#include "pipeline/expr/limits.hpp"
#include "pipeline/record/equal.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

bool Evaluator::run(std::uint32_t node, Value& out) {
  if (code_.slots != 0) {
    const auto slots = arena_.array<Slot>(code_.slots);
    std::uninitialized_fill(slots.begin(), slots.end(), Slot{});
    slots_ = slots.data();
  }
  return evaluate(node, out);
}

bool Evaluator::evaluate(std::uint32_t index_of_node, Value& out) {
  const Node& node = code_.nodes[index_of_node];
  switch (node.op) {
    case Op::constant:
      out = node.value;
      return true;
    case Op::slot:
      out = slots_[node.a].value;
      return true;
    case Op::variable_path:
      return path(node, out);
    case Op::cached_path:
      return cached_path(node, out);
    case Op::has_path: {
      std::string_view missing;
      Value ignored;
      out = Value::boolean(find_path(code_.paths[node.a], ignored, missing));
      return true;
    }
    case Op::select:
      return select(node, out);
    case Op::has_field:
      return has_field(node, out);
    case Op::index:
      return index(node, out);
    case Op::list:
      return list(node, out);
    case Op::map:
      return map(node, out);
    case Op::negate: {
      Value operand;
      return evaluate(node.a, operand) && located(node, expr::negate(operand, arena_, out, fault_));
    }
    case Op::invert:
      return invert(node, out);
    case Op::conjunction:
      return logic(node, false, out);
    case Op::disjunction:
      return logic(node, true, out);
    case Op::conditional:
      return conditional(node, out);
    case Op::equal:
      return equal(node, out);
    case Op::not_equal:
      if (!equal(node, out)) return false;
      out = Value::boolean(!out.as_boolean());
      return true;
    case Op::compare: {
      Value left;
      Value right;
      return evaluate(node.a, left) && evaluate(node.b, right) &&
             located(node, compare(node.operation, left, right, out, fault_));
    }
    case Op::in:
      return in(node, out);
    case Op::calculate:
      return calculate(node, out);
    case Op::call:
      return call(node, out);
    case Op::matches:
      return matches(node, out);
    case Op::all:
      return quantify(node, false, out);
    case Op::exists:
      return quantify(node, true, out);
    case Op::exists_one:
      return exists_one(node, out);
    case Op::filter:
    case Op::map_items:
    case Op::filter_map_items:
      return collect(node, out);
  }
  return false;
}

bool Evaluator::invert(const Node& node, Value& out) {
  Value operand;
  if (!evaluate(node.a, operand)) return false;
  if (!operand.is(Kind::boolean)) return no_overload(node, Fault::Form::prefix, "!", &operand, 1);
  out = Value::boolean(!operand.as_boolean());
  return true;
}

// && and || as CEL has them: an operand that decides (false, true) wins over errors on both sides of it.
bool Evaluator::logic(const Node& node, bool deciding, Value& out) {
  bool failed = false;
  Fault first;
  for (std::uint32_t i = 0; i < node.b; ++i) {
    Value operand;
    if (evaluate(code_.operands[node.a + i], operand)) {
      if (operand.is(Kind::boolean)) {
        if (operand.as_boolean() != deciding) continue;
        out = operand;
        return true;
      }
      fail(node, Fault::Kind::not_condition, deciding ? "||" : "&&", operand);
    }
    if (!failed) first = fault_;
    failed = true;
  }
  if (failed) {
    fault_ = first;
    return false;
  }
  out = Value::boolean(!deciding);
  return true;
}

bool Evaluator::conditional(const Node& node, Value& out) {
  Value condition;
  if (!evaluate(node.a, condition)) return false;
  if (!condition.is(Kind::boolean)) return fail(node, Fault::Kind::not_condition, "?:", condition);
  return evaluate(condition.as_boolean() ? node.b : node.c, out);
}

bool Evaluator::equal(const Node& node, Value& out) {
  Value left;
  Value right;
  if (!evaluate(node.a, left) || !evaluate(node.b, right)) return false;
  if (left.is(Kind::string) && right.is(Kind::string)) {
    out = Value::boolean(left.text() == right.text());
  } else {
    out = Value::boolean(record::equal(left, right));
  }
  return true;
}

bool Evaluator::in(const Node& node, Value& out) {
  Value operands[2];
  if (!evaluate(node.a, operands[0]) || !evaluate(node.b, operands[1])) return false;
  const auto& [value, container] = operands;
  if (container.is(Kind::list)) {
    const auto items = container.items();
    out = Value::boolean(std::any_of(items.begin(), items.end(),
                                     [&](const Value& item) { return record::equal(item, value); }));
    return true;
  }
  if (container.is(Kind::object)) {
    out = Value::boolean(value.is(Kind::string) && container.find(value.text()) != nullptr);
    return true;
  }
  return located(node, expr::no_overload(Operator::in, value, container, fault_));
}

bool Evaluator::calculate(const Node& node, Value& out) {
  Value left;
  Value right;
  if (!evaluate(node.a, left) || !evaluate(node.b, right)) return false;
  if (node.operation == Operator::add && left.kind() == right.kind() &&
      (left.is(Kind::string) || left.is(Kind::bytes) || left.is(Kind::list))) {
    return join(node, left, right, out);
  }
  if (!located(node, expr::calculate(node.operation, left, right, node.is_unsigned, arena_, out, fault_))) {
    return false;
  }
  return !out.is(Kind::decimal) || take(node, out.text().size());
}

bool Evaluator::join(const Node& node, const Value& left, const Value& right, Value& out) {
  if (left.is(Kind::list)) {
    const std::span<const Value> a = left.items();
    const std::span<const Value> b = right.items();
    if (!take(node, (a.size() + b.size()) * sizeof(Value))) return false;
    const auto items = arena_.array<Value>(a.size() + b.size());
    std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), items.begin()));
    out = Value::list(items);
    return true;
  }
  const std::string_view a = left.text();
  const std::string_view b = right.text();
  if (!take(node, a.size() + b.size())) return false;
  const auto text = arena_.array<char>(a.size() + b.size());
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), text.begin()));
  const std::string_view joined(text.data(), text.size());
  out = left.is(Kind::string) ? Value::string(joined) : Value::bytes(joined);
  return true;
}

bool Evaluator::take(const Node& node, std::size_t bytes) {
  new_bytes_ += bytes;
  return new_bytes_ <= max_new_bytes || fail(node, Fault::Kind::too_much_memory);
}

bool Evaluator::fail(const Node& node, Fault::Kind kind, std::string_view name) {
  fault_.kind = kind;
  fault_.name = name;
  fault_.count = 0;
  return located(node, false);
}

bool Evaluator::fail(const Node& node, Fault::Kind kind, std::string_view name, const Value& operand) {
  fail(node, kind, name);
  fault_.count = 1;
  fault_.operands[0] = operand;
  return false;
}

// Gives a fault that was found below its place.
bool Evaluator::located(const Node& node, bool good) {
  if (!good) fault_.offset = node.offset;
  return good;
}

bool Evaluator::no_overload(const Node& node, Fault::Form form, std::string_view name, const Value* operands,
                            std::size_t count) {
  fail(node, Fault::Kind::no_overload, name);
  fault_.form = form;
  fault_.count = static_cast<std::uint8_t>(count);
  std::copy_n(operands, count, fault_.operands);
  return false;
}

}  // namespace hiveframe::expr
