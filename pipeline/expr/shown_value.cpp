#include "pipeline/expr/shown_value.hpp"

#include "config/text.hpp"
#include "pipeline/expr/floating.hpp"
#include "pipeline/expr/type.hpp"
#include "pipeline/record/number.hpp"
#include "pipeline/record/time_text.hpp"

namespace hiveframe::expr {

using record::Kind;
using record::Value;

std::string shown_type(const Value& value) {
  if (value.is(Kind::timestamp) && value.local()) return "local timestamp";
  return std::string(short_name(type_of(value)));
}

std::string shown(const Value& value) {
  char room[record::max_time_text + record::max_number_text];
  switch (value.kind()) {
    case Kind::string:
      return config::quote(value.text());
    case Kind::boolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::int64:
      return {room, record::write_integer(value.as_int64(), room)};
    case Kind::uint64:
      return {room, record::write_integer(value.as_uint64(), room)};
    case Kind::float64:
      return {room, write_floating(value.as_float64(), room)};
    case Kind::decimal:
      return value.text().size() <= 60 ? std::string(value.text()) : "the decimal";
    case Kind::timestamp:
      return {room, record::write_timestamp(value, room)};
    case Kind::date:
      return {room, record::write_date(value, room)};
    case Kind::duration:
      return {room, record::write_duration(value, room)};
    default:
      return "a value of type " + shown_type(value);
  }
}

}  // namespace hiveframe::expr
