// The evaluator's functions and macros.

#include <algorithm>
#include <cstring>
#include <re2/re2.h>

#include "pipeline/expr/calendar.hpp"
#include "pipeline/expr/code_points.hpp"
#include "pipeline/expr/conversion.hpp"
#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/map_key.hpp"
#include "pipeline/expr/pattern.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

bool Evaluator::call(const Node& node, Value& out) {
  if (node.function == FunctionId::library) return call_library(node, out);
  Value arguments[2];
  for (std::uint32_t i = 0; i < node.b; ++i) {
    if (!evaluate(code_.operands[node.a + i], arguments[i])) return false;
  }
  return apply(node, arguments, out);
}

bool Evaluator::apply(const Node& node, const Value* arguments, Value& out) {
  const Value& first = arguments[0];
  const Fault::Form form = node.as_method ? Fault::Form::method : Fault::Form::function;
  switch (node.function) {
    case FunctionId::size:
      switch (first.kind()) {
        case Kind::string:
          out = Value::uint64(count_code_points(first.text()));
          return spend_text(node, first.text().size());
        case Kind::bytes:
          out = Value::uint64(first.text().size());
          return true;
        case Kind::list:
          out = Value::uint64(first.items().size());
          return true;
        case Kind::object:
          out = Value::uint64(first.members().size());
          return true;
        default:
          return no_overload(node, form, node.text, arguments, 1);
      }
    case FunctionId::contains:
    case FunctionId::starts_with:
    case FunctionId::ends_with: {
      if (!first.is(Kind::string) || !arguments[1].is(Kind::string)) {
        return no_overload(node, form, node.text, arguments, 2);
      }
      const std::string_view text = first.text();
      const std::string_view part = arguments[1].text();
      if (node.function == FunctionId::contains) return contains(node, text, part, out);
      out = Value::boolean(node.function == FunctionId::starts_with ? text.starts_with(part)
                                                                    : text.ends_with(part));
      return spend_text(node, std::min(text.size(), part.size()));
    }
    case FunctionId::matches:
      return match(node, first, arguments[1], out);
    case FunctionId::to_dyn:
      out = first;
      return true;
    case FunctionId::type_of:
      out = Value::string(node.is_type                                ? name(Type::type)
                          : node.is_unsigned && first.is(Kind::int64) ? name(Type::unsigned_integer)
                                                                      : name(type_of(first)));
      return true;
    case FunctionId::to_int:
    case FunctionId::to_uint:
    case FunctionId::to_double:
    case FunctionId::to_string:
    case FunctionId::to_bytes:
    case FunctionId::to_bool:
    case FunctionId::to_timestamp:
    case FunctionId::to_duration:
      return turn_into(node, first, out);
    default:
      return calendar(node, arguments, out);
  }
}

bool Evaluator::calendar(const Node& node, const Value* arguments, Value& out) {
  const Fault::Form form = Fault::Form::method;
  if (node.b == 1) {
    return read_calendar(node.function, arguments[0], nullptr, out) ||
           no_overload(node, form, node.text, arguments, 1);
  }
  if (!arguments[1].is(Kind::string)) return no_overload(node, form, node.text, arguments, 2);
  if (node.zone >= 0) {
    return read_calendar(node.function, arguments[0], &code_.zones[static_cast<std::size_t>(node.zone)],
                         out) ||
           no_overload(node, form, node.text, arguments, 2);
  }
  const std::optional<TimeZone> zone = TimeZone::fixed(arguments[1].text());
  if (!zone) return fail(node, Fault::Kind::bad_zone, {}, arguments[1]);
  return read_calendar(node.function, arguments[0], &*zone, out) ||
         no_overload(node, form, node.text, arguments, 2);
}

bool Evaluator::turn_into(const Node& node, const Value& value, Value& out) {
  const bool has_text = value.is(Kind::string) || value.is(Kind::bytes) || value.is(Kind::decimal);
  if (has_text && !spend_text(node, value.text().size())) return false;
  if (!located(node, convert(node.function, value, arena_, out, fault_.emplace()))) return false;
  return node.function != FunctionId::to_string || has_text || take(node, out.text().size());
}

bool Evaluator::contains(const Node& node, std::string_view text, std::string_view part, Value& out) {
  // find() begins anew at each first character, as often as there are such; memmem() does not, but takes
  // its time to begin.
  constexpr std::size_t long_text = 256;
  const bool found = text.size() < long_text
                         ? text.find(part) != std::string_view::npos
                         : memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
  out = Value::boolean(found);
  return spend_text(node, text.size() + part.size());
}

bool Evaluator::search(const Node& node, std::string_view text, const re2::RE2& pattern, bool& found) {
  // At worst RE2 goes through all of its program for each byte of the text.
  const auto program_size = static_cast<std::uint64_t>(pattern.ProgramSize());
  if (!spend(node, 32 + text.size() * (program_size + 4) / 8)) return false;
  found = re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
  return true;
}

// A pattern that only the record knows.
bool Evaluator::match(const Node& node, const Value& text, const Value& pattern, Value& out) {
  const Value operands[2] = {text, pattern};
  if (!text.is(Kind::string) || !pattern.is(Kind::string)) {
    return no_overload(node, node.as_method ? Fault::Form::method : Fault::Form::function, node.text,
                       operands, 2);
  }
  std::uint64_t work = 0;
  const re2::RE2& compiled = inputs_.patterns.compiled(pattern.text(), work);
  if (!spend(node, work)) return false;
  if (!compiled.ok())
    return fail(node, Fault::Kind::bad_pattern, arena_.copy(pattern_problem(compiled)), pattern);
  bool found = false;
  if (!search(node, text.text(), compiled, found)) return false;
  out = Value::boolean(found);
  return true;
}

Truth Evaluator::matches(const Node& node) {
  Value text;
  if (!evaluate(node.a, text)) return Truth::failed;
  if (!text.is(Kind::string)) {
    const Value operands[2] = {text, Value::string({})};
    no_overload(node, node.as_method ? Fault::Form::method : Fault::Form::function, node.text, operands, 2);
    return Truth::failed;
  }
  bool found = false;
  return search(node, text.text(), *code_.patterns[node.b], found) ? truth_of(found) : Truth::failed;
}

bool Evaluator::range(const Node& node, Value& over, std::size_t& size) {
  if (!evaluate(node.a, over)) return false;
  if (over.is(Kind::list)) {
    size = over.items().size();
  } else if (over.is(Kind::object)) {
    size = over.members().size();
  } else {
    return no_overload(node, Fault::Form::method, node.text, &over, 1);
  }
  return true;
}

bool Evaluator::bind(const Node& node, const Value& over, std::size_t item) {
  if (!spend(node, static_cast<std::uint64_t>(node.value.as_int64()))) return false;
  slots_[node.b].value = over.is(Kind::list) ? over.items()[item] : key_of(over.members()[item].name);
  return true;
}

Truth Evaluator::predicate(std::uint32_t index_of_node, const Node& macro, std::string_view name) {
  Value other;
  const Truth holds = truth(index_of_node, other);
  if (holds != Truth::other) return holds;
  not_condition(macro, name, index_of_node, other);
  return Truth::failed;
}

// `operand` is the step whose value is neither true nor false.
bool Evaluator::not_condition(const Node& node, std::string_view name, std::uint32_t operand,
                              const Value& value) {
  fail(node, Fault::Kind::not_condition, name, value);
  fault_->node = operand;
  return false;
}

// all() is && over the items and exists() is ||, errors included; but not what bounds the evaluation.
Truth Evaluator::quantify(const Node& node, Truth deciding) {
  Value over;
  std::size_t size = 0;
  if (!range(node, over, size)) return Truth::failed;
  std::optional<Fault> first;
  for (std::size_t i = 0; i < size; ++i) {
    if (!bind(node, over, i)) return Truth::failed;
    const Truth holds = predicate(node.c, node, node.text);
    if (holds == deciding) return deciding;
    if (holds != Truth::failed) continue;
    if (is_final(fault_->kind)) return Truth::failed;
    if (!first) first = *fault_;
  }
  if (first) {
    fault_ = first;
    return Truth::failed;
  }
  return deciding == Truth::yes ? Truth::no : Truth::yes;
}

Truth Evaluator::exists_one(const Node& node) {
  Value over;
  std::size_t size = 0;
  if (!range(node, over, size)) return Truth::failed;
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!bind(node, over, i)) return Truth::failed;
    const Truth holds = predicate(node.c, node, node.text);
    if (holds == Truth::failed) return holds;
    if (holds == Truth::yes) ++count;
  }
  return truth_of(count == 1);
}

// filter(), and map() with and without a condition.
bool Evaluator::collect(const Node& node, Value& out) {
  Value over;
  std::size_t size = 0;
  if (!range(node, over, size) || !take(node, size * sizeof(Value))) return false;
  const auto items = arena_.array<Value>(size);
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!bind(node, over, i)) return false;
    if (node.op != Op::map_items) {
      const Truth holds = predicate(node.c, node, node.text);
      if (holds == Truth::failed) return false;
      if (holds == Truth::no) continue;
    }
    Value item = slots_[node.b].value;
    if (node.op == Op::map_items && !evaluate(node.c, item)) return false;
    if (node.op == Op::filter_map_items && !evaluate(node.d, item)) return false;
    items[count++] = item;
  }
  out = Value::list(items.first(count));
  return true;
}

}  // namespace hiveframe::expr
