#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::expr {

using ScalarRoom = std::array<char, record::max_time_text + record::max_number_text>;

/// A text, a number, true or false, or a time as string() and %s write it: the value's own text where it has
/// one, else text in `room`, from its beginning. Nothing for null, bytes, lists and objects.
std::optional<std::string_view> scalar_text(const record::Value& value, ScalarRoom& room);

}  // namespace hiveframe::expr
