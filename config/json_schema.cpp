#include "config/json_schema.hpp"

#include <fmt/format.h>

#include "config/json_schema_table.hpp"
#include "config/json_schema_type.hpp"
#include "config/json_text.hpp"

namespace hiveframe::config {
namespace {

std::string definition_of(const SchemaRole& role, const TableInfo& kind) {
  return fmt::format("{}_{}", role.role, kind.keyword);
}

void write_reference_definition(JsonText& out) {
  out.key("reference");
  out.object([&] {
    out.member("description",
               "Settled when the configuration is read: ${VAR}, ${VAR:-default}, ${VAR:?why}, "
               "${file:/path}, ${credential:NAME}");
    out.member("type", "string");
    out.member("pattern", "(^|[^$])\\$\\{[^}]");
  });
}

// anyOf and not oneOf: a URI that is a reference fits every kind.
void write_role(JsonText& out, const SchemaRole& role) {
  out.key(role.role);
  out.object([&] {
    write_any_of(out, [&] {
      out.object([&] {
        write_scalar_type(out);
        out.member("description", "A URI, a path or a word");
        out.key("examples");
        out.array([&] {
          for (const TableInfo* kind : role.kinds)
            for (const std::string& each : kind->uri_examples)
              out.string(each);
        });
      });
      for (const TableInfo* kind : role.kinds)
        write_ref(out, definition_of(role, *kind));
    });
  });
}

void write_uri(JsonText& out, const TableInfo& kind) {
  std::string pattern = "^\\$\\{";
  bool paths = false;
  for (const UriRule& rule : kind.uri_rules) {
    paths = paths || rule.plain_paths;
    for (const std::string& scheme : rule.schemes)
      pattern += fmt::format("|^{}://", scheme);
    for (const std::string& word : rule.words)
      pattern += fmt::format("|^{}$", word);
  }
  out.key("uri");
  out.object([&] {
    write_scalar_type(out);
    if (!paths) out.member("pattern", pattern);
    if (kind.uri_examples.empty()) return;
    out.key("examples");
    out.array([&] {
      for (const std::string& each : kind.uri_examples)
        out.string(each);
    });
  });
}

// By its URI, or by its type and what it requires.
void write_required_of_connector(JsonText& out, const TableInfo& kind) {
  if (kind.uri_rules.empty()) return write_required(out, kind, "type");
  write_any_of(out, [&] {
    out.object([&] {
      out.key("required");
      out.array([&] { out.string("uri"); });
    });
    out.object([&] { write_required(out, kind, "type"); });
  });
}

void write_connector(JsonText& out, const SchemaRole& role, const TableInfo& kind) {
  out.key(definition_of(role, kind));
  out.object([&] {
    if (!kind.summary.empty()) out.member("description", kind.summary);
    out.member("type", "object");
    out.key("properties");
    out.object([&] {
      out.key("type");
      out.object([&] {
        write_any_of(out, [&] {
          out.object([&] {
            out.key("enum");
            out.array([&] { out.string(kind.keyword); });
          });
          write_ref(out, "reference");
        });
      });
      if (!kind.uri_rules.empty()) write_uri(out, kind);
      write_properties(out, kind);
      if (role.common) write_properties(out, *role.common);
    });
    write_required_of_connector(out, kind);
    write_additional(out, kind);
  });
}

}  // namespace

std::string json_schema(const TableInfo& root, std::span<const SchemaRole> roles, std::string_view title) {
  JsonText out;
  out.object([&] {
    out.member("$schema", "https://json-schema.org/draft/2020-12/schema");
    out.member("title", title);
    write_table(out, root);
    out.key("$defs");
    out.object([&] {
      write_reference_definition(out);
      for (const SchemaRole& role : roles) {
        write_role(out, role);
        for (const TableInfo* kind : role.kinds)
          write_connector(out, role, *kind);
      }
    });
  });
  return out.str() + "\n";
}

}  // namespace hiveframe::config
