#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "pipeline/transform/registry.hpp"

namespace hiveframe::config {
template <typename T>
class OptionTable;
}

namespace hiveframe::transform {

// What registry.cpp lists, each defined in the file of its name.
TransformKind filter();
TransformKind set();
TransformKind keep();
TransformKind drop();
TransformKind rename();
TransformKind cast();
TransformKind default_value();
TransformKind explode();
TransformKind flatten();
TransformKind format();
TransformKind mask();
TransformKind parse();
TransformKind sample();
TransformKind throttle();

/// The entry of a transform T that is made from the settings which `table` reads; table and examples live for
/// good. For the transform's own .cpp, which has the table whole.
template <class T, class Settings>
TransformKind kind_of(const config::OptionTable<Settings>& table, std::span<const Example> examples) {
  const auto make = [&table](const config::Node& node,
                             config::Reader& reader) -> std::unique_ptr<const pipeline::Transform> {
    std::optional<Settings> settings = table.read(node, reader);
    if (!settings) return nullptr;
    return std::make_unique<const T>(std::move(*settings));
  };
  return {&table.info(), examples, make};
}

}  // namespace hiveframe::transform
