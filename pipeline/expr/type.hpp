#pragma once

#include <cstdint>
#include <string_view>

#include "pipeline/record/value.hpp"

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

/// As type() names it: "bool", "null_type", "google.protobuf.Timestamp".
std::string_view name(Type type) noexcept;
/// As messages name it: "bool", "null", "timestamp"; what only a record can tell is a "value".
std::string_view short_name(Type type) noexcept;

Type type_of(const record::Value& value) noexcept;

}  // namespace hiveframe::expr
