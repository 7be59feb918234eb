#include "pipeline/runtime/exec/marks.hpp"

#include <utility>

namespace hiveframe::runtime {

void Marks::set(std::string key, std::string bytes) {
  const std::lock_guard lock(mutex_);
  changes_[std::move(key)] = std::move(bytes);
}

void Marks::erase(std::string key) {
  const std::lock_guard lock(mutex_);
  changes_[std::move(key)] = std::nullopt;
}

std::map<std::string, std::optional<std::string>> Marks::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changes_, {});
}

void Marks::give_back(std::map<std::string, std::optional<std::string>> changes) {
  const std::lock_guard lock(mutex_);
  changes_.merge(changes);
}

}  // namespace hiveframe::runtime
