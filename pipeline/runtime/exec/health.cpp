#include "pipeline/runtime/exec/health.hpp"

#include <spdlog/spdlog.h>
#include <utility>

#include "config/units.hpp"

namespace hiveframe::runtime {

Health::Health(std::string pipeline, std::optional<std::chrono::milliseconds> patience)
    : pipeline_(std::move(pipeline)),
      until_(patience ? "for up to " + config::format_duration(*patience) : "until it works") {}

void Health::trouble(const std::string& component, const std::string& message) {
  const std::lock_guard lock(mutex_);
  Trouble& trouble = troubles_[component];
  trouble.message = message;
  if (++trouble.attempts == 1)
    spdlog::warn("[{}] {}: {}; trying again {}", pipeline_, component, message, until_);
}

void Health::recovered(const std::string& component) {
  const std::lock_guard lock(mutex_);
  const auto found = troubles_.find(component);
  if (found == troubles_.end()) return;
  spdlog::warn("[{}] {}: works again after {} failed {}", pipeline_, component, found->second.attempts,
               found->second.attempts == 1 ? "attempt" : "attempts");
  troubles_.erase(found);
}

void Health::forget(const std::string& component) {
  const std::lock_guard lock(mutex_);
  troubles_.erase(component);
}

bool Health::degraded() const {
  const std::lock_guard lock(mutex_);
  return !troubles_.empty();
}

std::string Health::reason() const {
  const std::lock_guard lock(mutex_);
  if (troubles_.empty()) return {};
  const auto& [component, trouble] = *troubles_.begin();
  return component + ": " + trouble.message;
}

}  // namespace hiveframe::runtime
