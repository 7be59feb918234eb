#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/postgres/identifier.hpp"

namespace hiveframe::connectors::postgres {

class Connection;

/// Types by how values of them are written.
enum class TypeClass {
  boolean,
  integer,    ///< int2, int4, int8, oid
  number,     ///< numeric, float4, float8, money
  text,       ///< text, varchar, char, name
  json,       ///< json, jsonb
  bytes,      ///< bytea
  timestamp,  ///< with a time zone and without
  date,
  time,  ///< of a day; with a time zone and without
  interval,
  other,  ///< whatever takes a text: uuid, inet, enums, ranges, composites, ...
};

struct Type {
  TypeClass kind = TypeClass::other;  ///< of an array, of its elements; of a domain, of what it is made of
  bool array = false;
  char delimiter = ',';  ///< between elements of an array
  std::string name;      ///< as SQL has it: "numeric(10,2)", "text[]"
};

struct Column {
  std::string name;
  Type type;
  bool not_null = false;
  bool has_default = false;  ///< a default or an identity: what is not given is made by the server
  bool generated = false;    ///< GENERATED ALWAYS AS (…): never written
};

/// A table as the catalog has it.
struct Table {
  TableName name;
  std::vector<Column> columns;  ///< in their order, without those that were dropped

  /// nullptr: there is none of that name.
  [[nodiscard]] const Column* find(std::string_view column) const noexcept;
  [[nodiscard]] std::vector<std::string> column_names() const;
};

/// Looks a table (or view, or foreign table) up; nothing if there is none of that name. Throws Failed.
std::optional<Table> find_table(Connection& connection, const TableName& name);
/// What could have been meant by the name of a table that is not there, as the end of a message: near names
/// of the schema, the same name elsewhere, or that there is no such schema.
std::string near_tables(Connection& connection, const TableName& name);

/// By the catalog: pg_type's oid of a base type.
TypeClass class_of_type(unsigned oid) noexcept;

}  // namespace hiveframe::connectors::postgres
