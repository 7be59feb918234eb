#pragma once

#include <string>

#include "pipeline/expr/code.hpp"
#include "pipeline/expr/fault.hpp"

namespace hiveframe::expr {

/// What to do about a fault, to stand behind its place. Where a null caused it, which field that was and what
/// to write for records without it: "; record.a is null or absent, try (record.a != null ? record.a : 0)".
/// Empty if there is nothing to say.
std::string advice(const Fault& fault, const Code& code);

}  // namespace hiveframe::expr
