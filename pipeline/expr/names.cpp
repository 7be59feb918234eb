#include "pipeline/expr/names.hpp"

#include <array>
#include <utility>
#include <vector>

#include "config/did_you_mean.hpp"
#include "pipeline/expr/function.hpp"

namespace hiveframe::expr {
namespace {

// No source of today has keys or a state, so these two have no help.
constexpr std::array<NamedVariable, 6> all_variables{{
    {"record", Variable::record, "The record; a field that is absent is null",
     "record.customer['last name']"},
    {"key", Variable::key, {}, {}},
    {"meta", Variable::meta, "Where it comes from: path of a file, sequence and seed of generate",
     "meta.path"},
    {"state", Variable::state, {}, {}},
    {"env", Variable::env, "The variables of the environment, as texts", "env.HOME"},
    {"now", Variable::now, "When the record was read, a timestamp", "now - duration('24h')"},
}};

constexpr std::array types{Type::boolean,  Type::integer,   Type::unsigned_integer,
                           Type::floating, Type::string,    Type::bytes,
                           Type::list,     Type::map,       Type::null,
                           Type::type,     Type::timestamp, Type::duration};

constexpr std::array<Macro, 6> all_macros{{
    {"has",
     std::nullopt,
     {FunctionGroup::values, "has(record.name)", "Whether the field is there, be it null or not",
      "has({'note': null}.note)", "true"}},
    {"all",
     Op::all,
     {FunctionGroup::lists, "list.all(x, condition)", "Whether the condition holds for every item x",
      "[1, 2, 3].all(x, x > 0)", "true"}},
    {"exists",
     Op::exists,
     {FunctionGroup::lists, "list.exists(x, condition)", "Whether it holds for one or more",
      "['a', 'vip'].exists(x, x == 'vip')", "true"}},
    {"exists_one",
     Op::exists_one,
     {FunctionGroup::lists, "list.exists_one(x, condition)", "Whether it holds for exactly one",
      "[1, 2, 2].exists_one(x, x == 2)", "false"}},
    {"filter",
     Op::filter,
     {FunctionGroup::lists, "list.filter(x, condition)", "The items for which it holds",
      "[1, 2, 3].filter(x, x != 2)", "[1,3]"}},
    {"map",
     Op::map_items,
     {FunctionGroup::lists, "list.map(x, expression)",
      "A list of what the expression gives for each item; list.map(x, condition, expression) takes some",
      "[1, 2, 3].map(x, x * 10)", "[10,20,30]"}},
}};

// What other languages call CEL's functions.
constexpr std::array<std::pair<std::string_view, std::string_view>, 47> other_names{{
    {"length", "size"},
    {"len", "size"},
    {"count", "size"},
    {"includes", "contains"},
    {"regex", "matches"},
    {"test", "matches"},
    {"begins_with", "startsWith"},
    {"integer", "int"},
    {"float", "double"},
    {"number", "double"},
    {"str", "string"},
    {"to_string", "string"},
    {"boolean", "bool"},
    {"datetime", "timestamp"},
    {"any", "exists"},
    {"some", "exists"},
    {"every", "all"},
    {"getYear", "getFullYear"},
    {"getDay", "getDate"},
    {"defined", "has"},
    {"lower", "lowerAscii"},
    {"toLowerCase", "lowerAscii"},
    {"downcase", "lowerAscii"},
    {"upper", "upperAscii"},
    {"toUpperCase", "upperAscii"},
    {"upcase", "upperAscii"},
    {"strip", "trim"},
    {"substr", "substring"},
    {"slice", "substring"},
    {"find", "indexOf"},
    {"position", "indexOf"},
    {"replaceAll", "replace"},
    {"sprintf", "format"},
    {"printf", "format"},
    {"max", "math.greatest"},
    {"min", "math.least"},
    {"ceiling", "math.ceil"},
    {"parse_json", "json"},
    {"from_json", "json"},
    {"parseJson", "json"},
    {"toJson", "to_json"},
    {"strptime", "parse_time"},
    {"strftime", "format_time"},
    {"date", "timestamp"},
    {"uuid4", "uuid"},
    {"uuid5", "uuid_of"},
    {"sha", "sha256"},
}};

// What other languages call true, false and null.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> other_literals{{
    {"True", "true"},
    {"TRUE", "true"},
    {"False", "false"},
    {"FALSE", "false"},
    {"NULL", "null"},
    {"Null", "null"},
    {"None", "null"},
    {"nil", "null"},
}};

}  // namespace

std::span<const NamedVariable> variables() noexcept { return all_variables; }

std::optional<Variable> find_variable(std::string_view name) noexcept {
  for (const NamedVariable& each : all_variables) {
    if (each.name == name) return each.variable;
  }
  return std::nullopt;
}

std::string_view name_of(Variable variable) noexcept {
  for (const NamedVariable& each : all_variables) {
    if (each.variable == variable) return each.name;
  }
  return {};
}

std::optional<Type> find_type(std::string_view text) noexcept {
  for (const Type type : types) {
    if (name(type) == text) return type;
  }
  return std::nullopt;
}

std::span<const Macro> macros() noexcept { return all_macros; }

std::optional<Op> find_macro(std::string_view name) noexcept {
  for (const Macro& each : all_macros) {
    if (each.name == name) return each.operation;
  }
  return std::nullopt;
}

std::string hint_for_variable(std::string_view name, std::span<const std::string_view> bound) {
  std::vector<std::string> candidates(bound.begin(), bound.end());
  for (const NamedVariable& each : all_variables)
    candidates.emplace_back(each.name);
  for (const auto& [other, meant] : other_literals)
    if (name == other) return "did you mean " + std::string(meant) + "?";
  const std::string near = config::nearest(name, candidates);
  if (near == "record") return "did you mean 'record'?";
  if (!near.empty()) return "did you mean '" + near + "', or the field record." + std::string(name) + "?";
  return "a field of the record is record." + std::string(name) + "; a text stands in quotes";
}

std::string hint_for_hyphen(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  if (begin < 2 || text[begin - 1] != '-') return {};
  const std::size_t before = text.find_last_not_of(of_names, begin - 2) + 1;
  if (before == begin - 1 || before == 0 || text[before - 1] != '.') return {};
  const std::size_t parent = text.find_last_not_of(std::string(of_names) + ".", before - 1) + 1;
  return "if that is its name, write " + std::string(text.substr(parent, before - 1 - parent)) + "['" +
         std::string(text.substr(before, end - before)) + "']";
}

std::string hint_for_function(std::string_view name) {
  std::vector<std::string> candidates;
  std::vector<std::pair<std::string_view, std::string_view>> others(other_names.begin(), other_names.end());
  for (const Function& each : functions()) {
    candidates.emplace_back(each.name);
    const std::size_t point = each.name.find('.');
    if (point != std::string_view::npos) others.emplace_back(each.name.substr(point + 1), each.name);
  }
  for (const Macro& each : all_macros)
    candidates.emplace_back(each.name);
  for (const auto& [other, _] : others)
    candidates.emplace_back(other);
  std::string near = config::nearest(name, candidates);
  for (const auto& [other, meant] : others) {
    if (near == other) near = meant;
  }
  const std::string all = "'hiveframed explain functions' lists them all";
  return near.empty() ? all : "did you mean '" + near + "'? " + all;
}

}  // namespace hiveframe::expr
