#include "pipeline/expr/ast.hpp"

namespace hiveframe::expr {

std::string_view symbol(Operator op) noexcept {
  switch (op) {
    case Operator::add:
      return "+";
    case Operator::subtract:
    case Operator::negate:
      return "-";
    case Operator::multiply:
      return "*";
    case Operator::divide:
      return "/";
    case Operator::modulo:
      return "%";
    case Operator::equal:
      return "==";
    case Operator::not_equal:
      return "!=";
    case Operator::less:
      return "<";
    case Operator::less_equal:
      return "<=";
    case Operator::greater:
      return ">";
    case Operator::greater_equal:
      return ">=";
    case Operator::in:
      return "in";
    case Operator::invert:
      return "!";
  }
  return "";
}

}  // namespace hiveframe::expr
