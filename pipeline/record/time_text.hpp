#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// The seconds of 0001-01-01T00:00:00 and 9999-12-31T23:59:59: every timestamp lies between them.
inline constexpr std::int64_t min_timestamp_seconds = -62'135'596'800;
inline constexpr std::int64_t max_timestamp_seconds = 253'402'300'799;
/// Seconds of the longest duration, either way: what the years 1 to 9999 need (google.protobuf.Duration).
inline constexpr std::int64_t max_duration_seconds = 315'576'000'000;

/// RFC 3339 `2026-03-01T12:00:00.123456789+02:00`: a UTC timestamp. Without an offset: a local one.
/// Nothing if it is not such a text, no such day or hour, a leap second, finer than nanoseconds, or
/// beyond the years 0001 to 9999 in UTC.
std::optional<Value> parse_timestamp(std::string_view text) noexcept;
/// `2026-03-01`
std::optional<Value> parse_date(std::string_view text) noexcept;
/// `3.5s`, `-1h30m`, `20ms`, `0`: numbers with the units h, m, s, ms, us (and µs), ns, as CEL and Go write
/// them; nothing at all needs no unit.
/// Nothing if it is finer than nanoseconds or longer than max_duration_seconds.
std::optional<Value> parse_duration(std::string_view text) noexcept;

/// Room that the functions below need at most.
inline constexpr std::size_t max_time_text = 40;

/// RFC 3339, with `Z` unless it is local, and with 0, 3, 6 or 9 digits of a second. Returns the end.
char* write_timestamp(const Value& timestamp, char* to) noexcept;
/// Returns the end.
char* write_date(const Value& date, char* to) noexcept;
/// `3.5s`, `-0.000000001s`, `0s`: seconds without trailing zeros. Returns the end.
char* write_duration(const Value& duration, char* to) noexcept;

}  // namespace hiveframe::record
