// Times as texts of any form.

#include <array>

#include "pipeline/expr/call.hpp"
#include "pipeline/expr/library.hpp"
#include "pipeline/expr/time_format.hpp"
#include "pipeline/expr/time_zone.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;

// The zone that is the third argument, if there are three: one that is written is known, of others only
// offsets are. `room` keeps it.
bool read_zone(Call& call, std::optional<TimeZone>& room, const TimeZone*& zone) {
  zone = call.zone();
  if (call.size() < 3 || zone != nullptr) return true;
  room = TimeZone::fixed(call.text(2));
  if (!room) return call.bad_zone(call[2]);
  zone = &*room;
  return true;
}

// A format that is written was checked before.
bool read_format(Call& call, bool for_reading) {
  const std::string_view format = call.text(1);
  if (!call.spend(16 + format.size())) return false;
  const std::string problem = problem_of_time_format(format, for_reading);
  return problem.empty() || call.bad_argument(call[1], call.arena().copy("cannot be used: " + problem));
}

bool format_time(Call& call, Value& out) {
  std::optional<TimeZone> room;
  const TimeZone* zone = nullptr;
  if (!read_format(call, false) || !read_zone(call, room, zone)) return false;
  CalendarTime time;
  if (call[0].is(Kind::date)) {
    if (zone != nullptr) return call.no_overload();
    constexpr std::int64_t day = 86400;
    const std::int64_t days = call[0].days();
    if (days < record::min_timestamp_seconds / day || days > record::max_timestamp_seconds / day)
      return call.bad_argument(call[0], "is beyond the years 1 to 9999");
    time.local_seconds = days * day;
  } else {
    if (zone != nullptr && call[0].local()) return call.no_overload();
    time.offset = zone == nullptr ? 0 : zone->offset_at(call[0].seconds());
    time.local_seconds = call[0].seconds() + time.offset;
    time.nanos = call[0].nanos();
  }
  // No conversion makes more of its two bytes.
  constexpr std::size_t most = 24;
  if (!call.take(call.text(1).size() * most)) return false;
  out = Value::string(call.arena().copy(write_time(call.text(1), time)));
  return true;
}

// The seconds in UTC of a time on a place's calendar. What a clock shows twice is the first of both; what it
// skips is as much later as it skips.
std::int64_t to_utc(std::int64_t local, const TimeZone& zone) {
  constexpr std::int64_t day = 86400;
  const std::int64_t before = local - zone.offset_at(local - day);
  const std::int64_t after = local - zone.offset_at(local + day);
  if (local - zone.offset_at(before) == before) return before;
  return local - zone.offset_at(after) == after ? after : before;
}

bool parse_time(Call& call, Value& out) {
  std::optional<TimeZone> room;
  const TimeZone* zone = nullptr;
  if (!read_format(call, true) || !read_zone(call, room, zone)) return false;
  const std::optional<ReadTime> read = read_time(call.text(1), call.text(0));
  if (!read) {
    const std::string what = "does not fit the time format '" + std::string(call.text(1)) + "'";
    return call.bad_argument(call[0], call.arena().copy(what));
  }
  std::int64_t seconds = read->time.local_seconds - read->time.offset;
  if (!read->has_offset && zone != nullptr) seconds = to_utc(read->time.local_seconds, *zone);
  if (seconds < record::min_timestamp_seconds || seconds > record::max_timestamp_seconds)
    return call.bad_argument(call[0], "is beyond the years 1 to 9999");
  out = Value::timestamp(seconds, read->time.nanos);
  return true;
}

std::string check_format(std::size_t argument, const Value& constant) {
  return argument == 1 ? problem_of_time_format(constant.text(), false) : std::string();
}

std::string check_form(std::size_t argument, const Value& constant) {
  return argument == 1 ? problem_of_time_format(constant.text(), true) : std::string();
}

constexpr TypeSet string = set_of(Type::string);
constexpr TypeSet times = set_of(Type::timestamp) | set_of(Type::date);
constexpr auto group = FunctionGroup::conversions;

constexpr std::array<Function, 2> table{{
    {"parse_time",
     FunctionId::library,
     true,
     false,
     2,
     3,
     {string, string, string},
     Type::timestamp,
     {group, "parse_time(text, format, zone)",
      "A timestamp of a text in a form with %Y %m %d %H %M %S %f %z and the like of strptime; the zone, if "
      "any, holds where the text tells none, else UTC",
      "parse_time('29/Feb/2024 23:04', '%d/%b/%Y %H:%M', 'Europe/Paris')", "\"2024-02-29T22:04:00Z\""},
     parse_time,
     static_cast<std::uint8_t>(Trait::conversion),
     2,
     check_form},
    {"format_time",
     FunctionId::library,
     true,
     false,
     2,
     3,
     {times, string, string},
     Type::string,
     {group, "format_time(time, format, zone)",
      "The time as a text, in the same forms; in UTC without a zone",
      "format_time(timestamp('2024-02-29T22:04:05Z'), 'year=%Y/month=%m')", "\"year=2024/month=02\""},
     format_time,
     0,
     2,
     check_format},
}};

}  // namespace

std::span<const Function> time_functions() noexcept { return table; }

}  // namespace hiveframe::expr
