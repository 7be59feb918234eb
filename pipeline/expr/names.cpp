#include "pipeline/expr/names.hpp"

#include <array>
#include <utility>
#include <vector>

#include "config/did_you_mean.hpp"
#include "pipeline/expr/function.hpp"

namespace hiveframe::expr {
namespace {

constexpr std::array<std::pair<std::string_view, Variable>, 6> variables{{
    {"record", Variable::record},
    {"key", Variable::key},
    {"meta", Variable::meta},
    {"state", Variable::state},
    {"env", Variable::env},
    {"now", Variable::now},
}};

constexpr std::array types{Type::boolean,  Type::integer,   Type::unsigned_integer,
                           Type::floating, Type::string,    Type::bytes,
                           Type::list,     Type::map,       Type::null,
                           Type::type,     Type::timestamp, Type::duration};

constexpr std::array<std::pair<std::string_view, Op>, 5> macros{{
    {"all", Op::all},
    {"exists", Op::exists},
    {"exists_one", Op::exists_one},
    {"filter", Op::filter},
    {"map", Op::map_items},
}};

// What other languages call CEL's functions.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> other_names{{
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
}};

}  // namespace

std::optional<Variable> find_variable(std::string_view name) noexcept {
  for (const auto& [known, variable] : variables) {
    if (known == name) return variable;
  }
  return std::nullopt;
}

std::optional<Type> find_type(std::string_view text) noexcept {
  for (const Type type : types) {
    if (name(type) == text) return type;
  }
  return std::nullopt;
}

std::optional<Op> find_macro(std::string_view name) noexcept {
  for (const auto& [known, op] : macros) {
    if (known == name) return op;
  }
  return std::nullopt;
}

std::string hint_for_variable(std::string_view name, std::span<const std::string_view> bound) {
  std::vector<std::string> candidates(bound.begin(), bound.end());
  for (const auto& [known, _] : variables)
    candidates.emplace_back(known);
  const std::string near = config::nearest(name, candidates);
  if (near == "record") return "did you mean 'record'?";
  if (!near.empty()) return "did you mean '" + near + "', or the field record." + std::string(name) + "?";
  return "a field of the record is record." + std::string(name) + "; a text stands in quotes";
}

std::string hint_for_function(std::string_view name) {
  std::vector<std::string> candidates{"has"};
  for (const Function& each : functions())
    candidates.emplace_back(each.name);
  for (const auto& [known, _] : macros)
    candidates.emplace_back(known);
  for (const auto& [other, _] : other_names)
    candidates.emplace_back(other);
  std::string near = config::nearest(name, candidates);
  for (const auto& [other, meant] : other_names) {
    if (near == other) near = meant;
  }
  return near.empty() ? std::string() : "did you mean '" + near + "'?";
}

}  // namespace hiveframe::expr
