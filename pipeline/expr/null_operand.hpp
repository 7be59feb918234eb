#pragma once

#include <string>

#include "pipeline/expr/code.hpp"
#include "pipeline/expr/fault.hpp"

namespace hiveframe::expr {

/// Of a fault that a null caused: which field it was, and what to write for records without that field:
/// "; record.a is null or absent, try (record.a != null ? record.a : 0)". Empty if it was something else.
std::string advice_for_null(const Fault& fault, const Code& code);

}  // namespace hiveframe::expr
