#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace hiveframe::daemon {

/// 1234567 -> 1,234,567
std::string with_commas(std::uint64_t number);

/// Millions of bytes a second with three or more digits that count: 0.05, 1.23, 45.6, 789. "-" if no time
/// has passed.
std::string megabytes_per_second(std::uint64_t bytes, std::chrono::duration<double> time);

/// 0.12 s, 3.4 s, 59 s, 2 min 5 s, 3 h 4 min, 2 d 3 h
std::string short_time(std::chrono::duration<double> time);

}  // namespace hiveframe::daemon
