#pragma once

#include <string>
#include <string_view>

#include "config/option_type.hpp"

namespace hiveframe::daemon {

/// What keeps a text from being a pipeline's name, as a clause; empty if it can be one.
std::string name_problem(std::string_view name);

/// The same rule as a regular expression (ECMA-262), for those who are told of it elsewhere.
inline constexpr std::string_view name_pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

/// The option `name`.
config::OptionType<config::LocatedText> name_type();

}  // namespace hiveframe::daemon
