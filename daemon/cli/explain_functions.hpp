#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/json_text.hpp"

namespace hiveframe::daemon {

/// The language of expressions: its variables, operators and functions, each with an example and what that
/// gives. `width` is the terminal's, in columns.
std::string explain_functions(std::size_t width);

/// One function by its name; empty if there is none.
std::string explain_function(std::string_view name, std::size_t width);

/// The same for programs: objects, of all of them ("functions") or of those of that name. False: there is
/// none.
bool write_functions(config::JsonText& out, std::string_view name);

}  // namespace hiveframe::daemon
