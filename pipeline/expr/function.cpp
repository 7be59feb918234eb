#include "pipeline/expr/function.hpp"

#include <array>

namespace hiveframe::expr {
namespace {

template <class... Types>
constexpr TypeSet any_of(Types... types) {
  return (set_of(types) | ...);
}

constexpr TypeSet numbers = any_of(Type::integer, Type::unsigned_integer, Type::floating, Type::decimal);
constexpr TypeSet string = set_of(Type::string);
constexpr TypeSet day = any_of(Type::timestamp, Type::date);
constexpr TypeSet time = any_of(Type::timestamp, Type::duration);
constexpr TypeSet sized = any_of(Type::string, Type::bytes, Type::list, Type::map);

// id, as function, as method, required, allowed, arguments, result
constexpr std::array<Function, 25> table{{
    {"size", FunctionId::size, true, true, 1, 1, {sized, 0}, Type::integer},
    {"contains", FunctionId::contains, false, true, 2, 2, {string, string}, Type::boolean},
    {"startsWith", FunctionId::starts_with, false, true, 2, 2, {string, string}, Type::boolean},
    {"endsWith", FunctionId::ends_with, false, true, 2, 2, {string, string}, Type::boolean},
    {"matches", FunctionId::matches, true, true, 2, 2, {string, string}, Type::boolean},
    {"int",
     FunctionId::to_int,
     true,
     false,
     1,
     1,
     {numbers | any_of(Type::string, Type::timestamp), 0},
     Type::integer},
    {"uint", FunctionId::to_uint, true, false, 1, 1, {numbers | string, 0}, Type::unsigned_integer},
    {"double", FunctionId::to_double, true, false, 1, 1, {numbers | string, 0}, Type::floating},
    {"string",
     FunctionId::to_string,
     true,
     false,
     1,
     1,
     {numbers | day | time | any_of(Type::string, Type::bytes, Type::boolean, Type::type), 0},
     Type::string},
    {"bytes", FunctionId::to_bytes, true, false, 1, 1, {any_of(Type::string, Type::bytes), 0}, Type::bytes},
    {"bool", FunctionId::to_bool, true, false, 1, 1, {any_of(Type::string, Type::boolean), 0}, Type::boolean},
    {"timestamp",
     FunctionId::to_timestamp,
     true,
     false,
     1,
     1,
     {day | any_of(Type::string, Type::integer), 0},
     Type::timestamp},
    {"duration",
     FunctionId::to_duration,
     true,
     false,
     1,
     1,
     {any_of(Type::string, Type::duration), 0},
     Type::duration},
    {"dyn", FunctionId::to_dyn, true, false, 1, 1, {any_type, 0}, Type::dyn},
    {"type", FunctionId::type_of, true, false, 1, 1, {any_type, 0}, Type::type},
    {"getFullYear", FunctionId::get_full_year, false, true, 1, 2, {day, string}, Type::integer},
    {"getMonth", FunctionId::get_month, false, true, 1, 2, {day, string}, Type::integer},
    {"getDate", FunctionId::get_date, false, true, 1, 2, {day, string}, Type::integer},
    {"getDayOfMonth", FunctionId::get_day_of_month, false, true, 1, 2, {day, string}, Type::integer},
    {"getDayOfWeek", FunctionId::get_day_of_week, false, true, 1, 2, {day, string}, Type::integer},
    {"getDayOfYear", FunctionId::get_day_of_year, false, true, 1, 2, {day, string}, Type::integer},
    {"getHours", FunctionId::get_hours, false, true, 1, 2, {time, string}, Type::integer},
    {"getMinutes", FunctionId::get_minutes, false, true, 1, 2, {time, string}, Type::integer},
    {"getSeconds", FunctionId::get_seconds, false, true, 1, 2, {time, string}, Type::integer},
    {"getMilliseconds", FunctionId::get_milliseconds, false, true, 1, 2, {time, string}, Type::integer},
}};

}  // namespace

std::span<const Function> functions() noexcept { return table; }

const Function* find_function(std::string_view name) noexcept {
  for (const Function& each : table) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace hiveframe::expr
