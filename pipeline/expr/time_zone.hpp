#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::expr {

/// A place's offset from UTC through time. Immutable; any thread may read it.
class TimeZone {
 public:
  /// `UTC`, `+02:00`, `-09:30`, `02:00`. Nothing for every other text.
  static std::optional<TimeZone> fixed(std::string_view text);
  /// Those, and the names of the tz database (`Europe/Paris`) as far as the system has it. Nothing for a
  /// name that it does not know.
  static std::optional<TimeZone> named(std::string_view name,
                                       const std::filesystem::path& database = "/usr/share/zoneinfo");
  /// From the bytes of a TZif file (RFC 8536, any version). Nothing if they are none.
  static std::optional<TimeZone> from_tzif(std::string_view bytes);

  /// Seconds to add to UTC at a time given as seconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] std::int64_t offset_at(std::int64_t seconds) const noexcept;

 private:
  friend class PosixZoneReader;

  /// A day of each year, by one of the three forms of POSIX, and seconds after its midnight.
  struct YearlyDay {
    enum class Form { julian_without_leap_day, day_of_year, weekday_of_month };
    Form form = Form::day_of_year;
    int month = 0;
    int week = 0;  // 5 is the last
    int day = 0;   // of the week from Sunday, or of the year
    std::int64_t time = 7200;

    [[nodiscard]] std::int64_t local_seconds(int year) const noexcept;
  };
  /// What holds after the last transition.
  struct Rule {
    std::int64_t standard = 0;
    std::int64_t daylight = 0;
    bool has_daylight = false;
    YearlyDay begin;
    YearlyDay end;

    [[nodiscard]] std::int64_t offset_at(std::int64_t seconds) const noexcept;
  };
  struct Transition {
    std::int64_t at;
    std::int64_t offset;
  };

  std::int64_t first_offset_ = 0;
  std::vector<Transition> transitions_;
  std::optional<Rule> rule_;
};

}  // namespace hiveframe::expr
