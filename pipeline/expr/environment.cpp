#include "pipeline/expr/environment.hpp"

#include <cstddef>

namespace hiveframe::expr {

record::Value environment_of(const std::map<std::string, std::string>& variables, record::Arena& arena) {
  const auto members = arena.array<record::Member>(variables.size());
  std::size_t i = 0;
  for (const auto& [name, text] : variables)
    members[i++] = {arena.copy(name), record::Value::string(arena.copy(text))};
  return record::Value::object(members);
}

}  // namespace hiveframe::expr
