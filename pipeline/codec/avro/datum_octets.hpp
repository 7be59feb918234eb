#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace hiveframe::codec::avro {

// The binary encoding of numbers (Avro 1.12.0, "Binary encoding").

/// Octets that a long takes at most.
inline constexpr std::size_t max_long_octets = 10;

/// Zig-zag, then seven bits an octet, the lowest first. Returns the end.
inline char* write_long(std::int64_t number, char* to) noexcept {
  std::uint64_t bits = (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
  while (bits >= 0x80) {
    *to++ = static_cast<char>(bits | 0x80);
    bits >>= 7;
  }
  *to++ = static_cast<char>(bits);
  return to;
}

inline std::int64_t from_zig_zag(std::uint64_t bits) noexcept {
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

/// The octets of a float or double, in the order of the format.
template <class Bits, class Number>
void write_floating(Number number, char* to) noexcept {
  auto bits = std::bit_cast<Bits>(number);
  for (std::size_t i = 0; i < sizeof bits; ++i, bits = static_cast<Bits>(bits >> 8))
    to[i] = static_cast<char>(bits);
}

template <class Bits, class Number>
Number read_floating(const char* from) noexcept {
  Bits bits = 0;
  for (std::size_t i = sizeof bits; i > 0; --i)
    bits = static_cast<Bits>(bits << 8) | static_cast<unsigned char>(from[i - 1]);
  return std::bit_cast<Number>(bits);
}

inline void append_long(std::int64_t number, std::string& to) {
  char octets[max_long_octets];
  to.append(octets, write_long(number, octets));
}

}  // namespace hiveframe::codec::avro
