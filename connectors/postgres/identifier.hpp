#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::connectors::postgres {

/// A name as SQL has it whatever it holds: "Order ""x""" (PostgreSQL's documentation, 4.1.1). The name is
/// UTF-8, as the connection is, so that doubling quotes is all there is to do.
std::string quote_identifier(std::string_view name);
/// Names, quoted, with commas between.
std::string quote_identifiers(const std::vector<std::string>& names);

/// A table by its names.
struct TableName {
  std::string schema;
  std::string table;

  /// "public"."orders"
  [[nodiscard]] std::string sql() const;
  /// public.orders, for people.
  [[nodiscard]] std::string shown() const { return schema + "." + table; }
  friend bool operator==(const TableName&, const TableName&) = default;
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

/// What is wrong with a name of a table, a column or a schema, as a clause; empty: nothing.
std::string wrong_with_name(std::string_view name);

}  // namespace hiveframe::connectors::postgres
