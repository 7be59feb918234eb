#pragma once

#include <optional>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// The value of a kind that a text of people's or programs' making means: `true`, `t`, `yes`, `on`, `1` and
/// their opposites in any case; integers with a sign and leading zeros; numbers as JSON or with a leading
/// `+`, zeros or point, but neither infinity nor NaN; RFC 3339 timestamps, also with a space for the `T`;
/// dates; durations such as `1h30m`. A decimal keeps its digits. Nothing if it is not such a text, or out of
/// range. Text that stands in the value is part of `text`. Of a list, an object or null: nothing.
std::optional<Value> from_text(std::string_view text, Kind kind) noexcept;

/// A number or a truth value where the text is one as JSON writes it (but `-0` and `1e5` are text, too, for
/// these are more often codes), else the string. Never fails.
Value guess_from_text(std::string_view text) noexcept;

}  // namespace hiveframe::record
