#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

/// A decimal with so many digits behind the point, rounded exactly, halves to the even digit. `arena` is for
/// scratch. Nothing if it has more digits than record::max_decimal_digits.
std::optional<std::string> fixed_text(const record::Value& decimal, std::size_t precision,
                                      record::Arena& arena);

}  // namespace hiveframe::expr
