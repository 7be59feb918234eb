#pragma once

#include <cstddef>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// The number that a JSON literal (RFC 8259, section 6) means, without losing digits: int64 or uint64
/// for a literal without point or exponent that fits (but -0 is a double), float64 where the shortest
/// form of the nearest double is the same number, else a decimal, whose text is `literal` itself and
/// must live as long as the value.
Value number_from_literal(std::string_view literal) noexcept;

/// Whether `number` is the same number as `literal` in its shortest form, so that nothing is lost by
/// keeping the double. `literal` is a JSON number with a point or an exponent, and `number` the finite
/// double nearest to it.
bool keeps_literal(double number, std::string_view literal) noexcept;

/// Whether `text` is exactly one JSON number literal.
bool is_number_literal(std::string_view text) noexcept;

/// Room that write_float64() and write_integer() need at most.
inline constexpr std::size_t max_number_text = 32;

/// The shortest text that reads back as `number`, always with a point or an exponent (1.0, 1e+300), and
/// valid JSON. `number` is finite. Returns the end of the text.
char* write_float64(double number, char* to) noexcept;

/// Returns the end of the text.
char* write_integer(std::int64_t number, char* to) noexcept;
char* write_integer(std::uint64_t number, char* to) noexcept;

}  // namespace hiveframe::record
