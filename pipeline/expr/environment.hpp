#pragma once

#include <map>
#include <string>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// `env` of expressions: an object of texts. Names and texts stand in the arena.
record::Value environment_of(const std::map<std::string, std::string>& variables, record::Arena& arena);

}  // namespace hiveframe::expr
