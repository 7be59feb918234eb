#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::record {

// Numbers of every kind against each other, exactly. "Number" below is a Value of kind int64, uint64,
// float64 or decimal. A double stands for the number that its bits are, not for its shortest text.

[[nodiscard]] inline bool is_number(const Value& value) noexcept {
  return value.is(Kind::int64) || value.is(Kind::float64) || value.is(Kind::uint64) ||
         value.is(Kind::decimal);
}

/// The order of two numbers as numbers, whatever their kinds; unordered only against NaN. Costs time
/// by the length of the texts, not by their exponents. Exponents beyond 18 digits count as infinite.
std::partial_ordering compare_numbers(const Value& left, const Value& right) noexcept;

/// What comparing two numbers takes, and an exact sum, difference or product of them, beside the comparison
/// of two ints: a unit is a few nanoseconds, so that whoever calculates for strangers can set bounds.
std::uint64_t comparison_work(const Value& left, const Value& right) noexcept;
std::uint64_t calculation_work(const Value& left, const Value& right) noexcept;

/// The nearest double; infinite beyond the range of doubles.
double to_float64(const Value& number) noexcept;

/// What is left of a decimal without its fraction, as int64 or uint64; nothing if that has more digits.
std::optional<Value> integer_part(const Value& decimal) noexcept;

/// No exact result has more digits than this (leading and trailing zeros of plain notation included).
inline constexpr std::size_t max_decimal_digits = 10'000;

/// Exact sum, difference and product of int64, uint64 and decimal numbers (not float64), in the kind
/// that the result's plain literal has (see number_from_literal). Text stands in `arena`. Nothing if
/// the result, or an operand in plain notation, has more than max_decimal_digits.
std::optional<Value> add_exactly(const Value& left, const Value& right, Arena& arena);
std::optional<Value> subtract_exactly(const Value& left, const Value& right, Arena& arena);
std::optional<Value> multiply_exactly(const Value& left, const Value& right, Arena& arena);
/// The same number with the other sign.
std::optional<Value> negate_exactly(const Value& number, Arena& arena);

}  // namespace hiveframe::record
