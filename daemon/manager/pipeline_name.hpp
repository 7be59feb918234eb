#pragma once

#include <string>
#include <string_view>

#include "config/option_type.hpp"

namespace hiveframe::daemon {

/// What keeps a text from being a pipeline's name, as a clause; empty if it can be one.
std::string name_problem(std::string_view name);

/// The option `name`.
config::OptionType<config::LocatedText> name_type();

}  // namespace hiveframe::daemon
