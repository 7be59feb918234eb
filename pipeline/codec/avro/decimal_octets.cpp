#include "pipeline/codec/avro/decimal_octets.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::codec::avro {
namespace {

using record::Kind;
using record::Value;

constexpr std::uint32_t nine_digits = 1'000'000'000;

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

/// The digits of the magnitude, without leading zeros; of 0 none.
std::string digits_of(std::string_view octets, bool negative) {
  // Words of 32 bits, the highest first.
  std::vector<std::uint32_t> words((octets.size() + 3) / 4);
  std::size_t shift = 0;
  std::uint32_t carry = negative ? 1 : 0;
  for (std::size_t i = octets.size(); i > 0; --i, shift += 8) {
    std::uint32_t byte = octet(octets[i - 1]);
    if (negative) {
      byte = (byte ^ 0xFFU) + carry;
      carry = byte >> 8U;
      byte &= 0xFFU;
    }
    words[words.size() - 1 - shift / 32] |= byte << (shift % 32);
  }
  // A negative power of 256 whose magnitude has one octet more than it.
  if (carry != 0 && !words.empty()) {
    if (shift % 32 == 0) {
      words.insert(words.begin(), 1);
    } else {
      words.front() |= 1U << (shift % 32);
    }
  }
  std::string backwards;
  std::size_t first = 0;
  while (first < words.size()) {
    std::uint64_t rest = 0;
    for (std::size_t i = first; i < words.size(); ++i) {
      rest = (rest << 32U) | words[i];
      words[i] = static_cast<std::uint32_t>(rest / nine_digits);
      rest %= nine_digits;
    }
    while (first < words.size() && words[first] == 0)
      ++first;
    for (int digit = 0; digit < 9; ++digit, rest /= 10)
      backwards += static_cast<char>('0' + rest % 10);
  }
  while (!backwards.empty() && backwards.back() == '0')
    backwards.pop_back();
  std::reverse(backwards.begin(), backwards.end());
  return backwards;
}

std::int64_t small_integer(std::string_view octets) noexcept {
  std::uint64_t bits = !octets.empty() && octet(octets.front()) >= 0x80 ? ~std::uint64_t{0} : 0;
  for (const char c : octets)
    bits = (bits << 8U) | octet(c);
  return static_cast<std::int64_t>(bits);
}

Value placed(std::string_view digits, bool negative, std::uint32_t scale, record::Arena& arena) {
  const std::size_t whole = digits.size() > scale ? digits.size() - scale : 0;
  const std::size_t size = (negative ? 1 : 0) + std::max<std::size_t>(whole, 1) + (scale > 0 ? 1 + scale : 0);
  const std::span<char> text = arena.array<char>(size);
  char* to = text.data();
  if (negative) *to++ = '-';
  if (whole == 0) *to++ = '0';
  to = std::copy_n(digits.data(), whole, to);
  if (scale > 0) {
    *to++ = '.';
    to = std::fill_n(to, scale - (digits.size() - whole), '0');
    std::copy(digits.begin() + static_cast<std::ptrdiff_t>(whole), digits.end(), to);
  }
  return Value::decimal({text.data(), text.size()});
}

/// The digits of a literal of JSON without its point, and the power of ten that they are multiplied by; zeros
/// at neither end.
struct Digits {
  std::string digits;
  std::int64_t exponent = 0;
  bool negative = false;
};

Digits taken_apart(std::string_view literal) {
  Digits out;
  bool fraction = false;
  std::size_t i = 0;
  for (; i < literal.size() && literal[i] != 'e' && literal[i] != 'E'; ++i) {
    if (literal[i] == '-') {
      out.negative = true;
    } else if (literal[i] == '.') {
      fraction = true;
    } else {
      if (fraction) --out.exponent;
      if (!out.digits.empty() || literal[i] != '0') out.digits += literal[i];
    }
  }
  if (i < literal.size()) {
    std::string_view power = literal.substr(i + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::int64_t exponent = 0;
    // One that no integer holds is beyond all precisions, either way.
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    constexpr std::int64_t beyond = 1'000'000'000'000;
    if (error != std::errc()) exponent = power.starts_with('-') ? -beyond : beyond;
    out.exponent += std::clamp(exponent, -beyond, beyond);
  }
  while (!out.digits.empty() && out.digits.back() == '0') {
    out.digits.pop_back();
    ++out.exponent;
  }
  return out;
}

void put_octets(const std::string& digits, bool negative, std::string& octets) {
  std::vector<std::uint32_t> words;  // the lowest first
  for (std::size_t i = 0; i < digits.size();) {
    const std::size_t count = std::min<std::size_t>(9, digits.size() - i);
    std::uint32_t piece = 0;
    std::from_chars(digits.data() + i, digits.data() + i + count, piece);
    std::uint64_t factor = 1;
    for (std::size_t d = 0; d < count; ++d)
      factor *= 10;
    std::uint64_t carry = piece;
    for (std::uint32_t& word : words) {
      carry += word * factor;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    if (carry != 0) words.push_back(static_cast<std::uint32_t>(carry));
    i += count;
  }
  octets.clear();
  for (const std::uint32_t word : words) {
    for (int shift = 0; shift < 32; shift += 8)
      octets += static_cast<char>(word >> shift);
  }
  octets += '\0';  // of the sign
  if (negative) {
    unsigned carry = 1;
    for (char& c : octets) {
      carry += octet(c) ^ 0xFFU;
      c = static_cast<char>(carry);
      carry >>= 8U;
    }
  }
  const char filler = negative ? '\xFF' : '\0';
  const unsigned sign = negative ? 0x80 : 0;
  while (octets.size() > 1 && octets.back() == filler && (octet(octets[octets.size() - 2]) & 0x80U) == sign)
    octets.pop_back();
  std::reverse(octets.begin(), octets.end());
}

}  // namespace

std::size_t decimal_text_bytes(std::size_t octets, std::uint32_t scale) noexcept {
  // 8 bits are less than 2.41 digits.
  return std::max<std::size_t>(octets * 241 / 100 + 1, std::size_t{scale} + 1) + 2;
}

Value decimal_of(std::string_view octets, std::uint32_t scale, record::Arena& arena) {
  if (octets.size() <= sizeof(std::int64_t)) {
    std::array<char, record::max_number_text> text;
    const char* const end = record::write_integer(small_integer(octets), text.data());
    std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    if (digits == "0") digits = {};
    return placed(digits, negative, scale, arena);
  }
  const bool negative = octet(octets.front()) >= 0x80;
  return placed(digits_of(octets, negative), negative, scale, arena);
}

DecimalFit octets_of_decimal(const Value& number, std::uint32_t precision, std::uint32_t scale,
                             std::string& octets) {
  std::array<char, record::max_number_text> text;
  std::string_view literal;
  switch (number.kind()) {
    case Kind::decimal:
      literal = number.text();
      break;
    case Kind::float64:
      if (!std::isfinite(number.as_float64())) return DecimalFit::no_number;
      literal = {text.data(), record::write_float64(number.as_float64(), text.data())};
      break;
    case Kind::int64:
      literal = {text.data(), record::write_integer(number.as_int64(), text.data())};
      break;
    case Kind::uint64:
      literal = {text.data(), record::write_integer(number.as_uint64(), text.data())};
      break;
    default:
      return DecimalFit::no_number;
  }
  Digits apart = taken_apart(literal);
  if (apart.digits.empty()) {
    octets.assign(1, '\0');
    return DecimalFit::fits;
  }
  const std::int64_t zeros = apart.exponent + scale;
  if (zeros < 0) return DecimalFit::scale;
  if (static_cast<std::uint64_t>(zeros) + apart.digits.size() > precision) return DecimalFit::precision;
  apart.digits.append(static_cast<std::size_t>(zeros), '0');
  put_octets(apart.digits, apart.negative, octets);
  return DecimalFit::fits;
}

}  // namespace hiveframe::codec::avro
