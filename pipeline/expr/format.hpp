#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

class Call;

/// format() of CEL's extension `strings` (google/cel-spec, doc/extensions/strings.md). Beyond it: a value too
/// many is an error; decimals are numbers, and `%f` rounds them exactly.
bool format_values(Call& call, std::string_view format, std::span<const record::Value> values,
                   record::Value& out);

/// What is wrong with the text before any value is there; empty: nothing.
std::string problem_of_format(std::string_view format);

}  // namespace hiveframe::expr
