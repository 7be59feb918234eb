#include "pipeline/record/number.hpp"

#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

#include "pipeline/record/decimal_digits.hpp"

namespace hiveframe::record {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

Value integer_from_literal(std::string_view literal) noexcept {
  const char* end = literal.data() + literal.size();
  if (literal.front() == '-') {
    if (literal == "-0") return Value::float64(-0.0);
    std::int64_t integer = 0;
    const auto read = std::from_chars(literal.data(), end, integer);
    return read.ec == std::errc() ? Value::int64(integer) : Value::decimal(literal);
  }
  std::uint64_t integer = 0;
  const auto read = std::from_chars(literal.data(), end, integer);
  return read.ec == std::errc() ? Value::uint64(integer) : Value::decimal(literal);
}

/// Writes a finite number without sign, as short as it goes.
char* write_magnitude(double number, char* to) noexcept {
  // Amounts: at most four decimals, fewer than fifteen digits. The quotient of two exact numbers is the
  // double nearest to that decimal, and no two decimals of so few digits share a double, so that its
  // digits are the shortest ones.
  constexpr double scale = 10'000;
  if (number < 1e11) {
    const auto scaled = static_cast<std::uint64_t>(number * scale + 0.5);
    if (static_cast<double>(scaled) / scale == number) {
      to = std::to_chars(to, to + max_number_text, scaled / 10'000).ptr;
      const auto fraction = static_cast<unsigned>(scaled % 10'000);
      *to++ = '.';
      *to++ = static_cast<char>('0' + fraction / 1000);
      if (fraction % 1000 == 0) return to;
      *to++ = static_cast<char>('0' + fraction / 100 % 10);
      if (fraction % 100 == 0) return to;
      *to++ = static_cast<char>('0' + fraction / 10 % 10);
      if (fraction % 10 == 0) return to;
      *to++ = static_cast<char>('0' + fraction % 10);
      return to;
    }
  }
  // Plain notation where people would use it; to_chars alone would write 1e+05.
  const bool plain = number >= 1e-6 && number < 1e16;
  const auto written = std::to_chars(to, to + max_number_text, number,
                                     plain ? std::chars_format::fixed : std::chars_format::general);
  const std::size_t size = static_cast<std::size_t>(written.ptr - to);
  to = written.ptr;
  if (std::memchr(to - size, '.', size) == nullptr && std::memchr(to - size, 'e', size) == nullptr) {
    *to++ = '.';
    *to++ = '0';
  }
  return to;
}

}  // namespace

Value number_from_literal(std::string_view literal) noexcept {
  if (literal.find_first_of(".eE") == std::string_view::npos) return integer_from_literal(literal);
  const DecimalDigits digits(literal);
  if (digits.zero()) return Value::float64(digits.negative() ? -0.0 : 0.0);
  double number = 0;
  const auto read = std::from_chars(literal.data(), literal.data() + literal.size(), number);
  if (read.ec != std::errc() || number == 0 || !std::isfinite(number)) return Value::decimal(literal);
  // DBL_DIG digits always survive the way through a normal double.
  if (digits.size() <= DBL_DIG && std::abs(number) >= DBL_MIN) return Value::float64(number);
  char shortest[max_number_text];
  const char* end =
      std::to_chars(shortest, shortest + sizeof shortest, number, std::chars_format::scientific).ptr;
  const DecimalDigits kept(std::string_view(shortest, static_cast<std::size_t>(end - shortest)));
  return digits.same_magnitude(kept) ? Value::float64(number) : Value::decimal(literal);
}

bool is_number_literal(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto skip_digits = [&] {
    const char* first = at;
    while (at != end && is_digit(*at))
      ++at;
    return at != first;
  };
  if (at != end && *at == '-') ++at;
  if (at == end) return false;
  if (*at == '0') {
    ++at;
  } else if (!skip_digits()) {
    return false;
  }
  if (at != end && *at == '.') {
    ++at;
    if (!skip_digits()) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!skip_digits()) return false;
  }
  return at == end;
}

char* write_float64(double number, char* to) noexcept {
  if (std::signbit(number)) {
    *to++ = '-';
    number = -number;
  }
  return write_magnitude(number, to);
}

char* write_integer(std::int64_t number, char* to) noexcept {
  return std::to_chars(to, to + max_number_text, number).ptr;
}

char* write_integer(std::uint64_t number, char* to) noexcept {
  return std::to_chars(to, to + max_number_text, number).ptr;
}

}  // namespace hiveframe::record
