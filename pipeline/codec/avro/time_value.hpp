#pragma once

#include <cstddef>
#include <cstdint>

#include "pipeline/record/time_text.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::codec::avro {

inline constexpr std::int64_t seconds_per_day = 86'400;
inline constexpr std::uint32_t nanos_per_second = 1'000'000'000;
inline constexpr std::size_t uuid_text = 36;

/// Rounds down, and gives what is left.
struct Seconds {
  std::int64_t whole;
  std::uint32_t nanos;

  static Seconds of(std::int64_t units, std::uint32_t per_second) noexcept {
    std::int64_t whole = units / per_second;
    std::int64_t rest = units % per_second;
    if (rest < 0) {
      --whole;
      rest += per_second;
    }
    return {whole, static_cast<std::uint32_t>(rest) * (nanos_per_second / per_second)};
  }
};

inline bool is_date(std::int64_t days) noexcept {
  return days >= record::min_timestamp_seconds / seconds_per_day &&
         days <= record::max_timestamp_seconds / seconds_per_day;
}
inline bool is_time_of_day(std::int64_t units, std::uint32_t per_second) noexcept {
  return units >= 0 && units < seconds_per_day * per_second;
}
inline bool is_timestamp(std::int64_t units, std::uint32_t per_second) noexcept {
  const std::int64_t seconds = Seconds::of(units, per_second).whole;
  return seconds >= record::min_timestamp_seconds && seconds <= record::max_timestamp_seconds;
}

}  // namespace hiveframe::codec::avro
