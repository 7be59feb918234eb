#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "pipeline/expr/type.hpp"

namespace hiveframe::expr {

enum class FunctionId : std::uint8_t {
  size,
  contains,
  starts_with,
  ends_with,
  matches,
  to_int,
  to_uint,
  to_double,
  to_string,
  to_bytes,
  to_bool,
  to_timestamp,
  to_duration,
  to_dyn,
  type_of,
  get_full_year,
  get_month,
  get_date,
  get_day_of_month,
  get_day_of_week,
  get_day_of_year,
  get_hours,
  get_minutes,
  get_seconds,
  get_milliseconds,
};

/// A set of types that an argument may have.
using TypeSet = std::uint32_t;
constexpr TypeSet set_of(Type type) noexcept { return TypeSet{1} << static_cast<unsigned>(type); }
constexpr TypeSet any_type = ~TypeSet{0};
inline bool contains(TypeSet set, Type type) noexcept {
  return type == Type::dyn || (set & set_of(type)) != 0;
}

/// What a function is about, for whoever looks for one.
enum class FunctionGroup : std::uint8_t { values, text, lists, conversions, times };

/// A function in words.
struct FunctionHelp {
  FunctionGroup group = FunctionGroup::values;
  std::string_view signature;  ///< how it is written: "text.contains(part)"
  std::string_view help;       ///< one line, no full stop
  std::string_view example;    ///< an expression that looks at no record
  std::string_view result;     ///< what the example gives, as JSON
};

/// A function of CEL's standard library, as the compiler checks it. What it does at run time is up to
/// call(), which refuses the same arguments.
struct Function {
  std::string_view name;
  FunctionId id;
  bool as_function;  ///< name(a, b)
  bool as_method;    ///< a.name(b)
  std::uint8_t required;
  std::uint8_t allowed;  ///< more arguments may be given up to here, the receiver included
  TypeSet arguments[2];
  Type result;
  FunctionHelp help;
};

/// To add one: an id, a row in function.cpp, whose example and result are shown to users and tested, and its
/// work in Evaluator::apply().
std::span<const Function> functions() noexcept;
/// Nothing of that name: nullptr.
const Function* find_function(std::string_view name) noexcept;

}  // namespace hiveframe::expr
