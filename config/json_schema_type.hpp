#pragma once

#include <string_view>

#include "config/json_text.hpp"
#include "config/option_info.hpp"

namespace hiveframe::config {

/// What a value of a type may be, as JSON Schema. Connectors and references are `$ref`s to `$defs`.

/// The members of such a schema, without its braces, so that more can stand beside them.
void write_type(JsonText& out, const TypeInfo& type);
/// All of it.
void write_type_object(JsonText& out, const TypeInfo& type);

/// A bound or default as written for people, as a member that is a number; nothing if it is none.
void write_number(JsonText& out, std::string_view name, std::string_view value);

/// `"type": […]` of any scalar, which YAML may read as a number or boolean: the daemon takes it as text.
void write_scalar_type(JsonText& out);

/// `{"$ref": "#/$defs/…"}`
void write_ref(JsonText& out, std::string_view definition);

/// `"anyOf": […]` with the schemas that the call writes.
template <typename Alternatives>
void write_any_of(JsonText& out, Alternatives alternatives) {
  out.key("anyOf");
  out.array(alternatives);
}

/// `{"type": …}` and the members that the call writes.
template <typename More>
void write_typed(JsonText& out, std::string_view type, More more) {
  out.object([&] {
    out.member("type", type);
    more();
  });
}

}  // namespace hiveframe::config
