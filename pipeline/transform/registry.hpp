#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "config/reader.hpp"
#include "pipeline/transform.hpp"

namespace hiveframe::transform {

/// What a transform makes of a record. Tests run it, so that it is true.
struct Example {
  std::string_view yaml;    ///< a line or more, as an item of `transforms:`
  std::string_view record;  ///< JSON
  std::string_view result;  ///< the same; a line for each record that goes on, empty if none does
};

/// A transform that users can name. Plain data.
struct TransformKind {
  /// Its name (the table's keyword), help, options and examples, for `list`, `explain` and the schema.
  const config::TableInfo* table;
  /// At least one, the first of which says the most; together they show every option.
  std::span<const Example> examples;
  /// Made from what stands behind its name. Nothing if it was not right, which is then reported.
  std::function<std::unique_ptr<const pipeline::Transform>(const config::Node&, config::Reader&)> make;
};

/// All transforms, in the order `list` shows them.
std::span<const TransformKind> transforms();
/// The transform of that name, or nullptr.
const TransformKind* find_transform(std::string_view name);

/// The examples for people, as YAML with what becomes of a record in comments.
std::string describe(std::span<const Example> examples);

/// A step and what it is called in metrics and dead letters: "filter", "set".
struct Step {
  std::string_view name;
  std::unique_ptr<const pipeline::Transform> transform;
};

/// Reads the list behind `transforms:`, a map of one entry each. Reports every problem; nothing after one.
std::optional<std::vector<Step>> read_transforms(const config::Node& list, config::Reader& reader);

}  // namespace hiveframe::transform
