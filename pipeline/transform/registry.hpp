#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "config/reader.hpp"
#include "pipeline/transform.hpp"

namespace hiveframe::transform {

/// A transform that users can name. Plain data.
struct TransformKind {
  /// Its name (the table's keyword), help, options and examples, for `list`, `explain` and the schema.
  const config::TableInfo* table;
  std::string_view example;  ///< a line or more of YAML, as an item of `transforms:`
  /// Made from what stands behind its name. Nothing if it was not right, which is then reported.
  std::function<std::unique_ptr<const pipeline::Transform>(const config::Node&, config::Reader&)> make;
};

/// All transforms, in the order `list` shows them.
std::span<const TransformKind> transforms();
/// The transform of that name, or nullptr.
const TransformKind* find_transform(std::string_view name);

/// A step and what it is called in metrics and dead letters: "filter", "set".
struct Step {
  std::string_view name;
  std::unique_ptr<const pipeline::Transform> transform;
};

/// Reads the list behind `transforms:`, a map of one entry each. Reports every problem; nothing after one.
std::optional<std::vector<Step>> read_transforms(const config::Node& list, config::Reader& reader);

}  // namespace hiveframe::transform
