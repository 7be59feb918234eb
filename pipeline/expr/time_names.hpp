#pragma once

#include <array>
#include <string_view>

namespace hiveframe::expr {

inline constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
/// From Sunday.
inline constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                           "Thursday", "Friday", "Saturday"};
constexpr std::string_view short_name_of(std::string_view name) noexcept { return name.substr(0, 3); }

}  // namespace hiveframe::expr
