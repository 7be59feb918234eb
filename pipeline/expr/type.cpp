#include "pipeline/expr/type.hpp"

namespace hiveframe::expr {

std::string_view name(Type type) noexcept {
  switch (type) {
    case Type::dyn:
      return "dyn";
    case Type::null:
      return "null_type";
    case Type::boolean:
      return "bool";
    case Type::integer:
      return "int";
    case Type::unsigned_integer:
      return "uint";
    case Type::floating:
      return "double";
    case Type::decimal:
      return "decimal";
    case Type::string:
      return "string";
    case Type::bytes:
      return "bytes";
    case Type::timestamp:
      return "google.protobuf.Timestamp";
    case Type::date:
      return "date";
    case Type::duration:
      return "google.protobuf.Duration";
    case Type::list:
      return "list";
    case Type::map:
      return "map";
    case Type::type:
      return "type";
  }
  return "";
}

std::string_view short_name(Type type) noexcept {
  switch (type) {
    case Type::dyn:
      return "value";
    case Type::null:
      return "null";
    case Type::timestamp:
      return "timestamp";
    case Type::duration:
      return "duration";
    default:
      return name(type);
  }
}

Type type_of(const record::Value& value) noexcept {
  switch (value.kind()) {
    case record::Kind::null:
      return Type::null;
    case record::Kind::boolean:
      return Type::boolean;
    case record::Kind::int64:
      return Type::integer;
    case record::Kind::uint64:
      return Type::unsigned_integer;
    case record::Kind::float64:
      return Type::floating;
    case record::Kind::decimal:
      return Type::decimal;
    case record::Kind::string:
      return Type::string;
    case record::Kind::bytes:
      return Type::bytes;
    case record::Kind::timestamp:
      return Type::timestamp;
    case record::Kind::date:
      return Type::date;
    case record::Kind::duration:
      return Type::duration;
    case record::Kind::list:
      return Type::list;
    case record::Kind::object:
      return Type::map;
  }
  return Type::dyn;
}

}  // namespace hiveframe::expr
