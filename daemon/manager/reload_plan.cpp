#include "daemon/manager/reload_plan.hpp"

namespace hiveframe::daemon {

ReloadPlan reload_plan(const Fingerprints& in_force, const Fingerprints& wanted) {
  ReloadPlan plan;
  for (const auto& [name, fingerprint] : wanted) {
    const auto found = in_force.find(name);
    if (found == in_force.end()) {
      plan.added.push_back(name);
    } else {
      (found->second == fingerprint ? plan.unchanged : plan.changed).push_back(name);
    }
  }
  for (const auto& [name, fingerprint] : in_force) {
    if (!wanted.contains(name)) plan.removed.push_back(name);
  }
  return plan;
}

}  // namespace hiveframe::daemon
