#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/expr/code.hpp"
#include "pipeline/expr/function.hpp"
#include "pipeline/expr/type.hpp"

namespace hiveframe::expr {

// What the names of an expression mean, and what was probably meant by one that means nothing.

/// `record`, `key`, `meta`, `state`, `env`, `now`.
struct NamedVariable {
  std::string_view name;
  Variable variable;
  std::string_view help;     ///< one line, no full stop; empty: nothing ever is in it
  std::string_view example;  ///< an expression
};
std::span<const NamedVariable> variables() noexcept;
/// Nothing of that name: nothing.
std::optional<Variable> find_variable(std::string_view name) noexcept;
std::string_view name_of(Variable variable) noexcept;
/// The type that a name stands for: `int`, `null_type`, `google.protobuf.Timestamp`.
std::optional<Type> find_type(std::string_view name) noexcept;
/// What is written like a function and takes expressions in place of values.
struct Macro {
  std::string_view name;
  std::optional<Op> operation;  ///< of a.name(x, …); has() has none
  FunctionHelp help;
};
std::span<const Macro> macros() noexcept;
/// The operation of the macro a.name(x, …), or nothing.
std::optional<Op> find_macro(std::string_view name) noexcept;

/// Hints; `bound` are the variables of the macros around.
std::string hint_for_variable(std::string_view name, std::span<const std::string_view> bound);
/// For the unknown variable at [begin, end): `record.order-id` is a difference to the compiler. Else empty.
std::string hint_for_hyphen(std::string_view text, std::size_t begin, std::size_t end);
std::string hint_for_function(std::string_view name);

}  // namespace hiveframe::expr
