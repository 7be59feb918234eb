#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/codec/avro/plan.hpp"
#include "pipeline/record/storage.hpp"

namespace hiveframe::codec::avro {

/// How the records of one batch are read: a plan, or why there is none, for each id that they name. Made by
/// the source that looked the ids up, kept by the batch (Storage::schemas), whose values point into the
/// plans. Immutable then; any thread may read it.
class BatchSchemas {
 public:
  struct Found {
    std::shared_ptr<const Plan> plan;  ///< null: the records of this id cannot be read
    std::string problem;               ///< why, and what to do: a clause
  };

  void add(std::uint32_t id, Found found) { found_.emplace_back(id, std::move(found)); }

  /// Whether there is a plan for each.
  [[nodiscard]] bool complete() const noexcept {
    for (const auto& [id, found] : found_) {
      if (!found.plan) return false;
    }
    return true;
  }
  /// Nullptr for an id that nobody looked up.
  [[nodiscard]] const Found* find(std::uint32_t id) const noexcept {
    for (const auto& [each, found] : found_) {
      if (each == id) return &found;
    }
    return nullptr;
  }

 private:
  std::vector<std::pair<std::uint32_t, Found>> found_;  // mostly one
};

}  // namespace hiveframe::codec::avro
