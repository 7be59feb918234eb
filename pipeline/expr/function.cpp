#include "pipeline/expr/function.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "pipeline/expr/library.hpp"

namespace hiveframe::expr {
namespace {

template <class... Types>
constexpr TypeSet any_of(Types... types) {
  return (set_of(types) | ...);
}

constexpr TypeSet numeric = any_of(Type::integer, Type::unsigned_integer, Type::floating, Type::decimal);
constexpr TypeSet string = set_of(Type::string);
constexpr TypeSet day = any_of(Type::timestamp, Type::date);
constexpr TypeSet time = any_of(Type::timestamp, Type::duration);
constexpr TypeSet sized = any_of(Type::string, Type::bytes, Type::list, Type::map);

constexpr Function function(std::string_view name, FunctionId id, TypeSet argument, Type result,
                            FunctionHelp help) {
  return {name, id, true, false, 1, 1, {argument}, result, help};
}

constexpr Function test_of_text(std::string_view name, FunctionId id, bool as_function, FunctionHelp help) {
  return {name, id, as_function, true, 2, 2, {string, string}, Type::boolean, help};
}

// With or without a time zone.
constexpr Function part_of_time(std::string_view name, FunctionId id, TypeSet receiver, FunctionHelp help) {
  return {name, id, false, true, 1, 2, {receiver, string}, Type::integer, help, nullptr, 0, 1};
}

using enum FunctionGroup;

constexpr std::array<Function, 25> standard{{
    {"size",
     FunctionId::size,
     true,
     true,
     1,
     1,
     {sized},
     Type::integer,
     {values, "size(value)",
      "Characters of a text, bytes of bytes, items of a list, members of a map; also value.size()",
      "size([1, 2, 3])", "3"}},
    test_of_text("contains", FunctionId::contains, false,
                 {text, "text.contains(part)", "Whether that text stands anywhere in it",
                  "'orders'.contains('der')", "true"}),
    test_of_text(
        "startsWith", FunctionId::starts_with, false,
        {text, "text.startsWith(part)", "Whether it begins so", "'orders'.startsWith('or')", "true"}),
    test_of_text(
        "endsWith", FunctionId::ends_with, false,
        {text, "text.endsWith(part)", "Whether it ends so", "'orders.csv'.endsWith('.csv')", "true"}),
    test_of_text("matches", FunctionId::matches, true,
                 {text, "text.matches(pattern)",
                  "Whether a regular expression (RE2) matches somewhere in it; ^ and $ stand for its ends",
                  "'NL-1234'.matches(r'^[A-Z]{2}-\\d+$')", "true"}),
    function("int", FunctionId::to_int, numeric | any_of(Type::string, Type::timestamp), Type::integer,
             {conversions, "int(value)",
              "A whole number of a number (cut off), a text, or a timestamp (seconds since 1970)",
              "int('42')", "42"}),
    function("uint", FunctionId::to_uint, numeric | string, Type::unsigned_integer,
             {conversions, "uint(value)", "A whole number from 0 to 2^64 - 1 of a number or a text",
              "uint('18446744073709551615')", "18446744073709551615"}),
    function("double", FunctionId::to_double, numeric | string, Type::floating,
             {conversions, "double(value)", "A floating-point number of a number or a text", "double('1.50')",
              "1.5"}),
    function(
        "string", FunctionId::to_string,
        numeric | day | time | any_of(Type::string, Type::bytes, Type::boolean, Type::type), Type::string,
        {conversions, "string(value)", "A text of a number, true or false, a time, or bytes that are UTF-8",
         "'order ' + string(42)", "\"order 42\""}),
    function("bytes", FunctionId::to_bytes, any_of(Type::string, Type::bytes), Type::bytes,
             {conversions, "bytes(text)", "The bytes of a text, in UTF-8; JSON shows them in base64",
              "bytes('abc')", "\"YWJj\""}),
    function(
        "bool", FunctionId::to_bool, any_of(Type::string, Type::boolean), Type::boolean,
        {conversions, "bool(text)",
         "true or false of one of 'true', 't', '1', 'false', 'f', '0' and the like", "bool('true')", "true"}),
    function(
        "timestamp", FunctionId::to_timestamp, day | any_of(Type::string, Type::integer), Type::timestamp,
        {conversions, "timestamp(value)", "A point in time of a text in RFC 3339, or of seconds since 1970",
         "timestamp('2024-02-29T12:00:00Z') + duration('24h')", "\"2024-03-01T12:00:00Z\""}),
    function(
        "duration", FunctionId::to_duration, any_of(Type::string, Type::duration), Type::duration,
        {conversions, "duration(text)", "A length of time of numbers with the units h, m, s, ms, us and ns",
         "duration('1h30m') > duration('80m')", "true"}),
    function("dyn", FunctionId::to_dyn, any_type, Type::dyn,
             {values, "dyn(value)", "The value itself, whose type is not checked before a record is there",
              "dyn('1') == 1", "false"}),
    function(
        "type", FunctionId::type_of, any_type, Type::type,
        {values, "type(value)", "Its type: int, uint, double, string, bool, list, map, null_type and so on",
         "type(1.5) == double", "true"}),
    part_of_time("getFullYear", FunctionId::get_full_year, day,
                 {times, "time.getFullYear()", "The year",
                  "timestamp('2024-02-29T22:04:05.678Z').getFullYear()", "2024"}),
    part_of_time("getMonth", FunctionId::get_month, day,
                 {times, "time.getMonth()", "The month, from 0 for January to 11",
                  "timestamp('2024-02-29T22:04:05.678Z').getMonth()", "1"}),
    part_of_time("getDate", FunctionId::get_date, day,
                 {times, "time.getDate()", "The day of the month, from 1",
                  "timestamp('2024-02-29T22:04:05.678Z').getDate()", "29"}),
    part_of_time("getDayOfMonth", FunctionId::get_day_of_month, day,
                 {times, "time.getDayOfMonth()", "The day of the month, from 0",
                  "timestamp('2024-02-29T22:04:05.678Z').getDayOfMonth()", "28"}),
    part_of_time("getDayOfWeek", FunctionId::get_day_of_week, day,
                 {times, "time.getDayOfWeek()", "The day of the week, from 0 for Sunday to 6",
                  "timestamp('2024-02-29T22:04:05.678Z').getDayOfWeek()", "4"}),
    part_of_time("getDayOfYear", FunctionId::get_day_of_year, day,
                 {times, "time.getDayOfYear()", "The day of the year, from 0",
                  "timestamp('2024-02-29T22:04:05.678Z').getDayOfYear()", "59"}),
    part_of_time("getHours", FunctionId::get_hours, time,
                 {times, "time.getHours()", "The hour, 0 to 23; of a duration, all its hours",
                  "timestamp('2024-02-29T22:04:05.678Z').getHours('+02:00')", "0"}),
    part_of_time("getMinutes", FunctionId::get_minutes, time,
                 {times, "time.getMinutes()", "The minute, 0 to 59; of a duration, all its minutes",
                  "duration('2h30m').getMinutes()", "150"}),
    part_of_time("getSeconds", FunctionId::get_seconds, time,
                 {times, "time.getSeconds()", "The second, 0 to 59; of a duration, all its seconds",
                  "timestamp('2024-02-29T22:04:05.678Z').getSeconds()", "5"}),
    part_of_time("getMilliseconds", FunctionId::get_milliseconds, time,
                 {times, "time.getMilliseconds()", "The milliseconds beyond the second",
                  "timestamp('2024-02-29T22:04:05.678Z').getMilliseconds()", "678"}),
}};

}  // namespace

std::span<const Function> functions() noexcept {
  static const std::vector<Function> all = [] {
    std::vector<Function> made(standard.begin(), standard.end());
    for (const std::span<const Function> some : {text_functions(), text_part_functions(), number_functions(),
                                                 bit_functions(), data_functions(), time_functions()}) {
      made.insert(made.end(), some.begin(), some.end());
    }
    return made;
  }();
  return all;
}

const Function* find_function(std::string_view name) noexcept {
  for (const Function& each : functions()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

bool is_namespace(std::string_view name) noexcept {
  const auto is_in_it = [name](const Function& each) {
    return each.name.size() > name.size() && each.name.starts_with(name) && each.name[name.size()] == '.';
  };
  return std::any_of(functions().begin(), functions().end(), is_in_it);
}

}  // namespace hiveframe::expr
