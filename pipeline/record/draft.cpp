#include "pipeline/record/draft.hpp"

#include <cassert>

namespace hiveframe::record {

std::optional<Value> Draft::find(std::span<const std::string_view> path) {
  if (!record_->tree && lazy_ != nullptr) return lazy_->find(path, *arena_);
  const Value* at = &value();
  for (const std::string_view name : path) {
    at = at->find(name);
    if (at == nullptr) return std::nullopt;
  }
  return *at;
}

std::optional<Value> Draft::glance(std::span<const std::string_view> path) {
  if (!record_->tree && lazy_ != nullptr) return lazy_->glance(path, *arena_);
  return find(path);
}

void Draft::build() {
  assert(lazy_ != nullptr && "a record without a tree has a decoder");
  record_->value = lazy_->build(*arena_);
  record_->tree = true;
}

}  // namespace hiveframe::record
