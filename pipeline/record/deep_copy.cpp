#include "pipeline/record/deep_copy.hpp"

namespace hiveframe::record {

Value deep_copy(const Value& value, Arena& into) {
  switch (value.kind()) {
    case Kind::string:
      return Value::string(into.copy(value.text()));
    case Kind::bytes:
      return Value::bytes(into.copy(value.text()));
    case Kind::decimal:
      return Value::decimal(into.copy(value.text()));
    case Kind::list: {
      const auto items = into.array<Value>(value.items().size());
      std::size_t i = 0;
      for (const Value& item : value.items())
        items[i++] = deep_copy(item, into);
      return Value::list(items);
    }
    case Kind::object: {
      const auto members = into.array<Member>(value.members().size());
      std::size_t i = 0;
      for (const Member& member : value.members()) {
        members[i++] = {into.copy(member.name), deep_copy(member.value, into)};
      }
      return Value::object(members);
    }
    default:
      return value;
  }
}

}  // namespace hiveframe::record
