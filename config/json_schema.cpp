#include "config/json_schema.hpp"

#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "config/node.hpp"
#include "config/text.hpp"
#include "config/units.hpp"

namespace hiveframe::config {
namespace {

using Kind = TypeInfo::Kind;

class SchemaWriter {
 public:
  std::string run(const TableInfo& root, std::span<const SchemaRole> roles, std::string_view title) {
    writer_.SetIndent(' ', 2);
    writer_.StartObject();
    text("$schema", "https://json-schema.org/draft/2020-12/schema");
    text("title", title);
    table_body(root);
    writer_.Key("$defs");
    writer_.StartObject();
    writer_.Key("reference");
    writer_.StartObject();
    text("description",
         "Settled when the configuration is read: ${VAR}, ${VAR:-default}, ${VAR:?why}, ${file:/path}, "
         "${credential:NAME}");
    text("type", "string");
    text("pattern", "\\$\\{.+\\}");
    writer_.EndObject();
    for (const SchemaRole& role : roles) {
      role_definition(role);
      for (const TableInfo* kind : role.kinds)
        connector_definition(role, *kind);
    }
    writer_.EndObject();
    writer_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
  }

 private:
  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void string(std::string_view value) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }

  // A bound or default as written for people, as a JSON number.
  bool number(std::string_view name, std::string_view value) {
    std::int64_t integer = 0;
    const char* end = value.data() + value.size();
    if (const auto result = std::from_chars(value.data(), end, integer);
        result.ec == std::errc{} && result.ptr == end) {
      key(name);
      writer_.Int64(integer);
      return true;
    }
    double real = 0;
    if (const auto result = std::from_chars(value.data(), end, real);
        result.ec == std::errc{} && result.ptr == end) {
      key(name);
      writer_.Double(real);
      return true;
    }
    return false;
  }

  void reference() {
    writer_.StartObject();
    text("$ref", "#/$defs/reference");
    writer_.EndObject();
  }

  // `{type: …}` and what `more` writes.
  template <typename More>
  void typed(std::string_view type, More more) {
    writer_.StartObject();
    text("type", type);
    more();
    writer_.EndObject();
  }

  template <typename Alternatives>
  void any_of(Alternatives alternatives) {
    key("anyOf");
    writer_.StartArray();
    alternatives();
    writer_.EndArray();
  }

  // A value's schema, without the braces, so that an option can add its description.
  void type_body(const TypeInfo& type) {
    switch (type.kind) {
      case Kind::text:
      case Kind::secret:
      case Kind::path:
        key("type");
        writer_.StartArray();
        for (const std::string_view each : {"string", "number", "boolean"})
          string(each);
        writer_.EndArray();
        return;
      case Kind::boolean:
        any_of([&] {
          typed("boolean", [] {});
          reference();
        });
        return;
      case Kind::integer:
      case Kind::millis:
      case Kind::number:
        any_of([&] {
          typed(type.kind == Kind::number ? "number" : "integer", [&] {
            number("minimum", type.minimum);
            number("maximum", type.maximum);
          });
          reference();
        });
        return;
      case Kind::size:
        any_of([&] {
          typed("integer", [&] {
            key("minimum");
            const auto minimum = parse_size(type.minimum.empty() ? "0" : type.minimum);
            writer_.Uint64(std::get<std::uint64_t>(minimum));
          });
          typed("string", [&] { text("pattern", "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtT][iI]?)?[bB]?$"); });
          reference();
        });
        return;
      case Kind::duration:
        any_of([&] {
          typed("string", [&] { text("pattern", "^([0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d) ?)+$"); });
          constant_zero();
          if (type.or_none) words({"none"});
          reference();
        });
        return;
      case Kind::choice:
        any_of([&] {
          words(type.choices);
          reference();
        });
        return;
      case Kind::list:
        list_body(*type.element);
        return;
      case Kind::one_or_list:
        any_of([&] {
          value(*type.element);
          writer_.StartObject();
          list_body(*type.element);
          writer_.EndObject();
        });
        return;
      case Kind::map:
        text("type", "object");
        key("additionalProperties");
        value(*type.element);
        return;
      case Kind::table:
        table_body(*type.table);
        return;
      case Kind::connector:
        text("$ref", "#/$defs/" + type.role);
        return;
      case Kind::either:
        any_of([&] {
          for (const TypeInfo& each : type.alternatives)
            value(each);
        });
        return;
      case Kind::any:
        return;
    }
  }

  void value(const TypeInfo& type) {
    writer_.StartObject();
    type_body(type);
    writer_.EndObject();
  }

  void list_body(const TypeInfo& element) {
    text("type", "array");
    key("items");
    value(element);
  }

  void constant_zero() {
    writer_.StartObject();
    key("const");
    writer_.Int(0);
    writer_.EndObject();
  }

  // A word that YAML reads as a number or boolean is offered as that too.
  void words(const std::vector<std::string>& choices) {
    writer_.StartObject();
    key("enum");
    writer_.StartArray();
    for (const std::string& each : choices) {
      string(each);
      const CoreType type = core_type(Node::scalar(LocatedText(each)));
      std::int64_t integer = 0;
      if (type == CoreType::boolean) writer_.Bool(each == "true");
      if (type == CoreType::integer &&
          std::from_chars(each.data(), each.data() + each.size(), integer).ec == std::errc{})
        writer_.Int64(integer);
    }
    writer_.EndArray();
    writer_.EndObject();
  }

  void option(const OptionInfo& option) {
    key(option.name);
    writer_.StartObject();
    std::string description = option.help_text;
    if (option.default_text && option.default_is_note)
      description += fmt::format(" (default: {})", *option.default_text);
    if (!description.empty()) text("description", description);
    if (option.default_text && !option.default_is_note) default_value(option);
    if (!option.example_text.empty() && option.type.kind != Kind::any) example(option);
    type_body(option.type);
    writer_.EndObject();
  }

  void default_value(const OptionInfo& option) {
    switch (option.type.kind) {
      case Kind::boolean:
        key("default");
        writer_.Bool(*option.default_text == "true");
        return;
      case Kind::integer:
      case Kind::number:
      case Kind::millis:
        number("default", *option.default_text);
        return;
      case Kind::text:
      case Kind::path:
      case Kind::choice:
      case Kind::size:
      case Kind::duration:
        text("default", *option.default_text);
        return;
      default:
        return;
    }
  }

  void example(const OptionInfo& option) {
    const bool is_text = option.type.kind == Kind::text || option.type.kind == Kind::path ||
                         option.type.kind == Kind::choice || option.type.kind == Kind::size ||
                         option.type.kind == Kind::duration;
    if (!is_text) return;
    key("examples");
    writer_.StartArray();
    string(option.example_text);
    writer_.EndArray();
  }

  void required(const TableInfo& table, std::string_view first = {}) {
    bool any = !first.empty();
    for (const OptionInfo& each : table.options)
      any = any || each.is_required;
    if (!any) return;
    key("required");
    writer_.StartArray();
    if (!first.empty()) string(first);
    for (const OptionInfo& each : table.options)
      if (each.is_required) string(each.name);
    writer_.EndArray();
  }

  void properties(const TableInfo& table) {
    for (const OptionInfo& each : table.options)
      option(each);
  }

  void additional(const TableInfo& table) {
    key("additionalProperties");
    if (table.free_keys) {
      value(*table.free_keys);
    } else {
      writer_.Bool(false);
    }
  }

  void object_body(const TableInfo& table) {
    text("type", "object");
    key("properties");
    writer_.StartObject();
    properties(table);
    writer_.EndObject();
    required(table);
    additional(table);
  }

  void table_body(const TableInfo& table) {
    if (!table.summary.empty()) text("description", table.summary);
    if (table.compact.empty()) {
      object_body(table);
      return;
    }
    any_of([&] {
      value(table.find(table.compact)->type);
      writer_.StartObject();
      object_body(table);
      writer_.EndObject();
    });
  }

  static std::string definition(const SchemaRole& role, const TableInfo& kind) {
    return fmt::format("{}_{}", role.role, kind.keyword);
  }

  // anyOf and not oneOf: a URI that is a reference fits every kind.
  void role_definition(const SchemaRole& role) {
    key(role.role);
    writer_.StartObject();
    any_of([&] {
      typed("string", [&] {
        text("description", "A URI, a path or a word");
        key("examples");
        writer_.StartArray();
        for (const TableInfo* kind : role.kinds)
          for (const std::string& each : kind->uri_examples)
            string(each);
        writer_.EndArray();
      });
      for (const TableInfo* kind : role.kinds) {
        writer_.StartObject();
        text("$ref", "#/$defs/" + definition(role, *kind));
        writer_.EndObject();
      }
    });
    writer_.EndObject();
  }

  void connector_definition(const SchemaRole& role, const TableInfo& kind) {
    key(definition(role, kind));
    writer_.StartObject();
    if (!kind.summary.empty()) text("description", kind.summary);
    text("type", "object");
    key("properties");
    writer_.StartObject();
    key("type");
    writer_.StartObject();
    text("const", kind.keyword);
    writer_.EndObject();
    if (!kind.uri_rules.empty()) uri_property(kind);
    properties(kind);
    if (role.common) properties(*role.common);
    writer_.EndObject();
    if (kind.uri_rules.empty()) {
      required(kind, "type");
    } else {
      any_of([&] {
        writer_.StartObject();
        key("required");
        writer_.StartArray();
        string("uri");
        writer_.EndArray();
        writer_.EndObject();
        writer_.StartObject();
        required(kind, "type");
        writer_.EndObject();
      });
    }
    additional(kind);
    writer_.EndObject();
  }

  void uri_property(const TableInfo& kind) {
    key("uri");
    typed("string", [&] {
      std::string pattern = "^\\$\\{";
      bool paths = false;
      for (const UriRule& rule : kind.uri_rules) {
        paths = paths || rule.plain_paths;
        for (const std::string& scheme : rule.schemes)
          pattern += fmt::format("|^{}://", scheme);
        for (const std::string& word : rule.words)
          pattern += fmt::format("|^{}$", word);
      }
      if (!paths) text("pattern", pattern);
      if (kind.uri_examples.empty()) return;
      key("examples");
      writer_.StartArray();
      for (const std::string& each : kind.uri_examples)
        string(each);
      writer_.EndArray();
    });
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace

std::string json_schema(const TableInfo& root, std::span<const SchemaRole> roles, std::string_view title) {
  return SchemaWriter().run(root, roles, title);
}

}  // namespace hiveframe::config
