#pragma once

#include <string_view>

namespace hiveframe::expr {

/// One conversion of a time format, or text up to the next one.
struct TimeConversion {
  std::string_view text;  ///< as it is written: "%3f"; of no conversion, the text itself
  char letter = '\0';     ///< none: text. ':' is "%:z"
  int digits = 0;         ///< of %f; 0: not given
};

/// Takes the next one off the front of `format`, which is not empty. A '%' with nothing known behind it has
/// the letter '?'.
TimeConversion take_conversion(std::string_view& format) noexcept;

/// What %F, %T and %R stand for; empty for all others.
std::string_view expansion(char letter) noexcept;

}  // namespace hiveframe::expr
