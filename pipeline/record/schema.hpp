#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// What a source knows of its records' columns before reading them. Shared by the batches of a lane,
/// immutable; transforms map it or drop it, sinks that need one use it.
struct Schema {
  struct Column {
    std::string name;
    Kind kind = Kind::string;
    bool nullable = true;
    bool local = false;  ///< of a timestamp: without a zone

    bool operator==(const Column&) const = default;
  };

  std::vector<Column> columns;

  /// The column's index, or nothing.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name == name) return i;
    }
    return std::nullopt;
  }

  bool operator==(const Schema&) const = default;
};

}  // namespace hiveframe::record
