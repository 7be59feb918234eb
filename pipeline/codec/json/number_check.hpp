#pragma once

#include <cstddef>
#include <string_view>

#include "pipeline/codec/json/tape.hpp"
#include "pipeline/record/number.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {

/// The first byte that is neither a digit nor a point nor a minus. Reads up to 16 bytes from `number`, or
/// from a byte within it.
inline const char* plain_end(const char* number) noexcept {
#ifdef __SSE2__
  // The characters "-./0123456789" are neighbours, and of these no valid number holds a '/'.
  for (;; number += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(number));
    const __m128i from_minus = _mm_sub_epi8(bytes, _mm_set1_epi8('-'));
    const __m128i inside = _mm_cmpeq_epi8(_mm_min_epu8(from_minus, _mm_set1_epi8('9' - '-')), from_minus);
    const auto outside = ~static_cast<unsigned>(_mm_movemask_epi8(inside)) & 0xFFFF;
    if (outside != 0) return number + __builtin_ctz(outside);
  }
#else
  while (*number >= '-' && *number <= '9')
    ++number;
  return number;
#endif
}

/// The literal that begins there; behind it stands something else. `end` is its plain end.
inline std::string_view literal_at(const char* number, const char* end) noexcept {
  if ((*end | 0x20) == 'e') {
    ++end;
    if (*end == '+') ++end;
    end = plain_end(end);
  }
  return {number, static_cast<std::size_t>(end - number)};
}

/// Whether a number with a point or an exponent, which simdjson read as a double, is what its literal says.
inline bool keeps_double(double number, const char* literal) noexcept {
  constexpr std::ptrdiff_t surely_exact = 15;  // characters, of which fewer are digits
  const char* const end = plain_end(literal);
  if (end - literal <= surely_exact && (*end | 0x20) != 'e') return true;
  return record::keeps_literal(number, literal_at(literal, end));
}

/// Whether the number at `i` of the tape is what `literal` in the source says: neither rounded by
/// simdjson nor read as 0 where -0 stands, which is a double. Not for a number that is the whole record:
/// what follows that is not for us to look at.
inline bool keeps_number(const Tape& tape, std::size_t i, const char* literal) noexcept {
  switch (tape.type(i)) {
    case 'l':
      return tape.number<std::int64_t>(i) != 0 || *literal != '-';
    case 'd':
      return keeps_double(tape.number<double>(i), literal);
    default:
      return true;
  }
}

}  // namespace hiveframe::codec::json
