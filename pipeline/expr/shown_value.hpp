#pragma once

#include <string>

#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// A value for a message: a scalar short enough for one line as expressions write it, else its type.
std::string shown(const record::Value& value);

/// "int", "string", "local timestamp".
std::string shown_type(const record::Value& value);

}  // namespace hiveframe::expr
