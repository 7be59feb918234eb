#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
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
  library,  ///< one that has its work() in its row
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
enum class FunctionGroup : std::uint8_t { values, text, lists, numbers, conversions, times, digests };

/// A function in words.
struct FunctionHelp {
  FunctionGroup group = FunctionGroup::values;
  std::string_view signature;  ///< how it is written: "text.contains(part)"
  std::string_view help;       ///< one line, no full stop
  std::string_view example;    ///< an expression that looks at no record
  std::string_view result;     ///< what the example gives, as JSON
};

class Call;
/// What a function does, with arguments whose types are those of its row. False: call.fault() was set.
using Work = bool (*)(Call& call, record::Value& out);
/// What is wrong with a constant argument, or an empty text. `argument` counts from 0, the receiver included.
using ConstantCheck = std::string (*)(std::size_t argument, const record::Value& constant);

/// What else the compiler is to know of a function.
enum class Trait : std::uint8_t {
  like_arguments = 1,  ///< the result has the type of the arguments, if they have one
  alike = 2,           ///< the arguments must be of one type, as far as it is known
  varies = 4,          ///< gives something else each time
  conversion = 8,      ///< of a constant that cannot be converted, to be said when the configuration is read
};
constexpr std::uint8_t operator|(Trait a, Trait b) noexcept {
  return static_cast<std::uint8_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// A function as the compiler checks it: of CEL's standard library, of its extensions `strings` and `math`,
/// or of our own. Those of the standard library are done by call(), which refuses the same arguments.
struct Function {
  static constexpr std::uint8_t any_number = UINT8_MAX;

  std::string_view name;  ///< with the namespace: "math.abs"
  FunctionId id;
  bool as_function;  ///< name(a, b)
  bool as_method;    ///< a.name(b)
  std::uint8_t required;
  std::uint8_t allowed;  ///< more arguments may be given up to here, the receiver included
  TypeSet arguments[4];  ///< the last one also of all that follow
  Type result;
  FunctionHelp help;
  Work work = nullptr;
  std::uint8_t traits = 0;
  std::uint8_t zone = 0;  ///< the argument that is a time zone, if it is not 0
  ConstantCheck check = nullptr;

  [[nodiscard]] bool is(Trait trait) const noexcept {
    return (traits & static_cast<std::uint8_t>(trait)) != 0;
  }
  [[nodiscard]] TypeSet argument(std::size_t i) const noexcept { return arguments[i < 4 ? i : 3]; }
};

/// To add one: a row in the file of its kind (text_functions.cpp, …), whose example and result are shown to
/// users and tested, and its work.
std::span<const Function> functions() noexcept;
/// Nothing of that name: nullptr.
const Function* find_function(std::string_view name) noexcept;
/// Whether there are functions "name.…".
bool is_namespace(std::string_view name) noexcept;

}  // namespace hiveframe::expr
