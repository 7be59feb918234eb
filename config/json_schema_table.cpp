#include "config/json_schema_table.hpp"

#include <fmt/format.h>

#include "config/json_schema_type.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;

// Whether a value of the type is written as a text in JSON.
bool is_text(const TypeInfo& type) {
  switch (type.kind) {
    case Kind::text:
    case Kind::path:
    case Kind::choice:
    case Kind::size:
    case Kind::duration:
      return true;
    default:
      return false;
  }
}

void write_default(JsonText& out, const OptionInfo& option) {
  const std::string& value = *option.default_text;
  const Kind kind = option.type.kind;
  if (kind == Kind::boolean) {
    out.key("default");
    out.boolean(value == "true");
  } else if (kind == Kind::integer || kind == Kind::number || kind == Kind::millis) {
    write_number(out, "default", value);
  } else if (is_text(option.type)) {
    out.member("default", value);
  }
}

void write_option(JsonText& out, const OptionInfo& option) {
  std::string description = option.help_text;
  if (option.default_text && option.default_is_note)
    description += fmt::format(" (default: {})", *option.default_text);
  out.key(option.name);
  out.object([&] {
    if (!description.empty()) out.member("description", description);
    if (option.default_text && !option.default_is_note) write_default(out, option);
    if (!option.example_text.empty() && is_text(option.type)) {
      out.key("examples");
      out.array([&] { out.string(option.example_text); });
    }
    write_type(out, option.type);
  });
}

void write_map(JsonText& out, const TableInfo& table) {
  out.member("type", "object");
  out.key("properties");
  out.object([&] { write_properties(out, table); });
  write_required(out, table);
  write_additional(out, table);
}

}  // namespace

void write_table(JsonText& out, const TableInfo& table) {
  if (!table.summary.empty()) out.member("description", table.summary);
  if (table.compact.empty()) return write_map(out, table);
  write_any_of(out, [&] {
    write_type_object(out, table.find(table.compact)->type);
    out.object([&] { write_map(out, table); });
  });
}

void write_properties(JsonText& out, const TableInfo& table) {
  for (const OptionInfo& each : table.options)
    write_option(out, each);
}

void write_required(JsonText& out, const TableInfo& table, std::string_view first) {
  bool any = !first.empty();
  for (const OptionInfo& each : table.options)
    any = any || each.is_required;
  if (!any) return;
  out.key("required");
  out.array([&] {
    if (!first.empty()) out.string(first);
    for (const OptionInfo& each : table.options)
      if (each.is_required) out.string(each.name);
  });
}

void write_additional(JsonText& out, const TableInfo& table) {
  out.key("additionalProperties");
  if (table.free_keys) {
    write_type_object(out, *table.free_keys);
  } else {
    out.boolean(false);
  }
}

}  // namespace hiveframe::config
