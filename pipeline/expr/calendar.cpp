#include "pipeline/expr/calendar.hpp"

#include <chrono>

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

constexpr std::int64_t seconds_per_day = 86400;

// A duration as a whole number of units, towards zero; milliseconds are what is left of a second.
bool of_duration(FunctionId function, const Value& duration, Value& out) {
  __extension__ using Wide = __int128;
  const Wide nanos = Wide{duration.seconds()} * 1'000'000'000 + duration.nanos();
  const auto whole = [&](std::int64_t unit) { return static_cast<std::int64_t>(nanos / unit); };
  switch (function) {
    case FunctionId::get_hours:
      out = Value::int64(whole(3'600'000'000'000));
      return true;
    case FunctionId::get_minutes:
      out = Value::int64(whole(60'000'000'000));
      return true;
    case FunctionId::get_seconds:
      out = Value::int64(whole(1'000'000'000));
      return true;
    case FunctionId::get_milliseconds:
      out = Value::int64(static_cast<std::int64_t>(nanos / 1'000'000 % 1000));
      return true;
    default:
      return false;
  }
}

bool of_day(FunctionId function, std::int64_t days, Value& out) {
  using namespace std::chrono;
  const sys_days date{std::chrono::days(days)};
  const year_month_day parts(date);
  switch (function) {
    case FunctionId::get_full_year:
      out = Value::int64(static_cast<int>(parts.year()));
      return true;
    case FunctionId::get_month:
      out = Value::int64(static_cast<unsigned>(parts.month()) - 1);
      return true;
    case FunctionId::get_date:
      out = Value::int64(static_cast<unsigned>(parts.day()));
      return true;
    case FunctionId::get_day_of_month:
      out = Value::int64(static_cast<unsigned>(parts.day()) - 1);
      return true;
    case FunctionId::get_day_of_week:
      out = Value::int64(weekday(date).c_encoding());
      return true;
    case FunctionId::get_day_of_year:
      out = Value::int64((date - sys_days(parts.year() / January / 1)).count());
      return true;
    default:
      return false;
  }
}

}  // namespace

bool read_calendar(FunctionId function, const Value& time, const TimeZone* zone, Value& out) {
  switch (time.kind()) {
    case Kind::duration:
      return zone == nullptr && of_duration(function, time, out);
    case Kind::date:
      return zone == nullptr && of_day(function, time.days(), out);
    case Kind::timestamp:
      break;
    default:
      return false;
  }
  if (zone != nullptr && time.local()) return false;
  const std::int64_t seconds = time.seconds() + (zone != nullptr ? zone->offset_at(time.seconds()) : 0);
  std::int64_t days = seconds / seconds_per_day;
  std::int64_t of_day_seconds = seconds % seconds_per_day;
  if (of_day_seconds < 0) {
    of_day_seconds += seconds_per_day;
    --days;
  }
  switch (function) {
    case FunctionId::get_hours:
      out = Value::int64(of_day_seconds / 3600);
      return true;
    case FunctionId::get_minutes:
      out = Value::int64(of_day_seconds / 60 % 60);
      return true;
    case FunctionId::get_seconds:
      out = Value::int64(of_day_seconds % 60);
      return true;
    case FunctionId::get_milliseconds:
      out = Value::int64(time.nanos() / 1'000'000);
      return true;
    default:
      return of_day(function, days, out);
  }
}

}  // namespace hiveframe::expr
