#include "pipeline/expr/conversion.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "config/utf8.hpp"
#include "pipeline/expr/floating.hpp"
#include "pipeline/expr/scalar_text.hpp"
#include "pipeline/record/decimal.hpp"
#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::expr {
namespace {

using record::Kind;
using record::Value;
__extension__ using Wide = __int128;

bool fail(Fault& fault, Fault::Kind kind, std::string_view name, const Value& value) {
  fault.kind = kind;
  fault.name = name;
  fault.count = 1;
  fault.operands[0] = value;
  return false;
}

bool no_overload(Fault& fault, std::string_view name, const Value& value) {
  fault.form = Fault::Form::function;
  return fail(fault, Fault::Kind::no_overload, name, value);
}

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

// The whole text as a number of type T: no error code, no value out of range, nothing left over.
template <class T>
std::errc read_whole(std::string_view text, T& number) {
  text = without_plus(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return error;
  return end == text.data() + text.size() ? std::errc() : std::errc::invalid_argument;
}

bool to_integer(FunctionId to, const Value& value, Value& out, Fault& fault) {
  const bool is_unsigned = to == FunctionId::to_uint;
  const std::string_view name = is_unsigned ? "uint" : "int";
  switch (value.kind()) {
    case Kind::int64:
      if (is_unsigned && value.as_int64() < 0) return fail(fault, Fault::Kind::out_of_range, name, value);
      out = value;
      return true;
    case Kind::uint64:
      if (!is_unsigned) return fail(fault, Fault::Kind::out_of_range, name, value);
      out = value;
      return true;
    case Kind::float64: {
      // Bounds are excluded as CEL has it: at 2^63 a double cannot tell its neighbours.
      const double number = value.as_float64();
      const double low = is_unsigned ? -1.0 : -0x1p63;
      const double high = is_unsigned ? 0x1p64 : 0x1p63;
      if (!(number > low && number < high)) return fail(fault, Fault::Kind::out_of_range, name, value);
      out = is_unsigned ? Value::uint64(static_cast<std::uint64_t>(number))
                        : Value::int64(static_cast<std::int64_t>(number));
      return true;
    }
    case Kind::decimal: {
      const std::optional<Value> whole = record::integer_part(value);
      const bool fits =
          whole && (is_unsigned ? !whole->is(Kind::int64) || whole->as_int64() >= 0 : whole->is(Kind::int64));
      if (!fits) return fail(fault, Fault::Kind::out_of_range, name, value);
      out = *whole;
      return true;
    }
    case Kind::string: {
      std::int64_t number = 0;
      std::uint64_t large = 0;
      const std::errc error =
          is_unsigned ? read_whole(value.text(), large) : read_whole(value.text(), number);
      if (error == std::errc::result_out_of_range) return fail(fault, Fault::Kind::out_of_range, name, value);
      if (error != std::errc()) return fail(fault, Fault::Kind::not_convertible, name, value);
      out = is_unsigned ? Value::uint64(large) : Value::int64(number);
      return true;
    }
    case Kind::timestamp:
      if (is_unsigned || value.local()) return no_overload(fault, name, value);
      out = Value::int64(value.seconds());
      return true;
    default:
      return no_overload(fault, name, value);
  }
}

bool to_double(const Value& value, Value& out, Fault& fault) {
  if (record::is_number(value)) {
    out = Value::float64(record::to_float64(value));
    return true;
  }
  if (!value.is(Kind::string)) return no_overload(fault, "double", value);
  std::string_view text = without_plus(value.text());
  const bool negative = !text.empty() && text[0] == '-';
  const std::string_view magnitude = negative ? text.substr(1) : text;
  if (magnitude == "NaN") return out = Value::float64(std::numeric_limits<double>::quiet_NaN()), true;
  if (magnitude == "Infinity" || magnitude == "Inf" || magnitude == "inf") {
    const double infinity = std::numeric_limits<double>::infinity();
    return out = Value::float64(negative ? -infinity : infinity), true;
  }
  double number = 0;
  const std::errc error = read_floating(magnitude, number);
  if (error == std::errc::result_out_of_range) return fail(fault, Fault::Kind::out_of_range, "double", value);
  if (error != std::errc()) return fail(fault, Fault::Kind::not_convertible, "double", value);
  out = Value::float64(negative ? -number : number);
  return true;
}

bool to_string(const Value& value, record::Arena& arena, Value& out, Fault& fault) {
  if (value.is(Kind::bytes)) {
    if (config::find_invalid_utf8(value.text()) != std::string_view::npos)
      return fail(fault, Fault::Kind::not_utf8, "string", value);
    out = Value::string(value.text());
    return true;
  }
  ScalarRoom room;
  const std::optional<std::string_view> text = scalar_text(value, room);
  if (!text) return no_overload(fault, "string", value);
  out = Value::string(text->data() == room.data() ? arena.copy(*text) : *text);
  return true;
}

bool to_bool(const Value& value, Value& out, Fault& fault) {
  if (value.is(Kind::boolean)) return out = value, true;
  if (!value.is(Kind::string)) return no_overload(fault, "bool", value);
  for (const std::string_view yes : {"true", "True", "TRUE", "t", "1"}) {
    if (value.text() == yes) return out = Value::boolean(true), true;
  }
  for (const std::string_view no : {"false", "False", "FALSE", "f", "0"}) {
    if (value.text() == no) return out = Value::boolean(false), true;
  }
  return fail(fault, Fault::Kind::not_convertible, "bool", value);
}

bool to_timestamp(const Value& value, Value& out, Fault& fault) {
  const auto at = [&](std::int64_t seconds, std::uint32_t nanos) {
    if (seconds < record::min_timestamp_seconds || seconds > record::max_timestamp_seconds) {
      return fail(fault, Fault::Kind::out_of_range, "timestamp", value);
    }
    out = Value::timestamp(seconds, nanos);
    return true;
  };
  switch (value.kind()) {
    case Kind::timestamp:
      return at(value.seconds(), value.nanos());
    case Kind::int64:
      return at(value.as_int64(), 0);
    case Kind::date: {
      const std::int64_t days = std::clamp<std::int64_t>(value.days(), -1'000'000, 10'000'000);
      return at(days * 86400, 0);
    }
    case Kind::string: {
      const std::optional<Value> parsed = record::parse_timestamp(value.text());
      if (!parsed || parsed->local()) {
        return fail(fault, Fault::Kind::not_convertible, "timestamp like '2026-03-01T12:00:00Z'", value);
      }
      out = *parsed;
      return true;
    }
    default:
      return no_overload(fault, "timestamp", value);
  }
}

bool to_duration(const Value& value, Value& out, Fault& fault) {
  if (value.is(Kind::duration)) return out = value, true;
  if (!value.is(Kind::string)) return no_overload(fault, "duration", value);
  const std::optional<Value> parsed = record::parse_duration(value.text());
  if (!parsed) return fail(fault, Fault::Kind::not_convertible, "duration like '1h30m' or '3.5s'", value);
  const Wide nanos = Wide{parsed->seconds()} * 1'000'000'000 + parsed->nanos();
  if (nanos > std::numeric_limits<std::int64_t>::max() || nanos < std::numeric_limits<std::int64_t>::min()) {
    return fail(fault, Fault::Kind::out_of_range, "duration", value);
  }
  out = *parsed;
  return true;
}

}  // namespace

bool convert(FunctionId to, const Value& value, record::Arena& arena, Value& out, Fault& fault) {
  switch (to) {
    case FunctionId::to_int:
    case FunctionId::to_uint:
      return to_integer(to, value, out, fault);
    case FunctionId::to_double:
      return to_double(value, out, fault);
    case FunctionId::to_string:
      return to_string(value, arena, out, fault);
    case FunctionId::to_bool:
      return to_bool(value, out, fault);
    case FunctionId::to_timestamp:
      return to_timestamp(value, out, fault);
    case FunctionId::to_duration:
      return to_duration(value, out, fault);
    default:
      break;
  }
  if (value.is(Kind::bytes) || value.is(Kind::string)) {
    out = Value::bytes(value.text());
    return true;
  }
  return no_overload(fault, "bytes", value);
}

}  // namespace hiveframe::expr
