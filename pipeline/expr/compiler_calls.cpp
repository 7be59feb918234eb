#include <algorithm>
#include <re2/re2.h>

#include "config/text.hpp"
#include "pipeline/expr/compiler_steps.hpp"
#include "pipeline/expr/limits.hpp"
#include "pipeline/expr/names.hpp"
#include "pipeline/expr/pattern.hpp"

namespace hiveframe::expr {

using record::Value;

namespace {

std::string arguments_wanted(const Function& function, std::size_t receiver) {
  const std::size_t least = function.required - receiver;
  std::string wanted = std::to_string(least);
  if (function.allowed == Function::any_number) return wanted + " or more arguments";
  const std::size_t most = function.allowed - receiver;
  for (std::size_t i = least + 1; i < most; ++i)
    wanted += ", " + std::to_string(i);
  if (most != least) wanted += " or " + std::to_string(most);
  return wanted + (wanted == "1" ? " argument" : " arguments");
}

}  // namespace

// math.abs(x) looks like a call on the value of `math`.
bool CompilerSteps::is_qualified(const Ast& call) const {
  if (!call.method) return false;
  const Ast& receiver = *call.children[0];
  return receiver.kind == Ast::Kind::identifier && !find_bound(receiver) && is_namespace(receiver.name);
}

Part CompilerSteps::call(const Ast& ast) {
  if (!ast.method && ast.name == "has") return has(ast);
  if (const std::optional<Op> op = find_macro(ast.name); op && ast.method) return macro(ast, *op);
  const bool qualified = is_qualified(ast);
  const bool method = ast.method && !qualified;
  std::string name(ast.name);
  if (qualified) name = std::string(ast.children[0]->name) + "." + name;
  const Function* function = find_function(name);
  if (function == nullptr) {
    if (find_macro(ast.name))
      return problem(ast, "'" + name + "' is called on a list", "write it as list." + name + "(x, …)");
    if (ast.name == "has")
      return problem(ast, "'has' is not called on a value", "write it as has(record.name)");
    return problem(ast, "unknown function '" + name + "'", hint_for_function(name));
  }
  if (method && !function->as_method) {
    return problem(ast, "'" + name + "' is not called on a value", "write it as " + name + "(value)");
  }
  if (!method && !function->as_function) {
    return problem(ast, "'" + name + "' is called on a value", "write it as value." + name + "(…)");
  }
  const std::size_t first = qualified ? 1 : 0;
  const std::size_t count = ast.children.size() - first;
  const bool too_many = function->allowed != Function::any_number && count > function->allowed;
  if (count < function->required || too_many) {
    const std::size_t receiver = method ? 1 : 0;
    return problem(ast,
                   "'" + name + "' takes " + arguments_wanted(*function, receiver) + ", not " +
                       std::to_string(count - receiver),
                   "");
  }
  const std::vector<Part> parts = compile_all(ast.children, first);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool other = function->is(Trait::alike) && parts[i].type != Type::dyn &&
                       parts[0].type != Type::dyn && parts[i].type != parts[0].type;
    if (other || !contains(function->argument(i), parts[i].type))
      return wrong_arguments(ast, name, method, parts);
  }
  return function_call(ast, *function, method, parts);
}

Part CompilerSteps::wrong_arguments(const Ast& ast, const std::string& name, bool method,
                                    const std::vector<Part>& parts) {
  std::string text = "no such operation: ";
  if (method) text.append(short_name(parts[0].type)).append(".");
  text.append(name).append("(");
  for (std::size_t i = method ? 1 : 0; i < parts.size(); ++i) {
    if (text.back() != '(') text += ", ";
    text += short_name(parts[i].type);
  }
  text += ")";
  return problem(ast, std::move(text), "'hiveframed explain " + name + "' says what it takes");
}

// Whether the constants among the arguments make sense.
bool CompilerSteps::check_constants(const Ast& ast, const Function& function,
                                    const std::vector<Part>& parts) {
  if (function.check == nullptr || !sound()) return true;
  const std::size_t first = ast.children.size() - parts.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].constant) continue;
    std::string wrong = function.check(i, code_.nodes[parts[i].node].value);
    if (wrong.empty()) continue;
    problem(*ast.children[first + i], std::move(wrong),
            "'hiveframed explain " + std::string(function.name) + "' says what it takes");
    return false;
  }
  return true;
}

Part CompilerSteps::function_call(const Ast& ast, const Function& function, bool method,
                                  const std::vector<Part>& parts) {
  const auto constant_text = [&](std::size_t i) {
    return i < parts.size() && parts[i].constant && parts[i].type == Type::string && sound();
  };
  const auto text_of = [&](std::size_t i) { return code_.nodes[parts[i].node].value.text(); };
  std::int32_t zone = -1;
  if (function.id == FunctionId::matches && constant_text(1)) return matches(ast, parts, text_of(1));
  if (function.zone != 0 && constant_text(function.zone)) {
    std::optional<TimeZone> known = TimeZone::named(text_of(function.zone));
    if (!known) {
      return problem(
          *ast.children[function.zone], "unknown time zone " + config::quote(text_of(function.zone)),
          "write 'UTC', an offset like '+02:00', or a name like 'Europe/Paris' that this system knows");
    }
    zone = static_cast<std::int32_t>(code_.zones.size());
    code_.zones.push_back(std::move(*known));
  }
  if (!check_constants(ast, function, parts)) return {};
  const bool one_type = !parts.empty() && std::all_of(parts.begin(), parts.end(), [&](const Part& each) {
    return each.type == parts[0].type;
  });
  Node& node = add(ast, Op::call);
  node.function = function.id;
  node.as_method = method;
  node.text = function.name;
  node.zone = zone;
  node.is_type = !parts.empty() && parts[0].type == Type::type;
  node.is_unsigned = !parts.empty() && parts[0].is_unsigned;
  node.a = operands(parts);
  node.b = static_cast<std::uint32_t>(parts.size());
  node.c = static_cast<std::uint32_t>(&function - functions().data());
  const bool hides = function.id == FunctionId::to_dyn;
  const bool like = function.is(Trait::like_arguments) && one_type && parts[0].type != Type::list;
  const Type type = like ? parts[0].type : function.result;
  Part part{last(), type, false, type == Type::unsigned_integer || ((hides || like) && parts[0].is_unsigned),
            hides && parts[0].open};
  if (function.is(Trait::varies)) return part;
  const bool is_conversion = function.is(Trait::conversion) ||
                             (function.id >= FunctionId::to_int && function.id <= FunctionId::to_duration);
  return fold(part, parts, is_conversion ? ast.children[0] : nullptr);
}

Part CompilerSteps::matches(const Ast& ast, const std::vector<Part>& parts, std::string_view pattern) {
  auto compiled =
      std::make_unique<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), pattern_options());
  if (!compiled->ok()) {
    return problem(*ast.children[1],
                   config::quote(pattern) + " is no regular expression: " + pattern_problem(*compiled),
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

Part CompilerSteps::macro(const Ast& ast, Op op) {
  const std::string name(ast.name);
  const bool three = op == Op::map_items && ast.children.size() == 4;
  if (ast.children.size() != 3 && !three) {
    return problem(ast, "'" + name + "' takes a name and an expression",
                   "write it as list." + name + "(x, …)");
  }
  const Ast& variable = *ast.children[1];
  if (variable.kind != Ast::Kind::identifier || variable.outermost) {
    return problem(variable, "the first argument of '" + name + "' is a name for each item",
                   "write it as list." + name + "(x, …)");
  }
  if (bound_.size() == max_macro_depth) {
    return problem(ast, "macros nest more than " + std::to_string(max_macro_depth) + " deep", "");
  }
  const Part over = compile(*ast.children[0]);
  if (!contains(set_of(Type::list) | set_of(Type::map), over.type)) {
    return problem(ast, "no such operation: " + std::string(short_name(over.type)) + "." + name + "(…)", "");
  }
  bound_.push_back({variable.name, over.open});
  macro_slots_ = std::max(macro_slots_, static_cast<std::uint32_t>(bound_.size()));
  const std::size_t nodes_before = code_.nodes.size();
  const std::vector<Part> parts = compile_all(ast.children, 2);
  const std::size_t nodes = code_.nodes.size() - nodes_before;
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
  node.value = Value::uint64(macro_item_work + nodes);
  const bool is_list = op == Op::filter || op == Op::map_items;
  const bool open = op == Op::filter ? over.open : is_list && parts.back().open;
  return {last(), is_list ? Type::list : Type::boolean, false, false, open};
}

}  // namespace hiveframe::expr
