#include "pipeline/expr/compiler.hpp"

#include <algorithm>
#include <optional>
#include <re2/re2.h>
#include <string>

#include "pipeline/expr/evaluator.hpp"
#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/names.hpp"
#include "pipeline/expr/parser.hpp"
#include "pipeline/expr/pattern.hpp"
#include "pipeline/expr/type_rules.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

constexpr std::size_t max_problems = 20;

// A compiled part, and what is known of its value.
struct Part {
  std::uint32_t node = 0;
  Type type = Type::dyn;
  bool constant = false;
  bool is_unsigned = false;  // known to be a uint, though dyn() may hide it from the checker
  bool open = false;         // comes from a record: an absent field below it is null
};

class Compiler {
 public:
  Compiler(Code& code, std::vector<Problem>& problems)
      : code_(code), problems_(problems), problems_before_(problems.size()) {}

  bool run(const Ast& root) {
    const Part part = compile(root);
    code_.root = part.node;
    code_.type = part.type;
    // The macros' variables come first, then the looked-up paths.
    for (Node& node : code_.nodes) {
      if (node.op == Op::cached_path) node.b += macro_slots_;
    }
    code_.slots = macro_slots_ + static_cast<std::uint32_t>(cached_paths_.size());
    return sound();
  }

 private:
  Part compile(const Ast& ast) {
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

  Part literal(const Ast& ast) {
    const Type type = ast.is_unsigned ? Type::unsigned_integer : type_of(ast.literal);
    return constant(ast, record::deep_copy(ast.literal, code_.arena), type);
  }

  Part constant(const Ast& ast, const Value& value, Type type) {
    Node& node = add(ast, Op::constant);
    node.value = value;
    return {last(), type, true, type == Type::unsigned_integer, false};
  }

  // Names and paths.

  Part identifier(const Ast& ast) {
    if (const std::optional<std::size_t> bound = find_bound(ast.name)) {
      Node& node = add(ast, Op::slot);
      node.a = static_cast<std::uint32_t>(*bound);
      return {last(), Type::dyn, false, false, bound_[*bound].open};
    }
    if (const std::optional<VariablePath> path = as_path(ast)) return variable(ast, *path);
    if (const std::optional<Type> type = find_type(ast.name))
      return constant(ast, Value::string(name(*type)), Type::type);
    std::vector<std::string_view> names;
    for (const Bound& each : bound_)
      names.push_back(each.name);
    if (find_function(ast.name) != nullptr || find_macro(ast.name)) {
      return problem(ast, "'" + std::string(ast.name) + "' is a function",
                     "call it: " + std::string(ast.name) + "(…)");
    }
    return problem(ast, "unknown variable '" + std::string(ast.name) + "'",
                   hint_for_variable(ast.name, names));
  }

  Part variable(const Ast& ast, const VariablePath& path) {
    const bool is_data = path.variable == Variable::record || path.variable == Variable::key ||
                         path.variable == Variable::meta;
    const bool cached = !bound_.empty();
    Node& node = add(ast, cached ? Op::cached_path : Op::variable_path);
    node.a = path_index(path);
    node.b = cached ? cache_slot(node.a) : 0;
    node.strict = !is_data;
    return {last(), path.variable == Variable::now ? Type::timestamp : Type::dyn, false, false, is_data};
  }

  // `record.a['b c']` as a variable and names, if it is nothing else.
  std::optional<VariablePath> as_path(const Ast& ast) {
    std::vector<std::string_view> names;
    const Ast* at = &ast;
    for (;; at = at->children[0]) {
      if (at->kind == Ast::Kind::select) {
        names.push_back(at->name);
      } else if (at->kind == Ast::Kind::index && at->children[1]->kind == Ast::Kind::literal &&
                 at->children[1]->literal.is(Kind::string)) {
        names.push_back(at->children[1]->literal.text());
      } else {
        break;
      }
    }
    if (at->kind != Ast::Kind::identifier || find_bound(at->name)) return std::nullopt;
    const std::optional<Variable> variable = find_variable(at->name);
    if (!variable || (*variable == Variable::now && !names.empty())) return std::nullopt;
    const auto kept = code_.arena.array<std::string_view>(names.size());
    std::transform(names.rbegin(), names.rend(), kept.begin(),
                   [this](std::string_view name) { return code_.arena.copy(name); });
    return VariablePath{*variable, kept};
  }

  std::uint32_t path_index(const VariablePath& path) {
    for (std::size_t i = 0; i < code_.paths.size(); ++i) {
      const VariablePath& known = code_.paths[i];
      if (known.variable == path.variable && std::ranges::equal(known.names, path.names)) {
        return static_cast<std::uint32_t>(i);
      }
    }
    code_.paths.push_back(path);
    return static_cast<std::uint32_t>(code_.paths.size() - 1);
  }

  std::uint32_t cache_slot(std::uint32_t path) {
    const auto known = std::find(cached_paths_.begin(), cached_paths_.end(), path);
    if (known != cached_paths_.end()) return static_cast<std::uint32_t>(known - cached_paths_.begin());
    cached_paths_.push_back(path);
    return static_cast<std::uint32_t>(cached_paths_.size() - 1);
  }

  Part select(const Ast& ast) {
    if (const std::optional<VariablePath> path = as_path(ast)) return variable(ast, *path);
    if (const std::optional<Type> type = find_type(dotted(ast));
        type && !find_bound(dotted(ast).substr(0, 6))) {
      return constant(ast, Value::string(name(*type)), Type::type);
    }
    const Part parent = compile(*ast.children[0]);
    if (parent.type != Type::dyn && parent.type != Type::map && !(parent.open && parent.type == Type::null)) {
      return problem(
          ast, "no such overload: " + std::string(short_name(parent.type)) + "." + std::string(ast.name),
          find_function(ast.name) != nullptr ? "a method is called with (): " + std::string(ast.name) + "()"
                                             : "");
    }
    Node& node = add(ast, Op::select);
    node.a = parent.node;
    node.strict = !parent.open;
    node.text = code_.arena.copy(ast.name);
    return fold({last(), Type::dyn, false, false, parent.open}, {parent});
  }

  // `a.b.c` as one text, empty for everything else.
  static std::string dotted(const Ast& ast) {
    if (ast.kind == Ast::Kind::identifier) return std::string(ast.name);
    if (ast.kind != Ast::Kind::select) return {};
    const std::string parent = dotted(*ast.children[0]);
    return parent.empty() ? parent : parent + "." + std::string(ast.name);
  }

  Part index(const Ast& ast) {
    if (const std::optional<VariablePath> path = as_path(ast)) return variable(ast, *path);
    const Part parent = compile(*ast.children[0]);
    const Part key = compile(*ast.children[1]);
    const bool list_key =
        contains(set_of(Type::integer) | set_of(Type::unsigned_integer) | set_of(Type::floating), key.type);
    const bool map_key = contains(set_of(Type::string), key.type);
    const bool sound = parent.type == Type::dyn    ? list_key || map_key
                       : parent.type == Type::list ? list_key
                       : parent.type == Type::map  ? map_key
                                                   : false;
    if (!sound) {
      return problem(ast,
                     "no such overload: " + std::string(short_name(parent.type)) + "[" +
                         std::string(short_name(key.type)) + "]",
                     "");
    }
    Node& node = add(ast, Op::index);
    node.a = parent.node;
    node.b = key.node;
    node.strict = !parent.open;
    return fold({last(), Type::dyn, false, false, parent.open}, {parent, key});
  }

  Part has(const Ast& ast) {
    const Ast* field = ast.children.size() == 1 ? ast.children[0] : nullptr;
    const bool by_index = field != nullptr && field->kind == Ast::Kind::index &&
                          field->children[1]->kind == Ast::Kind::literal &&
                          field->children[1]->literal.is(Kind::string);
    if (field == nullptr || (field->kind != Ast::Kind::select && !by_index)) {
      return problem(ast, "'has' takes a field", "write it as has(record.name)");
    }
    if (const std::optional<VariablePath> path = as_path(*field)) {
      Node& node = add(*field, Op::has_path);
      node.a = path_index(*path);
      return {last(), Type::boolean, false, false, false};
    }
    const Part parent = compile(*field->children[0]);
    if (parent.type != Type::dyn && parent.type != Type::map) {
      return problem(*field, "no such overload: has(" + std::string(short_name(parent.type)) + ".…)", "");
    }
    Node& node = add(*field, Op::has_field);
    node.a = parent.node;
    node.strict = !parent.open;
    node.text = code_.arena.copy(by_index ? field->children[1]->literal.text() : field->name);
    return fold({last(), Type::boolean, false, false, false}, {parent});
  }

  // Lists and maps.

  Part list(const Ast& ast) {
    const std::vector<Part> parts = compile_all(ast.children, 0);
    Node& node = add(ast, Op::list);
    node.a = operands(parts);
    node.b = static_cast<std::uint32_t>(parts.size());
    return fold({last(), Type::list, false, false, false}, parts);
  }

  Part map(const Ast& ast) {
    std::vector<std::string_view> known;
    std::vector<Part> parts;
    for (std::size_t i = 0; i < ast.children.size(); ++i) {
      const Ast& child = *ast.children[i];
      parts.push_back(compile(child));
      if (i % 2 != 0) continue;
      const Part& key = parts.back();
      if (key.type != Type::dyn && key.type != Type::string) {
        problem(child, "a key of a map must be a string, not " + std::string(short_name(key.type)),
                "keys are strings here, as in JSON");
      } else if (key.constant && sound()) {
        const std::string_view text = code_.nodes[key.node].value.text();
        if (std::find(known.begin(), known.end(), text) != known.end()) {
          problem(child, "the key " + config::quote(text) + " stands twice in one map", "");
        }
        known.push_back(text);
      }
    }
    Node& node = add(ast, Op::map);
    node.a = operands(parts);
    node.b = static_cast<std::uint32_t>(parts.size() / 2);
    return fold({last(), Type::map, false, false, false}, parts);
  }

  // Operators.

  Part unary(const Ast& ast) {
    const Part operand = compile(*ast.children[0]);
    const bool negative = ast.op == Operator::negate;
    const TypeSet allowed = negative ? set_of(Type::integer) | set_of(Type::floating) | set_of(Type::decimal)
                                     : set_of(Type::boolean);
    if (!contains(allowed, operand.type)) {
      return problem(
          ast, "no such overload: " + std::string(symbol(ast.op)) + std::string(short_name(operand.type)),
          operand.type == Type::unsigned_integer ? "a uint has no negative; int(…) makes an int" : "");
    }
    Node& node = add(ast, negative ? Op::negate : Op::invert);
    node.a = operand.node;
    return fold({last(), negative ? operand.type : Type::boolean, false, false, false}, {operand});
  }

  Part binary(const Ast& ast) {
    const Part left = compile(*ast.children[0]);
    const Part right = compile(*ast.children[1]);
    const std::optional<Type> type = binary_type(ast.op, left.type, right.type);
    if (!type) {
      return problem(ast,
                     "no such overload: " + std::string(short_name(left.type)) + " " +
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
    return fold({last(), *type, false, is_unsigned && op == Op::calculate, false}, {left, right});
  }

  static std::string conversion_hint(const Ast& ast, Type left, Type right) {
    if (ast.op == Operator::add && (left == Type::string || right == Type::string))
      return "string(…) makes a string of it";
    const bool mixed = (left == Type::integer && right == Type::unsigned_integer) ||
                       (left == Type::unsigned_integer && right == Type::integer);
    return mixed ? "int(…) or uint(…) makes them alike" : "";
  }

  Part logic(const Ast& ast, Op op) {
    const std::vector<Part> parts = compile_all(ast.children, 0);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!contains(set_of(Type::boolean), parts[i].type)) {
        problem(*ast.children[i],
                std::string(op == Op::conjunction ? "&&" : "||") + " needs true or false, not " +
                    std::string(short_name(parts[i].type)),
                "");
      }
    }
    Node& node = add(ast, op);
    node.a = operands(parts);
    node.b = static_cast<std::uint32_t>(parts.size());
    return fold({last(), Type::boolean, false, false, false}, parts);
  }

  Part conditional(const Ast& ast) {
    const std::vector<Part> parts = compile_all(ast.children, 0);
    if (!contains(set_of(Type::boolean), parts[0].type)) {
      return problem(*ast.children[0],
                     "?: needs true or false, not " + std::string(short_name(parts[0].type)), "");
    }
    const bool same = parts[1].type == parts[2].type;
    Node& node = add(ast, Op::conditional);
    node.a = parts[0].node;
    node.b = parts[1].node;
    node.c = parts[2].node;
    return fold({last(), same ? parts[1].type : Type::dyn, false,
                 parts[1].is_unsigned && parts[2].is_unsigned, parts[1].open || parts[2].open},
                parts);
  }

  // Functions and macros.

  Part call(const Ast& ast) {
    if (!ast.method && ast.name == "has") return has(ast);
    if (const std::optional<Op> op = find_macro(ast.name); op && ast.method) return macro(ast, *op);
    const std::string name(ast.name);
    const Function* function = find_function(ast.name);
    if (function == nullptr) {
      if (find_macro(ast.name))
        return problem(ast, "'" + name + "' is called on a list", "write it as list." + name + "(x, …)");
      if (ast.name == "has")
        return problem(ast, "'has' is not called on a value", "write it as has(record.name)");
      return problem(ast, "unknown function '" + name + "'", hint_for_function(ast.name));
    }
    if (ast.method && !function->as_method) {
      return problem(ast, "'" + name + "' is not called on a value", "write it as " + name + "(value)");
    }
    if (!ast.method && !function->as_function) {
      return problem(ast, "'" + name + "' is called on a value", "write it as value." + name + "(…)");
    }
    if (ast.children.size() < function->required || ast.children.size() > function->allowed) {
      const std::size_t receiver = ast.method ? 1 : 0;
      std::string wanted = std::to_string(function->required - receiver);
      if (function->allowed != function->required)
        wanted += " or " + std::to_string(function->allowed - receiver);
      return problem(ast,
                     "'" + name + "' takes " + wanted + (wanted == "1" ? " argument" : " arguments") +
                         ", not " + std::to_string(ast.children.size() - receiver),
                     "");
    }
    const std::vector<Part> parts = compile_all(ast.children, 0);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!contains(function->arguments[i], parts[i].type)) return wrong_arguments(ast, parts);
    }
    return function_call(ast, *function, parts);
  }

  Part wrong_arguments(const Ast& ast, const std::vector<Part>& parts) {
    std::string text = ast.method ? std::string(short_name(parts[0].type)) + "." : "";
    text += std::string(ast.name) + "(";
    for (std::size_t i = ast.method ? 1 : 0; i < parts.size(); ++i) {
      text += (text.back() == '(' ? "" : ", ") + std::string(short_name(parts[i].type));
    }
    return problem(ast, "no such overload: " + text + ")", "");
  }

  Part function_call(const Ast& ast, const Function& function, const std::vector<Part>& parts) {
    const auto text_of = [&](std::size_t i) { return code_.nodes[parts[i].node].value.text(); };
    const bool constant_text =
        parts.size() == 2 && parts[1].constant && parts[1].type == Type::string && sound();
    std::int32_t zone = -1;
    if (function.id == FunctionId::matches && constant_text) return matches(ast, parts, text_of(1));
    if (function.id >= FunctionId::get_full_year && constant_text) {
      std::optional<TimeZone> known = TimeZone::named(text_of(1));
      if (!known) {
        return problem(
            *ast.children[1], "unknown time zone " + config::quote(text_of(1)),
            "write 'UTC', an offset like '+02:00', or a name like 'Europe/Paris' that this system knows");
      }
      zone = static_cast<std::int32_t>(code_.zones.size());
      code_.zones.push_back(std::move(*known));
    }
    Node& node = add(ast, Op::call);
    node.function = function.id;
    node.as_method = ast.method;
    node.text = function.name;
    node.zone = zone;
    node.is_type = parts[0].type == Type::type;
    node.is_unsigned = parts[0].is_unsigned;
    node.a = operands(parts);
    node.b = static_cast<std::uint32_t>(parts.size());
    const bool hides = function.id == FunctionId::to_dyn;
    Part part{last(), function.result, false,
              function.result == Type::unsigned_integer || (hides && parts[0].is_unsigned),
              hides && parts[0].open};
    const bool is_conversion = function.id >= FunctionId::to_int && function.id <= FunctionId::to_duration;
    return fold(part, parts, is_conversion ? ast.children[0] : nullptr);
  }

  Part matches(const Ast& ast, const std::vector<Part>& parts, std::string_view pattern) {
    auto compiled =
        std::make_unique<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), pattern_options());
    if (!compiled->ok()) {
      return problem(*ast.children[1],
                     config::quote(pattern) + " is no regular expression: " + compiled->error(),
                     "the syntax is RE2's; r'…' needs no doubled backslashes");
    }
    Node& node = add(ast, Op::matches);
    node.as_method = ast.method;
    node.text = "matches";
    node.a = parts[0].node;
    node.b = static_cast<std::uint32_t>(code_.patterns.size());
    code_.patterns.push_back(std::move(compiled));
    return fold({last(), Type::boolean, false, false, false}, parts);
  }

  Part macro(const Ast& ast, Op op) {
    const std::string name(ast.name);
    const bool three = op == Op::map_items && ast.children.size() == 4;
    if (ast.children.size() != 3 && !three) {
      return problem(ast, "'" + name + "' takes a name and an expression",
                     "write it as list." + name + "(x, …)");
    }
    const Ast& variable = *ast.children[1];
    if (variable.kind != Ast::Kind::identifier) {
      return problem(variable, "the first argument of '" + name + "' is a name for each item",
                     "write it as list." + name + "(x, …)");
    }
    if (bound_.size() == max_macro_depth) {
      return problem(ast, "macros nest more than " + std::to_string(max_macro_depth) + " deep", "");
    }
    const Part over = compile(*ast.children[0]);
    if (!contains(set_of(Type::list) | set_of(Type::map), over.type)) {
      return problem(ast, "no such overload: " + std::string(short_name(over.type)) + "." + name + "(…)", "");
    }
    bound_.push_back({variable.name, over.open});
    macro_slots_ = std::max(macro_slots_, static_cast<std::uint32_t>(bound_.size()));
    const std::vector<Part> parts = compile_all(ast.children, 2);
    bound_.pop_back();
    if ((op != Op::map_items || three) && !contains(set_of(Type::boolean), parts[0].type)) {
      return problem(*ast.children[2],
                     name + " needs true or false, not " + std::string(short_name(parts[0].type)), "");
    }
    Node& node = add(ast, three ? Op::filter_map_items : op);
    node.text = code_.arena.copy(ast.name);
    node.a = over.node;
    node.b = static_cast<std::uint32_t>(bound_.size());
    node.c = parts[0].node;
    node.d = three ? parts[1].node : 0;
    const bool is_list = op == Op::filter || op == Op::map_items;
    const bool open = op == Op::filter ? over.open : is_list && parts.back().open;
    return {last(), is_list ? Type::list : Type::boolean, false, false, open};
  }

  // Building blocks.

  std::vector<Part> compile_all(const std::vector<const Ast*>& children, std::size_t from) {
    std::vector<Part> parts;
    for (std::size_t i = from; i < children.size(); ++i)
      parts.push_back(compile(*children[i]));
    return parts;
  }

  Node& add(const Ast& ast, Op op) {
    Node& node = code_.nodes.emplace_back();
    node.op = op;
    node.offset = static_cast<std::uint32_t>(ast.begin);
    return node;
  }
  std::uint32_t last() const { return static_cast<std::uint32_t>(code_.nodes.size() - 1); }

  std::uint32_t operands(const std::vector<Part>& parts) {
    const auto first = static_cast<std::uint32_t>(code_.operands.size());
    for (const Part& part : parts)
      code_.operands.push_back(part.node);
    return first;
  }

  // A part all of whose operands are constant is settled now. One that fails is left to fail for each
  // record, since `||` or `?:` may make that harmless; but a conversion that can never work is a slip, and is
  // reported at `conversion_of`.
  Part fold(Part part, const std::vector<Part>& operands, const Ast* conversion_of = nullptr) {
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

  struct Bound {
    std::string_view name;
    bool open;
  };

  // The innermost of that name.
  std::optional<std::size_t> find_bound(std::string_view name) const {
    for (std::size_t i = bound_.size(); i > 0; --i) {
      if (bound_[i - 1].name == name) return i - 1;
    }
    return std::nullopt;
  }

  bool sound() const { return problems_.size() == problems_before_; }

  Part problem(const Ast& ast, std::string message, std::string hint) {
    if (problems_.size() - problems_before_ < max_problems) {
      problems_.push_back({ast.begin, ast.end, std::move(message), std::move(hint)});
    }
    return {};
  }

  Code& code_;
  std::vector<Problem>& problems_;
  const std::size_t problems_before_;
  std::vector<Bound> bound_;
  std::vector<std::uint32_t> cached_paths_;
  std::uint32_t macro_slots_ = 0;
};

}  // namespace

Code::Code() = default;
Code::~Code() = default;

std::shared_ptr<const Code> compile(const config::LocatedText& text, std::vector<Problem>& problems) {
  auto code = std::make_shared<Code>();
  code->text = text;
  Problem problem;
  const std::optional<AstTree> tree = parse(code->text.view(), problem);
  if (!tree) {
    problems.push_back(std::move(problem));
    return nullptr;
  }
  if (!Compiler(*code, problems).run(*tree->root)) return nullptr;
  return code;
}

}  // namespace hiveframe::expr
