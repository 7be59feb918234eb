#include "pipeline/record/decimal.hpp"

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "pipeline/record/decimal_digits.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::record {
namespace {

using Integer = boost::multiprecision::cpp_int;

/// The exact digits of any finite number.
class ExactText {
 public:
  explicit ExactText(const Value& number) noexcept {
    switch (number.kind()) {
      case Kind::int64:
        end_ = write_integer(number.as_int64(), room_.data());
        break;
      case Kind::uint64:
        end_ = write_integer(number.as_uint64(), room_.data());
        break;
      case Kind::float64:
        // 767 significant digits are the most that a double has.
        end_ = std::to_chars(room_.data(), room_.data() + room_.size(), number.as_float64(),
                             std::chars_format::scientific, 766)
                   .ptr;
        break;
      default:
        literal_ = number.text();
    }
  }
  [[nodiscard]] std::string_view text() const noexcept {
    if (end_ == nullptr) return literal_;
    return {room_.data(), static_cast<std::size_t>(end_ - room_.data())};
  }

 private:
  std::array<char, 800> room_;
  const char* end_ = nullptr;
  std::string_view literal_;
};

std::strong_ordering compare_magnitudes(const DecimalDigits& left, const DecimalDigits& right) noexcept {
  if (left.zero() || right.zero()) return !left.zero() <=> !right.zero();
  if (left.lead() != right.lead()) return left.lead() <=> right.lead();
  const std::size_t shared = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (left[i] != right[i]) return left[i] <=> right[i];
  }
  return left.size() <=> right.size();
}

std::strong_ordering compare_digits(const DecimalDigits& left, const DecimalDigits& right) noexcept {
  const bool left_below = left.negative() && !left.zero();
  const bool right_below = right.negative() && !right.zero();
  if (left_below != right_below) return right_below <=> left_below;
  return left_below ? compare_magnitudes(right, left) : compare_magnitudes(left, right);
}

/// `limit` is 2^63 or 2^64, the first double beyond Int.
template <class Int>
std::partial_ordering compare_integer(Int integer, double number, double limit) noexcept {
  if (std::isnan(number)) return std::partial_ordering::unordered;
  if (number >= limit) return std::partial_ordering::less;
  if (number < static_cast<double>(std::numeric_limits<Int>::min())) return std::partial_ordering::greater;
  const Int whole = static_cast<Int>(number);  // towards zero, exact
  if (integer != whole) return integer <=> whole;
  return static_cast<double>(whole) <=> number;
}

std::partial_ordering reversed(std::partial_ordering order) noexcept { return 0 <=> order; }

std::partial_ordering compare_with_float64(const Value& left, double number) noexcept {
  switch (left.kind()) {
    case Kind::float64:
      return left.as_float64() <=> number;
    case Kind::int64:
      return compare_integer(left.as_int64(), number, 0x1p63);
    case Kind::uint64:
      return compare_integer(left.as_uint64(), number, 0x1p64);
    default:
      break;
  }
  if (std::isnan(number)) return std::partial_ordering::unordered;
  if (std::isinf(number)) return 0.0 <=> number;
  const ExactText exact(Value::float64(number));
  return compare_digits(DecimalDigits(left.text()), DecimalDigits(exact.text()));
}

/// coefficient / 10^scale
struct Scaled {
  Integer coefficient;
  std::size_t scale = 0;
};

std::optional<Scaled> scaled(const Value& number) {
  const ExactText exact(number);
  const DecimalDigits digits(exact.text());
  if (digits.zero()) return Scaled{};
  constexpr auto limit = static_cast<std::int64_t>(max_decimal_digits);
  const auto size = static_cast<std::int64_t>(digits.size());
  const std::int64_t last = digits.lead() - size + 1;  // the last digit's power of ten
  if (digits.lead() >= limit || last < -limit) return std::nullopt;
  if (std::max<std::int64_t>(digits.lead(), 0) + std::max<std::int64_t>(-last, 0) + 1 > limit)
    return std::nullopt;
  std::string text;
  text.reserve(digits.size() + static_cast<std::size_t>(std::max<std::int64_t>(last, 0)));
  for (std::size_t i = 0; i < digits.size(); ++i)
    text += digits[i];
  if (last > 0) text.append(static_cast<std::size_t>(last), '0');
  Scaled out{Integer(text), last < 0 ? static_cast<std::size_t>(-last) : 0};
  if (digits.negative()) out.coefficient = -out.coefficient;
  return out;
}

std::optional<Value> number_of(const Scaled& number, Arena& arena) {
  std::string text = number.coefficient.str();
  const bool negative = text.front() == '-';
  if (negative) text.erase(0, 1);
  if (number.scale > 0) {
    if (text.size() <= number.scale) text.insert(0, number.scale + 1 - text.size(), '0');
    text.insert(text.size() - number.scale, 1, '.');
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  if (text.size() > max_decimal_digits + 1) return std::nullopt;
  if (negative) text.insert(0, 1, '-');
  return number_from_literal(arena.copy(text));
}

Integer power_of_ten(std::size_t exponent) {
  return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

bool both_int64(const Value& left, const Value& right) noexcept {
  return left.is(Kind::int64) && right.is(Kind::int64);
}

// Digits of a number in plain notation, or one more than there may be.
std::uint64_t plain_digits(const Value& number) noexcept {
  if (!number.is(Kind::decimal)) return 20;
  const DecimalDigits digits(number.text());
  if (digits.zero()) return 1;
  constexpr auto limit = static_cast<std::int64_t>(max_decimal_digits);
  const std::int64_t whole = std::max<std::int64_t>(digits.lead(), 0);
  const std::int64_t last = digits.lead() - static_cast<std::int64_t>(digits.size()) + 1;
  const std::int64_t fraction = std::max<std::int64_t>(-last, 0);
  return static_cast<std::uint64_t>(std::min(std::min(whole, limit) + std::min(fraction, limit), limit) + 1);
}

std::uint64_t reading_work(const Value& number) noexcept {
  return number.is(Kind::decimal) ? number.text().size() / 4 : 0;
}

}  // namespace

std::uint64_t comparison_work(const Value& left, const Value& right) noexcept {
  if (!left.is(Kind::decimal) && !right.is(Kind::decimal)) return 0;
  // A double is written out, to hundreds of digits.
  const bool with_double = left.is(Kind::float64) || right.is(Kind::float64);
  return (with_double ? 160 : 16) + reading_work(left) + reading_work(right);
}

std::uint64_t calculation_work(const Value& left, const Value& right) noexcept {
  if (!left.is(Kind::decimal) && !right.is(Kind::decimal)) return 0;
  // Between text and binary, each digit is set against each other.
  const std::uint64_t digits = plain_digits(left) + plain_digits(right);
  return digits * digits / 400 + 4 * digits + 64 + reading_work(left) + reading_work(right);
}

std::partial_ordering compare_numbers(const Value& left, const Value& right) noexcept {
  if (both_int64(left, right)) return left.as_int64() <=> right.as_int64();
  if (right.is(Kind::float64)) return compare_with_float64(left, right.as_float64());
  if (left.is(Kind::float64)) return reversed(compare_with_float64(right, left.as_float64()));
  const ExactText left_text(left);
  const ExactText right_text(right);
  return compare_digits(DecimalDigits(left_text.text()), DecimalDigits(right_text.text()));
}

double to_float64(const Value& number) noexcept {
  switch (number.kind()) {
    case Kind::float64:
      return number.as_float64();
    case Kind::int64:
      return static_cast<double>(number.as_int64());
    case Kind::uint64:
      return static_cast<double>(number.as_uint64());
    default:
      break;
  }
  const std::string_view text = number.text();
  double nearest = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), nearest);
  if (read.ec != std::errc::result_out_of_range) return nearest;
  const DecimalDigits digits(text);
  const double magnitude = digits.lead() > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return digits.negative() ? -magnitude : magnitude;
}

std::optional<Value> integer_part(const Value& decimal) noexcept {
  const DecimalDigits digits(decimal.text());
  if (digits.zero() || digits.lead() < 0) return Value::int64(0);
  std::uint64_t magnitude = 0;
  for (std::int64_t i = 0; i <= digits.lead(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto digit = static_cast<std::uint64_t>(at < digits.size() ? digits[at] - '0' : 0);
    if (__builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude) ||
        __builtin_add_overflow(magnitude, digit, &magnitude)) {
      return std::nullopt;
    }
  }
  if (!digits.negative()) return Value::uint64(magnitude);
  if (magnitude > std::uint64_t{1} << 63) return std::nullopt;
  return Value::int64(static_cast<std::int64_t>(std::uint64_t{0} - magnitude));
}

std::optional<Value> add_exactly(const Value& left, const Value& right, Arena& arena) {
  std::int64_t sum = 0;
  if (both_int64(left, right) && !__builtin_add_overflow(left.as_int64(), right.as_int64(), &sum)) {
    return Value::int64(sum);
  }
  std::optional<Scaled> a = scaled(left);
  std::optional<Scaled> b = scaled(right);
  if (!a || !b) return std::nullopt;
  if (a->scale < b->scale) std::swap(a, b);
  a->coefficient += b->coefficient * power_of_ten(a->scale - b->scale);
  return number_of(*a, arena);
}

std::optional<Value> subtract_exactly(const Value& left, const Value& right, Arena& arena) {
  const std::optional<Value> other = negate_exactly(right, arena);
  if (!other) return std::nullopt;
  return add_exactly(left, *other, arena);
}

std::optional<Value> multiply_exactly(const Value& left, const Value& right, Arena& arena) {
  std::int64_t product = 0;
  if (both_int64(left, right) && !__builtin_mul_overflow(left.as_int64(), right.as_int64(), &product)) {
    return Value::int64(product);
  }
  const std::optional<Scaled> a = scaled(left);
  const std::optional<Scaled> b = scaled(right);
  if (!a || !b) return std::nullopt;
  return number_of({a->coefficient * b->coefficient, a->scale + b->scale}, arena);
}

std::optional<Value> negate_exactly(const Value& number, Arena& arena) {
  if (number.is(Kind::int64) && number.as_int64() != INT64_MIN) return Value::int64(-number.as_int64());
  if (number.is(Kind::decimal) && number.text().size() <= max_decimal_digits) {
    const std::string_view text = number.text();
    if (text.front() == '-') return number_from_literal(arena.copy(text.substr(1)));
    std::string negative(1, '-');
    negative.append(text);
    return number_from_literal(arena.copy(negative));
  }
  std::optional<Scaled> value = scaled(number);
  if (!value) return std::nullopt;
  value->coefficient = -value->coefficient;
  return number_of(*value, arena);
}

}  // namespace hiveframe::record
