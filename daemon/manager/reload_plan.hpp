#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/secret.hpp"

namespace hiveframe::daemon {

/// What each pipeline is made from, by its name.
using Fingerprints = std::map<std::string, config::Secret>;

/// What a reload has to do, by names in order.
struct ReloadPlan {
  std::vector<std::string> unchanged;
  std::vector<std::string> changed;
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

/// From what is in force to what is wanted. Pure.
ReloadPlan reload_plan(const Fingerprints& in_force, const Fingerprints& wanted);

}  // namespace hiveframe::daemon
