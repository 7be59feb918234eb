#pragma once

#include <string_view>
#include <system_error>

namespace hiveframe::expr {

/// Reads all of `text`, an unsigned decimal number, as the nearest double: 0 for what is smaller than every
/// double. result_out_of_range for what is larger; invalid_argument for what is no such number.
std::errc read_floating(std::string_view text, double& number);

/// The shortest text that reads back as `number`, as string() gives it: 1, 0.1, 1e+20, NaN, -Infinity. At
/// most record::max_number_text bytes; returns the end.
char* write_floating(double number, char* to) noexcept;

}  // namespace hiveframe::expr
