#include "pipeline/expr/fault.hpp"

#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/map_key.hpp"
#include "pipeline/expr/shown_value.hpp"

namespace hiveframe::expr {
namespace {

std::string overload(const Fault& fault) {
  const std::string name(fault.name);
  const auto operand = [&](std::size_t i) { return shown_type(fault.operands[i]); };
  switch (fault.form) {
    case Fault::Form::prefix:
      return name + operand(0);
    case Fault::Form::infix:
      return operand(0) + " " + name + " " + operand(1);
    case Fault::Form::index:
      return operand(0) + "[" + operand(1) + "]";
    case Fault::Form::selection:
      return operand(0) + "." + name;
    case Fault::Form::function:
    case Fault::Form::method:
      break;
  }
  const std::size_t first = fault.form == Fault::Form::method ? 1 : 0;
  std::string text = first == 1 ? operand(0) + "." + name : name;
  text += "(";
  for (std::size_t i = first; i < fault.count; ++i)
    text += (i > first ? ", " : "") + operand(i);
  return text + ")";
}

}  // namespace

std::string describe(const Fault& fault) {
  const std::string name(fault.name);
  switch (fault.kind) {
    case Fault::Kind::no_overload:
      return "no such operation: " + overload(fault);
    case Fault::Kind::overflow:
      return "the result of '" + name + "' is out of range";
    case Fault::Kind::divide_by_zero:
      return name == "%" ? "modulus by zero" : "division by zero";
    case Fault::Kind::no_such_key:
      return "no such key: " + shown_key(fault.name);
    case Fault::Kind::bad_index:
      return "index " + shown(fault.operands[0]) + " is out of range of a list of " +
             std::to_string(fault.size);
    case Fault::Kind::not_convertible:
      return shown(fault.operands[0]) + " is no " + name;
    case Fault::Kind::out_of_range:
      return shown(fault.operands[0]) + " is out of range of " + name;
    case Fault::Kind::not_utf8:
      return "the bytes are not UTF-8";
    case Fault::Kind::bad_pattern:
      return shown(fault.operands[0]) + " is no regular expression (RE2): " + name;
    case Fault::Kind::bad_zone:
      return shown(fault.operands[0]) +
             " is no time zone like 'UTC' or '+02:00' (a name like 'Europe/Paris' must be written in the "
             "expression)";
    case Fault::Kind::bad_key:
      return "a key of a map must be a string, an int, a uint or a bool, not " +
             shown_type(fault.operands[0]);
    case Fault::Kind::repeated_key:
      return "the key " + shown_key(fault.name) + " stands twice in one map";
    case Fault::Kind::bad_position:
      return "position " + shown(fault.operands[0]) + " is out of range of a text of " +
             std::to_string(fault.size) + (fault.size == 1 ? " character" : " characters");
    case Fault::Kind::bad_argument:
      return shown(fault.operands[0]) + " " + name;
    case Fault::Kind::not_condition:
      return name + " needs true or false, not " +
             (fault.operands[0].is_null() ? "null" : shown(fault.operands[0]));
    case Fault::Kind::too_much_work:
      return "the expression does too much for one record";
    case Fault::Kind::too_much_memory:
      return "the expression makes more than " + std::to_string(fault.size >> 20) + " MiB of values" +
             (fault.size < max_new_bytes ? ", a quarter of memory_limit" : "");
    case Fault::Kind::interrupted:
      return "the run ended before the expression was through";
  }
  return {};
}

}  // namespace hiveframe::expr
