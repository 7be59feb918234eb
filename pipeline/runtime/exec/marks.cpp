#include "pipeline/runtime/exec/marks.hpp"

#include <stdexcept>
#include <utility>

namespace hiveframe::runtime {

void Marks::set(std::string key, std::string bytes) { change(std::move(key), std::move(bytes)); }

void Marks::erase(std::string key) { change(std::move(key), std::nullopt); }

void Marks::change(std::string key, std::optional<std::string> bytes) {
  // Nobody could tell in a later run whose they are.
  if (owner_.empty()) throw std::logic_error("a sink without an identity sets marks");
  const std::lock_guard lock(mutex_);
  changes_[std::move(key)] = std::move(bytes);
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
