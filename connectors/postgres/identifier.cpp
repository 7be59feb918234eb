#include "connectors/postgres/identifier.hpp"

namespace hiveframe::connectors::postgres {

std::string quote_identifier(std::string_view name) {
  std::string sql = "\"";
  for (const char c : name) {
    if (c == '"') sql += '"';
    sql += c;
  }
  return sql + '"';
}

std::string quote_identifiers(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& each : names) {
    if (!list.empty()) list += ", ";
    list += quote_identifier(each);
  }
  return list;
}

std::string TableName::sql() const { return quote_identifier(schema) + "." + quote_identifier(table); }

std::string wrong_with_name(std::string_view name) {
  // NAMEDATALEN - 1: the server would cut what is longer, and two names could become one.
  constexpr std::size_t longest = 63;
  if (name.empty()) return "is empty";
  if (name.size() > longest) return "is longer than 63 bytes";
  if (name.find('\0') != std::string_view::npos) return "holds a NUL character";
  return {};
}

}  // namespace hiveframe::connectors::postgres
