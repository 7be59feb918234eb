#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/record/arena.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

// The logical type decimal: an integer in two's complement, the highest octet first, of which `scale` digits
// stand behind the point.

/// No number has more octets: so many hold the digits that numbers may have here.
inline constexpr std::size_t max_decimal_octets = 4'096;

/// Room that the text of such a number takes at most.
[[nodiscard]] std::size_t decimal_text_bytes(std::size_t octets, std::uint32_t scale) noexcept;
/// The number with all digits of its scale: 12.50. Its text stands in `arena`. `octets` are at most
/// max_decimal_octets.
record::Value decimal_of(std::string_view octets, std::uint32_t scale, record::Arena& arena);

enum class DecimalFit : std::uint8_t {
  fits,
  no_number,
  scale,      ///< it has more digits behind the point
  precision,  ///< it has more digits
};
/// Sets `octets`, as few as hold the number with that scale, if it fits exactly. Doubles are the number that
/// their shortest text is.
DecimalFit octets_of_decimal(const record::Value& number, std::uint32_t precision, std::uint32_t scale,
                             std::string& octets);

}  // namespace hiveframe::codec::avro
