#include "connectors/postgres/table.hpp"

#include <algorithm>
#include <charconv>

#include "config/did_you_mean.hpp"
#include "connectors/postgres/connection.hpp"

namespace hiveframe::connectors::postgres {
namespace {

// Domains are followed to what they are made of, those of array elements, too.
constexpr const char* columns_of_table = R"(
  WITH RECURSIVE base(oid, target, kind) AS (
    SELECT oid, oid, typtype FROM pg_catalog.pg_type
    UNION ALL
    SELECT base.oid, t.typbasetype, b.typtype FROM base
      JOIN pg_catalog.pg_type t ON t.oid = base.target
      JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    WHERE base.kind = 'd'
  ), plain AS (SELECT oid, target FROM base WHERE kind <> 'd')
  SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
         a.atthasdef OR a.attidentity <> '' OR d.typdefault IS NOT NULL, a.attgenerated <> '',
         CASE WHEN is_array THEN element.target ELSE t.oid END, is_array,
         CASE WHEN is_array THEN item.typdelim ELSE ',' END
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type d ON d.oid = a.atttypid
  JOIN plain ON plain.oid = a.atttypid
  JOIN pg_catalog.pg_type t ON t.oid = plain.target
  CROSS JOIN LATERAL (SELECT t.typcategory = 'A' AND t.typelem <> 0) AS shape(is_array)
  LEFT JOIN plain element ON element.oid = t.typelem
  LEFT JOIN pg_catalog.pg_type item ON item.oid = t.typelem
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'f')
  ORDER BY a.attnum)";

constexpr const char* tables_of_schema = R"(
  SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'f') ORDER BY 1)";

constexpr const char* schemas_of_table = R"(
  SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname !~ '^pg_' ORDER BY 1)";

constexpr const char* schema_of_name = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";

std::vector<std::string> first_column(const Result& result) {
  std::vector<std::string> names;
  for (std::size_t row = 0; row < result.rows(); ++row)
    names.emplace_back(result.text(row, 0));
  return names;
}

}  // namespace

const Column* Table::find(std::string_view column) const noexcept {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [column](const Column& each) { return each.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

std::vector<std::string> Table::column_names() const {
  std::vector<std::string> names;
  for (const Column& each : columns)
    names.push_back(each.name);
  return names;
}

TypeClass class_of_type(unsigned oid) noexcept {
  switch (oid) {
    case 16:
      return TypeClass::boolean;
    case 20:  // int8
    case 21:  // int2
    case 23:  // int4
    case 26:  // oid
      return TypeClass::integer;
    case 700:   // float4
    case 701:   // float8
    case 790:   // money
    case 1700:  // numeric
      return TypeClass::number;
    case 19:    // name
    case 25:    // text
    case 1042:  // char(n)
    case 1043:  // varchar
      return TypeClass::text;
    case 114:   // json
    case 3802:  // jsonb
      return TypeClass::json;
    case 17:
      return TypeClass::bytes;
    case 1114:  // timestamp
    case 1184:  // timestamptz
      return TypeClass::timestamp;
    case 1082:
      return TypeClass::date;
    case 1083:  // time
    case 1266:  // timetz
      return TypeClass::time;
    case 1186:
      return TypeClass::interval;
    default:
      return TypeClass::other;
  }
}

std::optional<Table> find_table(Connection& connection, const TableName& name) {
  const Result found = connection.query(columns_of_table, {name.schema, name.table});
  if (found.rows() == 0) return std::nullopt;
  Table table{name, {}};
  for (std::size_t row = 0; row < found.rows(); ++row) {
    Column column;
    column.name = found.text(row, 0);
    column.type.name = found.text(row, 1);
    column.not_null = found.flag(row, 2);
    column.has_default = found.flag(row, 3);
    column.generated = found.flag(row, 4);
    if (column.generated) column.has_default = false;
    const std::string_view digits = found.text(row, 5);
    unsigned oid = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), oid);
    column.type.kind = class_of_type(oid);
    column.type.array = found.flag(row, 6);
    const std::string_view delimiter = found.text(row, 7);
    if (!delimiter.empty()) column.type.delimiter = delimiter.front();
    table.columns.push_back(std::move(column));
  }
  return table;
}

std::string near_tables(Connection& connection, const TableName& name) {
  const std::vector<std::string> elsewhere = first_column(connection.query(schemas_of_table, {name.table}));
  if (!elsewhere.empty()) return "there is one in schema " + config::join_or(elsewhere) + ": set 'schema'";
  if (connection.query(schema_of_name, {name.schema}).rows() == 0)
    return "there is no schema '" + name.schema + "'";
  const std::vector<std::string> near = first_column(connection.query(tables_of_schema, {name.schema}));
  const std::string meant = config::nearest(name.table, near);
  return meant.empty() ? "create it, or correct the name" : "did you mean '" + meant + "'?";
}

}  // namespace hiveframe::connectors::postgres
