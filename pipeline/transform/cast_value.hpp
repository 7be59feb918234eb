#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::transform {

/// What a value can be made into.
enum class CastType : std::uint8_t {
  string,
  integer,
  unsigned_integer,
  float64,
  decimal,
  boolean,
  timestamp,     ///< from text, or from seconds since 1970
  timestamp_ms,  ///< the same, but numbers are milliseconds
  date,
  duration,  ///< from text, or from seconds
};

/// The value as another type, or nothing where something of it would be lost: 3.0 is the integer 3, 3.5 none;
/// only a double may be the nearest one. Null stays null. Text that is made stands in `arena`.
std::optional<record::Value> cast(const record::Value& value, CastType type, record::Arena& arena);

}  // namespace hiveframe::transform
