#include "pipeline/record/number.hpp"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

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

/// The significant digits of a literal, if they are not too many for the shortest form of a double.
class ShortDigits {
 public:
  /// False: there are more than 17. Neither leading nor trailing zeros count.
  bool read(std::string_view literal) noexcept {
    std::int64_t position = 0;  // of the digit, from the literal's first
    std::int64_t whole = -1;    // digits before the point
    std::int64_t first = 0;     // position of the first that is not 0
    std::size_t zeros = 0;      // that follow the digits so far
    for (std::size_t i = 0; i < literal.size(); ++i) {
      const char c = literal[i];
      if (is_digit(c)) {
        if (c == '0') {
          ++zeros;
        } else {
          if (size_ == 0) {
            first = position;
            zeros = 0;
          }
          size_ += zeros + 1;
          if (size_ > most_digits) return false;
          for (; zeros > 0; --zeros)
            digits_ *= 10;
          digits_ = digits_ * 10 + static_cast<std::uint64_t>(c - '0');
        }
        ++position;
      } else if (c == '.') {
        whole = position;
      } else if (c != '-') {
        exponent_ = read_exponent(literal.substr(i + 1));
        break;
      }
    }
    if (whole < 0) whole = position;
    exponent_ += whole - 1 - first;
    return true;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  bool operator==(const ShortDigits& other) const noexcept = default;

 private:
  static std::int64_t read_exponent(std::string_view text) noexcept {
    const bool negative = text.starts_with('-');
    std::int64_t exponent = 0;
    for (const char c : text) {
      // No double has an exponent of so many digits; the literal may.
      if (is_digit(c)) exponent = std::min<std::int64_t>(exponent * 10 + (c - '0'), 1'000'000'000'000);
    }
    return negative ? -exponent : exponent;
  }

  static constexpr std::size_t most_digits = 17;
  std::uint64_t digits_ = 0;
  std::size_t size_ = 0;
  std::int64_t exponent_ = 0;  // of the first digit
};

/// Writes a finite number without sign, as short as it goes.
char* write_magnitude(double number, char* to) noexcept {
  // Amounts: at most four decimals, fewer than fifteen digits. The quotient of two exact numbers is the
  // double nearest to that decimal, and no two decimals of so few digits share a double, so that its
  // digits are the shortest ones.
  constexpr double scale = 10'000;
  if (number < 1e11) {
    // Only a guess, which the next line proves; lround would be a call.
    const auto scaled =
        static_cast<std::uint64_t>(number * scale + 0.5);  // NOLINT(bugprone-incorrect-roundings)
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

bool keeps_literal(double number, std::string_view literal) noexcept {
  // DBL_DIG digits always survive the way through a normal double; one more character is no digit.
  const bool normal = std::abs(number) >= DBL_MIN;
  if (normal && literal.size() <= DBL_DIG + 1) return true;
  // Most programs write doubles as short as they go, so that the text is the same.
  char shortest[max_number_text];
  const auto write_shortest = [&](std::chars_format format) {
    const auto written = std::to_chars(shortest, shortest + sizeof shortest, number, format);
    return std::string_view(shortest, static_cast<std::size_t>(written.ptr - shortest));
  };
  const bool exponent =
      literal.find('e') != std::string_view::npos || literal.find('E') != std::string_view::npos;
  if (!exponent && write_shortest(std::chars_format::fixed) == literal) return true;

  ShortDigits digits;
  if (!digits.read(literal)) return false;
  if (digits.size() == 0) return true;
  if (number == 0) return false;
  if (digits.size() <= DBL_DIG && normal) return true;
  ShortDigits kept;
  return kept.read(write_shortest(std::chars_format::scientific)) && digits == kept;
}

Value number_from_literal(std::string_view literal) noexcept {
  const auto not_integer = [](char c) { return c == '.' || c == 'e' || c == 'E'; };
  if (std::none_of(literal.begin(), literal.end(), not_integer)) return integer_from_literal(literal);
  double number = 0;
  const auto read = std::from_chars(literal.data(), literal.data() + literal.size(), number);
  if (read.ec != std::errc() || !std::isfinite(number)) return Value::decimal(literal);
  return keeps_literal(number, literal) ? Value::float64(number) : Value::decimal(literal);
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
