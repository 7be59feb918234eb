#include "pipeline/record/kind_name.hpp"

namespace hiveframe::record {

std::string_view with_article(Kind kind) noexcept {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::int64:
    case Kind::uint64:
      return "an integer";
    case Kind::float64:
      return "a double";
    case Kind::decimal:
      return "a decimal";
    case Kind::string:
      return "a string";
    case Kind::bytes:
      return "bytes";
    case Kind::timestamp:
      return "a timestamp";
    case Kind::date:
      return "a date";
    case Kind::duration:
      return "a duration";
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
  }
  return "a value";
}

}  // namespace hiveframe::record
