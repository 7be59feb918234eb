#pragma once

#include <cstdint>
#include <string_view>

namespace hiveframe::expr {

/// What is known of an expression's value before it runs. `dyn`: nothing, only a record can tell.
enum class Type : std::uint8_t {
  dyn,
  null,
  boolean,
  integer,
  unsigned_integer,
  floating,
  decimal,
  string,
  bytes,
  timestamp,
  date,
  duration,
  list,
  map,
  type,  ///< the type of a type; such a value is the type's name as a string
};

/// As messages and type() name it: "bool", "int", "uint", "double", "map", "google.protobuf.Timestamp" is
/// "timestamp".
std::string_view name(Type type) noexcept;

}  // namespace hiveframe::expr
