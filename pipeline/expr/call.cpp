#include "pipeline/expr/call.hpp"

#include <algorithm>
#include <array>

namespace hiveframe::expr {

using record::Value;

bool Evaluator::call_library(const Node& node, Value& out) {
  const Function& function = functions()[node.c];
  std::array<Value, 4> few;
  std::span<Value> arguments(few.data(), std::min<std::size_t>(node.b, few.size()));
  if (node.b > few.size()) {
    if (!take(node, node.b * sizeof(Value))) return false;
    arguments = arena_.array<Value>(node.b);
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    // Not into the array itself: what an evaluation leaves there if it fails is no value.
    Value argument;
    if (!evaluate(code_.operands[node.a + i], argument)) return false;
    arguments[i] = argument;
  }
  Call call(*this, node, arguments);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!expr::contains(function.argument(i), type_of(arguments[i]))) return call.no_overload();
  }
  return function.work(call, out);
}

const TimeZone* Call::zone() const noexcept {
  return node_.zone < 0 ? nullptr : &evaluator_.code_.zones[static_cast<std::size_t>(node_.zone)];
}

std::size_t Call::bytes_left() const noexcept {
  return evaluator_.inputs_.max_new_bytes - std::min(evaluator_.new_bytes_, evaluator_.inputs_.max_new_bytes);
}

bool Call::no_overload() {
  const Fault::Form form = node_.as_method ? Fault::Form::method : Fault::Form::function;
  return evaluator_.no_overload(node_, form, node_.text, arguments_.data(),
                                std::min(arguments_.size(), Fault::max_operands));
}

bool Call::bad_position(const Value& value, std::size_t size) {
  evaluator_.fail(node_, Fault::Kind::bad_position, {}, value);
  evaluator_.fault_->size = size;
  return false;
}

}  // namespace hiveframe::expr
