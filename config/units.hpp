#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace hiveframe::config {

/// Why a number, size or duration was not understood; complete sentences without the value itself.
struct UnitError {
  std::string message;
  std::string hint;
};

/// A unit by its name in lower case, and how many of the smallest one it is.
struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
/// Those that sizes are written in, bytes first.
std::span<const Unit> size_units() noexcept;

/// Bytes: `1024`, `64KiB`, `10MB`, `1.5GiB`; units B, kB/KB/MB/GB/TB (1000) and KiB/MiB/GiB/TiB (1024), in
/// any case.
std::variant<std::uint64_t, UnitError> parse_size(std::string_view text);
/// Shortest exact form: 16777216 -> 16MiB, 10000000 -> 10MB, 1234 -> 1234.
std::string format_size(std::uint64_t bytes);

/// `500ms`, `30s`, `5m`, `1h`, `2d`, `1h30m`, `1.5s`; a unit is needed, except for 0.
std::variant<std::chrono::milliseconds, UnitError> parse_duration(std::string_view text);
/// 90s -> 1m30s, 500ms -> 500ms, 0 -> 0s.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace hiveframe::config
