#include "pipeline/transform/cast_value.hpp"

#include <array>
#include <cmath>

#include "pipeline/record/decimal.hpp"
#include "pipeline/record/from_text.hpp"
#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::transform {
namespace {

using record::Kind;
using record::Value;
using Result = std::optional<Value>;

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t millis_per_second = 1000;
constexpr std::uint32_t nanos_per_milli = 1'000'000;

std::int64_t floor_divide(std::int64_t number, std::int64_t by) noexcept {
  return number / by - (number % by < 0 ? 1 : 0);
}

Result to_string(const Value& value, record::Arena& arena) {
  std::array<char, record::max_time_text + record::max_number_text> room{};
  char* end = room.data();
  switch (value.kind()) {
    case Kind::decimal:
      return Value::string(value.text());
    case Kind::boolean:
      return Value::string(value.as_boolean() ? "true" : "false");
    case Kind::int64:
      end = record::write_integer(value.as_int64(), end);
      break;
    case Kind::uint64:
      end = record::write_integer(value.as_uint64(), end);
      break;
    case Kind::float64:
      if (!std::isfinite(value.as_float64())) return std::nullopt;
      end = record::write_float64(value.as_float64(), end);
      break;
    case Kind::timestamp:
      end = record::write_timestamp(value, end);
      break;
    case Kind::date:
      end = record::write_date(value, end);
      break;
    case Kind::duration:
      end = record::write_duration(value, end);
      break;
    default:
      return std::nullopt;
  }
  return Value::string(arena.copy({room.data(), static_cast<std::size_t>(end - room.data())}));
}

// Of a number without a fraction, as long as 64 bits hold it.
Result to_integer(const Value& number) {
  if (number.is(Kind::int64) || number.is(Kind::uint64)) return number;
  if (number.is(Kind::decimal)) {
    // What is a decimal for its size alone, 9007199254740993.0, is written as an integer up to its point.
    std::string_view text = number.text();
    if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
      if (text.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
      text = text.substr(0, point);
    }
    return record::from_text(text, text.starts_with('-') ? Kind::int64 : Kind::uint64);
  }
  const double real = number.as_float64();
  if (real != std::trunc(real) || real < -0x1p63 || real >= 0x1p64) return std::nullopt;
  return real < 0 ? Value::int64(static_cast<std::int64_t>(real))
                  : Value::uint64(static_cast<std::uint64_t>(real));
}

Result to_int64(const Value& number) {
  const Result whole = to_integer(number);
  return whole && whole->is(Kind::int64) ? whole : std::nullopt;
}

Result to_uint64(const Value& number) {
  const Result whole = to_integer(number);
  return whole && (whole->is(Kind::uint64) || whole->as_int64() >= 0) ? whole : std::nullopt;
}

Result to_timestamp(const Value& value, std::int64_t units_per_second) {
  if (value.is(Kind::timestamp)) return value;
  if (value.is(Kind::date)) return Value::timestamp(value.days() * seconds_per_day, 0, true);
  if (value.is(Kind::string)) return record::from_text(value.text(), Kind::timestamp);
  if (!record::is_number(value)) return std::nullopt;
  const Result units = to_int64(value);
  if (!units) return std::nullopt;
  const std::int64_t seconds = floor_divide(units->as_int64(), units_per_second);
  if (seconds < record::min_timestamp_seconds || seconds > record::max_timestamp_seconds) return std::nullopt;
  const std::int64_t rest = units->as_int64() - seconds * units_per_second;
  return Value::timestamp(seconds, static_cast<std::uint32_t>(rest) * nanos_per_milli);
}

Result to_date(const Value& value) {
  if (value.is(Kind::date)) return value;
  if (value.is(Kind::timestamp)) return Value::date(floor_divide(value.seconds(), seconds_per_day));
  if (!value.is(Kind::string)) return std::nullopt;
  if (const Result date = record::from_text(value.text(), Kind::date)) return date;
  const Result timestamp = record::from_text(value.text(), Kind::timestamp);
  return timestamp ? to_date(*timestamp) : std::nullopt;
}

Result to_duration(const Value& value) {
  if (value.is(Kind::duration)) return value;
  if (value.is(Kind::string)) return record::from_text(value.text(), Kind::duration);
  if (!record::is_number(value)) return std::nullopt;
  const Result seconds = to_int64(value);
  if (!seconds || seconds->as_int64() > record::max_duration_seconds ||
      seconds->as_int64() < -record::max_duration_seconds) {
    return std::nullopt;
  }
  return Value::duration(seconds->as_int64(), 0);
}

Result to_boolean(const Value& value) {
  if (value.is(Kind::boolean)) return value;
  if (value.is(Kind::string)) return record::from_text(value.text(), Kind::boolean);
  if (!value.is(Kind::int64) || (value.as_int64() != 0 && value.as_int64() != 1)) return std::nullopt;
  return Value::boolean(value.as_int64() == 1);
}

Result to_number(const Value& value, CastType type) {
  if (value.is(Kind::boolean) && type != CastType::float64 && type != CastType::decimal)
    return Value::int64(value.as_boolean() ? 1 : 0);
  if (!record::is_number(value)) return std::nullopt;
  switch (type) {
    case CastType::integer:
      return to_int64(value);
    case CastType::unsigned_integer:
      return to_uint64(value);
    case CastType::float64: {
      const double nearest = record::to_float64(value);
      return std::isfinite(nearest) ? Result(Value::float64(nearest)) : std::nullopt;
    }
    default:
      return value.is(Kind::float64) && !std::isfinite(value.as_float64()) ? std::nullopt : Result(value);
  }
}

Kind kind_of(CastType type) noexcept {
  switch (type) {
    case CastType::integer:
      return Kind::int64;
    case CastType::unsigned_integer:
      return Kind::uint64;
    case CastType::float64:
      return Kind::float64;
    default:
      return Kind::decimal;
  }
}

}  // namespace

Result cast(const Value& value, CastType type, record::Arena& arena) {
  if (value.is_null()) return value;
  switch (type) {
    case CastType::string:
      return value.is(Kind::string) ? Result(value) : to_string(value, arena);
    case CastType::boolean:
      return to_boolean(value);
    case CastType::timestamp:
      return to_timestamp(value, 1);
    case CastType::timestamp_ms:
      return to_timestamp(value, millis_per_second);
    case CastType::date:
      return to_date(value);
    case CastType::duration:
      return to_duration(value);
    case CastType::integer:
    case CastType::unsigned_integer:
    case CastType::float64:
    case CastType::decimal:
      break;
  }
  if (value.is(Kind::string)) return record::from_text(value.text(), kind_of(type));
  return to_number(value, type);
}

}  // namespace hiveframe::transform
