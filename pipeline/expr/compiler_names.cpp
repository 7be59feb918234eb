#include <algorithm>

#include "config/text.hpp"
#include "pipeline/expr/compiler_steps.hpp"
#include "pipeline/expr/names.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

Part CompilerSteps::identifier(const Ast& ast) {
  if (const std::optional<std::size_t> bound = find_bound(ast)) {
    Node& node = add(ast, Op::slot);
    node.a = static_cast<std::uint32_t>(*bound);
    node.text = code_.arena.copy(ast.name);
    return {last(), Type::dyn, false, false, bound_[*bound].open};
  }
  if (const std::optional<VariablePath> path = as_path(ast)) return variable(ast, *path);
  if (const std::optional<Type> type = find_type(ast.name))
    return constant(ast, Value::string(name(*type)), Type::type);
  std::vector<std::string_view> names;
  for (const Bound& each : bound_)
    if (!ast.outermost) names.push_back(each.name);
  if (find_function(ast.name) != nullptr || find_macro(ast.name)) {
    return problem(ast, config::quote(ast.name) + " is a function",
                   "call it: " + std::string(ast.name) + "(…)");
  }
  std::string hint = hint_for_hyphen(code_.text.view(), ast.begin, ast.end);
  if (hint.empty()) hint = hint_for_variable(ast.name, names);
  return problem(ast, "unknown variable '" + std::string(ast.name) + "'", std::move(hint));
}

Part CompilerSteps::variable(const Ast& ast, const VariablePath& path) {
  const bool is_data =
      path.variable == Variable::record || path.variable == Variable::key || path.variable == Variable::meta;
  const bool cached = !bound_.empty();
  const bool is_field = path.variable == Variable::record && !path.names.empty();
  mention(ast, path);
  Node& node = add(ast, cached ? Op::cached_path : is_field ? Op::field : Op::variable_path);
  node.a = path_index(path);
  node.b = cached ? cache_slot(node.a) : 0;
  node.strict = !is_data;
  return {last(), path.variable == Variable::now ? Type::timestamp : Type::dyn, false, false, is_data};
}

std::optional<VariablePath> CompilerSteps::as_path(const Ast& ast) {
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
  if (at->kind != Ast::Kind::identifier || find_bound(*at)) return std::nullopt;
  const std::optional<Variable> variable = find_variable(at->name);
  if (!variable || (*variable == Variable::now && !names.empty())) return std::nullopt;
  const auto kept = code_.arena.array<std::string_view>(names.size());
  std::transform(names.rbegin(), names.rend(), kept.begin(),
                 [this](std::string_view name) { return code_.arena.copy(name); });
  return VariablePath{*variable, kept};
}

void CompilerSteps::mention(const Ast& ast, const VariablePath& path) {
  const Ast* variable = &ast;
  const Ast* member = nullptr;
  for (; variable->kind != Ast::Kind::identifier; variable = variable->children[0])
    member = variable;
  if (member == nullptr) {
    code_.mentions.push_back({name_of(path.variable), {}, variable->begin, variable->end});
    return;
  }
  const Ast& named = member->kind == Ast::Kind::index ? *member->children[1] : *member;
  code_.mentions.push_back({name_of(path.variable), path.names.front(), named.begin, named.end});
}

std::uint32_t CompilerSteps::path_index(const VariablePath& path) {
  for (std::size_t i = 0; i < code_.paths.size(); ++i) {
    const VariablePath& known = code_.paths[i];
    if (known.variable == path.variable && std::ranges::equal(known.names, path.names)) {
      return static_cast<std::uint32_t>(i);
    }
  }
  code_.paths.push_back(path);
  return static_cast<std::uint32_t>(code_.paths.size() - 1);
}

std::uint32_t CompilerSteps::cache_slot(std::uint32_t path) {
  const auto known = std::find(cached_paths_.begin(), cached_paths_.end(), path);
  if (known != cached_paths_.end()) return static_cast<std::uint32_t>(known - cached_paths_.begin());
  cached_paths_.push_back(path);
  return static_cast<std::uint32_t>(cached_paths_.size() - 1);
}

Part CompilerSteps::select(const Ast& ast) {
  if (const std::optional<VariablePath> path = as_path(ast)) return variable(ast, *path);
  if (const std::optional<Type> type = find_type(dotted(ast))) {
    return constant(ast, Value::string(name(*type)), Type::type);
  }
  const Part parent = compile(*ast.children[0]);
  if (parent.type != Type::dyn && parent.type != Type::map && !(parent.open && parent.type == Type::null)) {
    return problem(
        ast, "no such operation: " + std::string(short_name(parent.type)) + "." + std::string(ast.name),
        find_function(ast.name) != nullptr ? "a method is called with (): " + std::string(ast.name) + "()"
                                           : "");
  }
  Node& node = add(ast, Op::select);
  node.a = parent.node;
  node.strict = !parent.open;
  node.text = code_.arena.copy(ast.name);
  return fold({last(), Type::dyn, false, false, parent.open}, {parent});
}

std::string CompilerSteps::dotted(const Ast& ast) const {
  if (ast.kind == Ast::Kind::identifier) return find_bound(ast) ? std::string() : std::string(ast.name);
  if (ast.kind != Ast::Kind::select) return {};
  const std::string parent = dotted(*ast.children[0]);
  return parent.empty() ? parent : parent + "." + std::string(ast.name);
}

Part CompilerSteps::index(const Ast& ast) {
  if (const std::optional<VariablePath> path = as_path(ast)) return variable(ast, *path);
  const Part parent = compile(*ast.children[0]);
  const Part key = compile(*ast.children[1]);
  const bool list_key =
      contains(set_of(Type::integer) | set_of(Type::unsigned_integer) | set_of(Type::floating), key.type);
  // Those of records are texts.
  constexpr TypeSet other_keys =
      set_of(Type::integer) | set_of(Type::unsigned_integer) | set_of(Type::floating) | set_of(Type::boolean);
  const bool map_key = contains(set_of(Type::string) | (parent.open ? TypeSet{0} : other_keys), key.type);
  const bool sound = parent.type == Type::dyn    ? list_key || map_key
                     : parent.type == Type::list ? list_key
                     : parent.type == Type::map  ? map_key
                                                 : false;
  if (!sound) {
    return problem(ast,
                   "no such operation: " + std::string(short_name(parent.type)) + "[" +
                       std::string(short_name(key.type)) + "]",
                   "");
  }
  Node& node = add(ast, Op::index);
  node.a = parent.node;
  node.b = key.node;
  node.strict = !parent.open;
  return fold({last(), Type::dyn, false, false, parent.open}, {parent, key});
}

Part CompilerSteps::has(const Ast& ast) {
  const Ast* field = ast.children.size() == 1 ? ast.children[0] : nullptr;
  const bool by_index = field != nullptr && field->kind == Ast::Kind::index &&
                        field->children[1]->kind == Ast::Kind::literal &&
                        field->children[1]->literal.is(Kind::string);
  if (field == nullptr || (field->kind != Ast::Kind::select && !by_index)) {
    return problem(ast, "'has' takes a field", "write it as has(record.name)");
  }
  if (const std::optional<VariablePath> path = as_path(*field)) {
    mention(*field, *path);
    Node& node = add(*field, Op::has_path);
    node.a = path_index(*path);
    return {last(), Type::boolean, false, false, false};
  }
  const Part parent = compile(*field->children[0]);
  if (parent.type != Type::dyn && parent.type != Type::map) {
    return problem(*field, "no such operation: has(" + std::string(short_name(parent.type)) + ".…)", "");
  }
  Node& node = add(*field, Op::has_field);
  node.a = parent.node;
  node.strict = !parent.open;
  node.text = code_.arena.copy(by_index ? field->children[1]->literal.text() : field->name);
  return fold({last(), Type::boolean, false, false, false}, {parent});
}

std::optional<std::size_t> CompilerSteps::find_bound(const Ast& identifier) const {
  if (identifier.outermost) return std::nullopt;
  for (std::size_t i = bound_.size(); i > 0; --i) {
    if (bound_[i - 1].name == identifier.name) return i - 1;
  }
  return std::nullopt;
}

}  // namespace hiveframe::expr
