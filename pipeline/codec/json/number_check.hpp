#pragma once

#include <cstddef>
#include <string_view>

#include "pipeline/codec/json/tape.hpp"
#include "pipeline/record/number.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace hiveframe::codec::json {

/// Whether a number that simdjson read as a double is so short and plain that it cannot have been
/// rounded: fewer than 16 characters, none of them an exponent. Reads 16 bytes from `literal`.
inline bool surely_exact(const char* literal) noexcept {
#ifdef __SSE2__
  // The characters "-./0123456789" are neighbours, and of these no valid number holds a '/'.
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(literal));
  const __m128i from_minus = _mm_sub_epi8(bytes, _mm_set1_epi8('-'));
  const __m128i inside = _mm_cmpeq_epi8(_mm_min_epu8(from_minus, _mm_set1_epi8('9' - '-')), from_minus);
  const auto outside = ~static_cast<unsigned>(_mm_movemask_epi8(inside)) & 0xFFFF;
  if (outside == 0) return false;
  const char end = literal[__builtin_ctz(outside)];
  return (end | 0x20) != 'e';
#else
  std::size_t i = 0;
  while (i < 16 && literal[i] >= '-' && literal[i] <= '9')
    ++i;
  return i < 16 && (literal[i] | 0x20) != 'e';
#endif
}

/// The literal that begins there; behind it stands something else.
inline std::string_view literal_at(const char* source) noexcept {
  const char* end = source;
  while ((*end >= '0' && *end <= '9') || *end == '-' || *end == '+' || *end == '.' || (*end | 0x20) == 'e')
    ++end;
  return {source, static_cast<std::size_t>(end - source)};
}

/// Whether the number at `i` of the tape is what `literal` in the source says: neither rounded by
/// simdjson nor read as 0 where -0 stands, which is a double. Not for a number that is the whole record:
/// what follows that is not for us to look at.
inline bool keeps_number(const Tape& tape, std::size_t i, const char* literal) noexcept {
  switch (tape.type(i)) {
    case 'l':
      return tape.number<std::int64_t>(i) != 0 || *literal != '-';
    case 'd':
      return surely_exact(literal) || record::keeps_literal(tape.number<double>(i), literal_at(literal));
    default:
      return true;
  }
}

}  // namespace hiveframe::codec::json
