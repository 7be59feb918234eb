#include "pipeline/expr/compiler_steps.hpp"

#include <algorithm>

#include "config/text.hpp"
#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/map_key.hpp"
#include "pipeline/expr/type_rules.hpp"
#include "pipeline/record/deep_copy.hpp"

namespace hiveframe::expr {

using record::Value;

namespace {

constexpr std::size_t max_problems = 20;

}  // namespace

bool CompilerSteps::run(const Ast& root) {
  const Part part = compile(root);
  code_.root = part.node;
  code_.type = part.type;
  // The macros' variables come first, then the looked-up paths.
  for (Node& node : code_.nodes) {
    if (node.op == Op::cached_path) node.b += macro_slots_;
  }
  code_.slots = macro_slots_ + static_cast<std::uint32_t>(cached_paths_.size());
  if (sound() && code_.other_keys && part.constant) settle_keys(root);
  return sound();
}

// A constant is taken as it stands, without an evaluation.
void CompilerSteps::settle_keys(const Ast& root) {
  const Inputs nothing;
  Evaluator evaluator(code_, nullptr, nothing, code_.arena);
  if (!evaluator.plain_keys(code_.root, code_.nodes[code_.root].value))
    problem(root, describe(evaluator.fault()), "");
}

Part CompilerSteps::compile(const Ast& ast) {
  switch (ast.kind) {
    case Ast::Kind::literal:
      return literal(ast);
    case Ast::Kind::identifier:
      return identifier(ast);
    case Ast::Kind::select:
      return select(ast);
    case Ast::Kind::index:
      return index(ast);
    case Ast::Kind::call:
      return call(ast);
    case Ast::Kind::list:
      return list(ast);
    case Ast::Kind::map:
      return map(ast);
    case Ast::Kind::unary:
      return unary(ast);
    case Ast::Kind::binary:
      return binary(ast);
    case Ast::Kind::conjunction:
      return logic(ast, Op::conjunction);
    case Ast::Kind::disjunction:
      return logic(ast, Op::disjunction);
    case Ast::Kind::conditional:
      return conditional(ast);
  }
  return {};
}

Part CompilerSteps::literal(const Ast& ast) {
  const Type type = ast.is_unsigned ? Type::unsigned_integer : type_of(ast.literal);
  return constant(ast, record::deep_copy(ast.literal, code_.arena), type);
}

Part CompilerSteps::constant(const Ast& ast, const Value& value, Type type) {
  Node& node = add(ast, Op::constant);
  node.value = value;
  return {last(), type, true, type == Type::unsigned_integer, false};
}

Part CompilerSteps::list(const Ast& ast) {
  const std::vector<Part> parts = compile_all(ast.children, 0);
  Node& node = add(ast, Op::list);
  node.a = operands(parts);
  node.b = static_cast<std::uint32_t>(parts.size());
  return fold({last(), Type::list, false, false, false}, parts);
}

Part CompilerSteps::map(const Ast& ast) {
  constexpr TypeSet key_types =
      set_of(Type::string) | set_of(Type::integer) | set_of(Type::unsigned_integer) | set_of(Type::boolean);
  std::vector<std::string> known;
  std::vector<Part> parts;
  for (std::size_t i = 0; i < ast.children.size(); ++i) {
    const Ast& child = *ast.children[i];
    parts.push_back(compile(child));
    if (i % 2 != 0) continue;
    const Part& key = parts.back();
    code_.other_keys = code_.other_keys || key.type != Type::string;
    if (!contains(key_types, key.type)) {
      problem(child,
              "a key of a map must be a string, an int, a uint or a bool, not " +
                  std::string(short_name(key.type)),
              "");
    } else if (key.constant && sound()) {
      KeyRoom room;
      const std::optional<std::string_view> name = key_name(code_.nodes[key.node].value, room);
      if (name && std::find(known.begin(), known.end(), *name) != known.end()) {
        problem(child, "the key " + shown_key(*name) + " stands twice in one map", "");
      }
      if (name) known.emplace_back(*name);
    }
  }
  Node& node = add(ast, Op::map);
  node.a = operands(parts);
  node.b = static_cast<std::uint32_t>(parts.size() / 2);
  return fold({last(), Type::map, false, false, false}, parts);
}

Part CompilerSteps::unary(const Ast& ast) {
  const Part operand = compile(*ast.children[0]);
  const bool negative = ast.op == Operator::negate;
  const TypeSet allowed = negative ? set_of(Type::integer) | set_of(Type::floating) | set_of(Type::decimal)
                                   : set_of(Type::boolean);
  if (!contains(allowed, operand.type)) {
    return problem(
        ast, "no such operation: " + std::string(symbol(ast.op)) + std::string(short_name(operand.type)),
        operand.type == Type::unsigned_integer ? "a uint has no negative; int(…) makes an int" : "");
  }
  Node& node = add(ast, negative ? Op::negate : Op::invert);
  node.a = operand.node;
  return fold({last(), negative ? operand.type : Type::boolean, false, false, false}, {operand});
}

Part CompilerSteps::binary(const Ast& ast) {
  const Part left = compile(*ast.children[0]);
  const Part right = compile(*ast.children[1]);
  const std::optional<Type> type = binary_type(ast.op, left.type, right.type);
  if (!type) {
    return problem(ast,
                   "no such operation: " + std::string(short_name(left.type)) + " " +
                       std::string(symbol(ast.op)) + " " + std::string(short_name(right.type)),
                   conversion_hint(ast, left.type, right.type));
  }
  const bool is_unsigned =
      *type == Type::unsigned_integer || (*type == Type::dyn && (left.is_unsigned || right.is_unsigned));
  Op op = Op::calculate;
  if (ast.op == Operator::equal) op = Op::equal;
  if (ast.op == Operator::not_equal) op = Op::not_equal;
  if (ast.op == Operator::in) op = Op::in;
  if (ast.op >= Operator::less && ast.op <= Operator::greater_equal) op = Op::compare;
  Node& node = add(ast, op);
  node.operation = ast.op;
  node.is_unsigned = is_unsigned;
  node.a = left.node;
  node.b = right.node;
  shorten_comparison(node);
  return fold({last(), *type, false, is_unsigned && op == Op::calculate, false}, {left, right});
}

// A field of the record against a constant is what most conditions are made of.
void CompilerSteps::shorten_comparison(Node& node) const {
  if (node.op != Op::equal && node.op != Op::not_equal && node.op != Op::compare) return;
  const Node& left = code_.nodes[node.a];
  const Node& right = code_.nodes[node.b];
  const bool field_first = left.op == Op::field && right.op == Op::constant;
  if (!field_first && !(left.op == Op::constant && right.op == Op::field)) return;
  if (node.op == Op::compare) {
    node.op = field_first ? Op::field_compare : Op::compare_to_field;
  } else {
    node.op = node.op == Op::equal ? Op::field_equal : Op::field_not_equal;
  }
  node.value = field_first ? right.value : left.value;
  node.a = field_first ? left.a : right.a;
}

std::string CompilerSteps::conversion_hint(const Ast& ast, Type left, Type right) {
  if (ast.op == Operator::add && (left == Type::string || right == Type::string))
    return "string(…) makes a string of it";
  if (ast.op == Operator::in && right == Type::string) return "text.contains(part) looks into a text";
  const auto is_number = [](Type type) { return type >= Type::integer && type <= Type::decimal; };
  if ((left == Type::timestamp && is_number(right)) || (is_number(left) && right == Type::timestamp))
    return "what is added to a time is a duration: duration('24h')";
  const bool mixed = (left == Type::integer && right == Type::unsigned_integer) ||
                     (left == Type::unsigned_integer && right == Type::integer);
  return mixed ? "int(…) or uint(…) makes them alike" : "";
}

Part CompilerSteps::logic(const Ast& ast, Op op) {
  const std::vector<Part> parts = compile_all(ast.children, 0);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!contains(set_of(Type::boolean), parts[i].type)) {
      std::string message = op == Op::conjunction ? "&&" : "||";
      message.append(" needs true or false, not ").append(short_name(parts[i].type));
      problem(*ast.children[i], std::move(message), "");
    }
  }
  Node& node = add(ast, op);
  node.a = operands(parts);
  node.b = static_cast<std::uint32_t>(parts.size());
  return fold({last(), Type::boolean, false, false, false}, parts);
}

Part CompilerSteps::conditional(const Ast& ast) {
  const std::vector<Part> parts = compile_all(ast.children, 0);
  if (!contains(set_of(Type::boolean), parts[0].type)) {
    return problem(*ast.children[0], "?: needs true or false, not " + std::string(short_name(parts[0].type)),
                   "");
  }
  const bool same = parts[1].type == parts[2].type;
  Node& node = add(ast, Op::conditional);
  node.a = parts[0].node;
  node.b = parts[1].node;
  node.c = parts[2].node;
  return fold({last(), same ? parts[1].type : Type::dyn, false, parts[1].is_unsigned && parts[2].is_unsigned,
               parts[1].open || parts[2].open},
              parts);
}

std::vector<Part> CompilerSteps::compile_all(const std::vector<const Ast*>& children, std::size_t from) {
  std::vector<Part> parts;
  for (std::size_t i = from; i < children.size(); ++i)
    parts.push_back(compile(*children[i]));
  return parts;
}

Node& CompilerSteps::add(const Ast& ast, Op op) {
  Node& node = code_.nodes.emplace_back();
  node.op = op;
  node.offset = static_cast<std::uint32_t>(ast.begin);
  return node;
}

std::uint32_t CompilerSteps::operands(const std::vector<Part>& parts) {
  const auto first = static_cast<std::uint32_t>(code_.operands.size());
  for (const Part& part : parts)
    code_.operands.push_back(part.node);
  return first;
}

Part CompilerSteps::fold(Part part, const std::vector<Part>& operands, const Ast* conversion_of) {
  if (!sound() ||
      !std::all_of(operands.begin(), operands.end(), [](const Part& each) { return each.constant; })) {
    return part;
  }
  const Inputs nothing;
  Evaluator evaluator(code_, nullptr, nothing, code_.arena);
  Value value;
  if (!evaluator.run(part.node, value)) {
    if (conversion_of != nullptr) problem(*conversion_of, describe(evaluator.fault()), "");
    return part;
  }
  Node& node = code_.nodes[part.node];
  node.op = Op::constant;
  node.value = value;
  part.constant = true;
  part.open = false;
  return part;
}

Part CompilerSteps::problem(const Ast& ast, std::string message, std::string hint) {
  if (problems_.size() - problems_before_ < max_problems) {
    problems_.push_back({ast.begin, ast.end, std::move(message), std::move(hint)});
  }
  return {};
}

}  // namespace hiveframe::expr
