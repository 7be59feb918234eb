#include "pipeline/expr/reference.hpp"

#include <array>
#include <utility>

#include "pipeline/expr/function.hpp"
#include "pipeline/expr/names.hpp"

namespace hiveframe::expr {
namespace {

constexpr std::array<ReferenceEntry, 7> operators{{
    {"", "+  -  *  /  %", "Arithmetic; + also joins texts and lists", "7 / 2 + 7 % 2", "4"},
    {"", "==  !=  <  <=  >  >=", "Comparison; numbers of all types compare", "1 < 1.5", "true"},
    {"", "&&  ||  !", "And, or, not", "true && !false", "true"},
    {"", "condition ? a : b", "One of two values", "2 > 1 ? 'more' : 'less'", "\"more\""},
    {"", "in", "Whether an item is in a list, a key in a map", "'eu' in ['eu', 'us']", "true"},
    {"", "[ ]  .", "An item of a list, from 0; a member of a map, as map['key'] or map.key", "[10, 20][1]",
     "20"},
    {"", "[a, b]  {'key': a}", "A list, a map", "{'id': 1, 'tags': ['new']}", R"({"id":1,"tags":["new"]})"},
}};

constexpr std::array<std::pair<FunctionGroup, std::string_view>, 7> titles{{
    {FunctionGroup::values, "Functions of any value"},
    {FunctionGroup::text, "Functions of texts"},
    {FunctionGroup::lists, "Functions of lists; of a map they run over its keys"},
    {FunctionGroup::numbers, "Functions of numbers"},
    {FunctionGroup::conversions, "Conversions"},
    {FunctionGroup::digests, "Digests and identifiers"},
    {FunctionGroup::times,
     "Parts of a time: in UTC, or in a zone like 'Europe/Paris' or '+02:00' in the brackets"},
}};

ReferenceEntry entry(std::string_view name, const FunctionHelp& help) {
  return {name, help.signature, help.help, help.example, help.result};
}

}  // namespace

std::vector<ReferenceGroup> language_reference() {
  std::vector<ReferenceGroup> groups{{"Variables", {}}};
  for (const NamedVariable& each : variables()) {
    if (!each.help.empty()) groups[0].entries.push_back({each.name, each.name, each.help, each.example, {}});
  }
  groups.push_back({"Operators", {operators.begin(), operators.end()}});
  for (const auto& [group, title] : titles) {
    ReferenceGroup& shown = groups.emplace_back(ReferenceGroup{title, {}});
    for (const Macro& each : macros()) {
      if (each.help.group == group) shown.entries.push_back(entry(each.name, each.help));
    }
    for (const Function& each : functions()) {
      if (each.help.group == group) shown.entries.push_back(entry(each.name, each.help));
    }
  }
  return groups;
}

}  // namespace hiveframe::expr
