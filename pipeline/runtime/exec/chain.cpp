#include "pipeline/runtime/exec/chain.hpp"

#include <cstddef>

namespace hiveframe::runtime {

void set_environment(Chain& chain, const std::map<std::string, std::string>& variables) {
  const auto members = chain.environment_text.array<record::Member>(variables.size());
  std::size_t i = 0;
  for (const auto& [name, text] : variables) {
    members[i++] = {chain.environment_text.copy(name),
                    record::Value::string(chain.environment_text.copy(text))};
  }
  chain.environment = record::Value::object(members);
}

}  // namespace hiveframe::runtime
