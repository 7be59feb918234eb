#include "pipeline/codec/avro/numbers.hpp"

#include <cmath>

#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"

namespace hiveframe::codec::avro {

using record::Kind;
using record::Value;

namespace {

// The first that int64 does not hold.
constexpr double beyond_int64 = 9223372036854775808.0;

/// Whether the double, which came of the integer, is still that.
bool same(double number, const Value& integer) noexcept {
  return record::compare_numbers(Value::float64(number), integer) == std::partial_ordering::equivalent;
}

}  // namespace

std::optional<std::int64_t> exact_integer(const Value& value) noexcept {
  switch (value.kind()) {
    case Kind::int64:
      return value.as_int64();
    case Kind::float64: {
      const double number = value.as_float64();
      if (!(number >= -beyond_int64 && number < beyond_int64) || std::trunc(number) != number)
        return std::nullopt;
      return static_cast<std::int64_t>(number);
    }
    case Kind::decimal: {
      const std::optional<Value> whole = record::integer_part(value);
      if (!whole || !whole->is(Kind::int64) ||
          record::compare_numbers(*whole, value) != std::partial_ordering::equivalent) {
        return std::nullopt;
      }
      return whole->as_int64();
    }
    default:
      return std::nullopt;
  }
}

std::optional<double> exact_float64(const Value& value) noexcept {
  switch (value.kind()) {
    case Kind::float64:
      return value.as_float64();
    case Kind::int64:
    case Kind::uint64: {
      const double number = record::to_float64(value);
      return same(number, value) ? std::optional(number) : std::nullopt;
    }
    case Kind::decimal: {
      const double number = record::to_float64(value);
      if (!std::isfinite(number)) return std::nullopt;
      if (value.text().find_first_of(".eE") == std::string_view::npos)
        return same(number, value) ? std::optional(number) : std::nullopt;
      return record::keeps_literal(number, value.text()) ? std::optional(number) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<float> nearest_float32(const Value& value) noexcept {
  if (!record::is_number(value)) return std::nullopt;
  const double number = record::to_float64(value);
  const auto nearest = static_cast<float>(number);
  if (std::isfinite(number) && !std::isfinite(nearest)) return std::nullopt;
  const bool integer = value.is(Kind::int64) || value.is(Kind::uint64);
  if (integer && !same(double{nearest}, value)) return std::nullopt;
  if (value.is(Kind::decimal) && !std::isfinite(number)) return std::nullopt;
  return nearest;
}

}  // namespace hiveframe::codec::avro
