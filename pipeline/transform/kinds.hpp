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

/// The entry of a transform T that is made from the settings which `table` reads; both live for good.
/// For the transform's own .cpp, which has the table whole.
template <class T, class Settings>
TransformKind kind_of(const config::OptionTable<Settings>& table, std::string_view example) {
  const auto make = [&table](const config::Node& node,
                             config::Reader& reader) -> std::unique_ptr<const pipeline::Transform> {
    std::optional<Settings> settings = table.read(node, reader);
    if (!settings) return nullptr;
    return std::make_unique<const T>(std::move(*settings));
  };
  return {&table.info(), example, make};
}

}  // namespace hiveframe::transform
