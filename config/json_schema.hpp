#pragma once

#include <span>
#include <string>

#include "config/option_info.hpp"

namespace hiveframe::config {

/// The connectors of one role, and the keys that every map of that role may hold besides (`when:` of a sink).
struct SchemaRole {
  std::string role;  ///< "source", "sink": TypeInfo::connector_of(role) refers to it
  std::vector<const TableInfo*> kinds;
  const TableInfo* common = nullptr;
};

/// A JSON Schema (draft 2020-12) of a document that `root` describes, for editors. Every option also takes a
/// `${…}` in place of a number or word. Deterministic; ends with a newline.
std::string json_schema(const TableInfo& root, std::span<const SchemaRole> roles, std::string_view title);

}  // namespace hiveframe::config
