#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hiveframe::expr {

// Times as texts of any form: conversions as strftime and strptime have them, in English, whatever the
// locale.
//   %Y 2024  %y 24  %m 02  %B February  %b Feb  %d 29  %e " 9"  %j 060  %A Thursday  %a Thu
//   %H 22  %I 10  %p PM  %M 04  %S 05  %3f %6f %9f digits of the second, %f is %6f
//   %z +0200  %:z +02:00  %s seconds since 1970  %F is %Y-%m-%d  %T is %H:%M:%S  %R is %H:%M  %% a %
// Reading takes one digit where two are usual, one to nine for %f, all forms of an offset for %z, and names
// in any case; a year, or %s, must be there; without month, day or time, it is the first of them.

/// A time on the calendar of some place.
struct CalendarTime {
  std::int64_t local_seconds = 0;  ///< since 1970-01-01T00:00:00 on that calendar
  std::uint32_t nanos = 0;
  std::int64_t offset = 0;  ///< what is added to UTC there, in seconds
};

/// `format` has no problem.
std::string write_time(std::string_view format, const CalendarTime& time);

struct ReadTime {
  CalendarTime time;
  bool has_offset = false;  ///< else it is the calendar of a place that the text does not tell
};
/// Nothing if the text is not of that form, or there is no such day or hour. `format` has no problem.
std::optional<ReadTime> read_time(std::string_view format, std::string_view text);

/// What is wrong with a format; empty: nothing.
std::string problem_of_time_format(std::string_view format, bool for_reading);

}  // namespace hiveframe::expr
