#include "config/reference_json.hpp"

namespace hiveframe::config {
namespace {

void text_if_any(JsonText& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out.member(name, value);
}

void write_options(JsonText& out, const TableInfo& table) {
  out.key("options");
  out.array([&] {
    for (const OptionInfo& option : table.options) {
      out.object([&] {
        out.member("name", option.name);
        out.member("type", option.type.describe());
        out.key("required");
        out.boolean(option.is_required);
        if (option.is_secret) {
          out.key("secret");
          out.boolean(true);
        }
        if (!option.is_required && option.default_text) out.member("default", *option.default_text);
        text_if_any(out, "help", option.help_text);
        text_if_any(out, "example", option.example_text);
        if (option.type.table) write_options(out, *option.type.table);
      });
    }
  });
  if (!table.free_keys) return;
  out.key("free_keys");
  out.object([&] {
    out.member("name", table.free_keys_name);
    out.member("type", table.free_keys->describe());
    text_if_any(out, "help", table.free_keys_help);
  });
}

}  // namespace

void write_reference(JsonText& out, const TableInfo& table) {
  out.object([&] {
    out.member("name", table.name);
    text_if_any(out, "keyword", table.keyword);
    out.member("summary", table.summary);
    if (!table.uri_examples.empty()) {
      out.key("uris");
      out.array([&] {
        for (const std::string& each : table.uri_examples)
          out.string(each);
      });
    }
    write_options(out, table);
  });
}

}  // namespace hiveframe::config
