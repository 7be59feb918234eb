#include "pipeline/expr/floating.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::expr {

std::errc read_floating(std::string_view text, double& number) {
  if (text.empty() || (text[0] != '.' && (text[0] < '0' || text[0] > '9')))
    return std::errc::invalid_argument;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::invalid_argument || end != text.data() + text.size())
    return std::errc::invalid_argument;
  if (error == std::errc()) return error;
  // from_chars does not say which way.
  std::string padded(text);
  padded.insert(padded.begin(), '0');
  number = record::to_float64(record::Value::decimal(padded));
  return std::isinf(number) ? std::errc::result_out_of_range : std::errc();
}

char* write_floating(double number, char* to) noexcept {
  const auto put = [to](std::string_view text) { return std::copy(text.begin(), text.end(), to); };
  if (std::isnan(number)) return put("NaN");
  if (std::isinf(number)) return put(number < 0 ? "-Infinity" : "Infinity");
  return std::to_chars(to, to + record::max_number_text, number).ptr;
}

}  // namespace hiveframe::expr
