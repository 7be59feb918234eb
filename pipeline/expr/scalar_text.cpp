#include "pipeline/expr/scalar_text.hpp"

#include "pipeline/expr/floating.hpp"

namespace hiveframe::expr {

using record::Kind;

std::optional<std::string_view> scalar_text(const record::Value& value, ScalarRoom& room) {
  char* const begin = room.data();
  char* end = begin;
  switch (value.kind()) {
    case Kind::string:
    case Kind::decimal:
      return value.text();
    case Kind::boolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::int64:
      end = record::write_integer(value.as_int64(), begin);
      break;
    case Kind::uint64:
      end = record::write_integer(value.as_uint64(), begin);
      break;
    case Kind::float64:
      end = write_floating(value.as_float64(), begin);
      break;
    case Kind::timestamp:
      end = record::write_timestamp(value, begin);
      break;
    case Kind::date:
      end = record::write_date(value, begin);
      break;
    case Kind::duration:
      end = record::write_duration(value, begin);
      break;
    case Kind::null:
    case Kind::bytes:
    case Kind::list:
    case Kind::object:
      return std::nullopt;
  }
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

}  // namespace hiveframe::expr
