#include "pipeline/expr/decimal_text.hpp"

#include <algorithm>
#include <string_view>

#include "pipeline/record/decimal.hpp"

namespace hiveframe::expr {

using record::Value;

namespace {

// Adds one to the last digit of a number that may have a point.
void increment(std::string& digits) {
  for (std::size_t i = digits.size(); i > 0; --i) {
    char& digit = digits[i - 1];
    if (digit == '.') continue;
    if (digit != '9') {
      ++digit;
      return;
    }
    digit = '0';
  }
  digits.insert(digits.begin(), '1');
}

bool round_up(std::string_view rest, char last) {
  if (rest.empty() || rest[0] != '5') return !rest.empty() && rest[0] > '5';
  const bool half = rest.find_first_not_of('0', 1) == std::string_view::npos;
  return !half || (last - '0') % 2 == 1;
}

}  // namespace

std::optional<std::string> fixed_text(const Value& decimal, std::size_t precision, record::Arena& arena) {
  // A sum is in plain notation: without an exponent.
  const std::optional<Value> plain = record::add_exactly(decimal, Value::int64(0), arena);
  if (!plain || !plain->is(record::Kind::decimal)) return std::nullopt;
  std::string_view text = plain->text();
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  std::string digits(text.substr(0, point));
  if (precision > 0) digits.append(".").append(fraction.substr(0, precision));
  if (fraction.size() < precision) digits.append(precision - fraction.size(), '0');
  if (fraction.size() > precision && round_up(fraction.substr(precision), digits.back())) increment(digits);
  if (negative) digits.insert(digits.begin(), '-');
  return digits;
}

}  // namespace hiveframe::expr
