#include "config/json_schema_type.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "config/json_schema_table.hpp"
#include "config/node.hpp"
#include "config/text.hpp"
#include "config/units.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;

template <typename Number>
bool parse(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && read == end;
}

void write_reference(JsonText& out) { write_ref(out, "reference"); }

// A word that YAML reads as a number or boolean is offered as that too.
void write_words(JsonText& out, const std::vector<std::string>& words) {
  out.object([&] {
    out.key("enum");
    out.array([&] {
      for (const std::string& each : words) {
        out.string(each);
        const CoreType type = core_type(Node::scalar(LocatedText(each)));
        std::int64_t integer = 0;
        if (type == CoreType::boolean) out.boolean(each == "true");
        if (type == CoreType::integer && parse(each, integer)) out.integer(integer);
      }
    });
  });
}

void write_number_type(JsonText& out, const TypeInfo& type) {
  write_any_of(out, [&] {
    write_typed(out, type.kind == Kind::number ? "number" : "integer", [&] {
      write_number(out, "minimum", type.minimum);
      write_number(out, "maximum", type.maximum);
    });
    write_reference(out);
  });
}

void write_size(JsonText& out, const TypeInfo& type) {
  write_any_of(out, [&] {
    write_typed(out, "integer", [&] {
      out.key("minimum");
      out.natural(std::get<std::uint64_t>(parse_size(type.minimum.empty() ? "0" : type.minimum)));
    });
    write_typed(out, "string",
                [&] { out.member("pattern", "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtT][iI]?)?[bB]?$"); });
    write_reference(out);
  });
}

void write_duration(JsonText& out, const TypeInfo& type) {
  write_any_of(out, [&] {
    write_typed(out, "string", [&] { out.member("pattern", "^([0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d) ?)+$"); });
    out.object([&] {
      out.key("const");
      out.integer(0);
    });
    if (type.or_none) write_words(out, {"none"});
    write_reference(out);
  });
}

void write_list(JsonText& out, const TypeInfo& element) {
  out.member("type", "array");
  out.key("items");
  write_type_object(out, element);
}

}  // namespace

void write_type(JsonText& out, const TypeInfo& type) {
  switch (type.kind) {
    case Kind::text:
    case Kind::secret:
    case Kind::path:
      out.key("type");
      out.array([&] {
        for (const std::string_view each : {"string", "number", "boolean"})
          out.string(each);
      });
      return;
    case Kind::boolean:
      write_any_of(out, [&] {
        write_typed(out, "boolean", [] {});
        write_reference(out);
      });
      return;
    case Kind::integer:
    case Kind::millis:
    case Kind::number:
      return write_number_type(out, type);
    case Kind::size:
      return write_size(out, type);
    case Kind::duration:
      return write_duration(out, type);
    case Kind::choice:
      write_any_of(out, [&] {
        write_words(out, type.choices);
        write_reference(out);
      });
      return;
    case Kind::list:
      return write_list(out, *type.element);
    case Kind::one_or_list:
      write_any_of(out, [&] {
        write_type_object(out, *type.element);
        out.object([&] { write_list(out, *type.element); });
      });
      return;
    case Kind::map:
      out.member("type", "object");
      out.key("additionalProperties");
      write_type_object(out, *type.element);
      return;
    case Kind::table:
      return write_table(out, *type.table);
    case Kind::connector:
      out.member("$ref", "#/$defs/" + type.role);
      return;
    case Kind::either:
      write_any_of(out, [&] {
        for (const TypeInfo& each : type.alternatives)
          write_type_object(out, each);
      });
      return;
    case Kind::any:
      return;
  }
}

void write_type_object(JsonText& out, const TypeInfo& type) {
  out.object([&] { write_type(out, type); });
}

void write_number(JsonText& out, std::string_view name, std::string_view value) {
  std::int64_t integer = 0;
  double real = 0;
  if (parse(value, integer)) {
    out.key(name);
    out.integer(integer);
  } else if (parse(value, real)) {
    out.key(name);
    out.real(real);
  }
}

void write_ref(JsonText& out, std::string_view definition) {
  out.object([&] { out.member("$ref", "#/$defs/" + std::string(definition)); });
}

}  // namespace hiveframe::config
