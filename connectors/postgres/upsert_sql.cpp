#include "connectors/postgres/upsert_sql.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace hiveframe::connectors::postgres {
namespace {

// Columns of the temporary table beside the target's.
constexpr const char* kind_column = R"("hiveframe kind")";
constexpr const char* row_column = R"("hiveframe row")";
constexpr const char* on_conflict = " ON CONFLICT ";

std::size_t characters(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

}  // namespace

UpsertSql::UpsertSql(TableName target, std::string staging, std::vector<std::string> columns,
                     std::vector<std::string> keys, const ConflictRule* rule)
    : target_(std::move(target)),
      staging_("pg_temp." + quote_identifier(staging)),
      columns_(std::move(columns)),
      keys_(std::move(keys)),
      rule_(rule) {}

std::string UpsertSql::create_staging() const {
  return "CREATE TEMPORARY TABLE " + staging_.substr(staging_.find('.') + 1) +
         " ON COMMIT DELETE ROWS AS SELECT " + quote_identifiers(columns_) + ", 0::int4 AS " + kind_column +
         ", 0::int4 AS " + row_column + " FROM " + target_.sql() + " WITH NO DATA";
}

std::string UpsertSql::drop_staging() const { return "DROP TABLE IF EXISTS " + staging_; }

std::string UpsertSql::copy() const {
  return "COPY " + staging_ + " (" + quote_identifiers(columns_) + ", " + kind_column + ", " + row_column +
         ") FROM STDIN";
}

std::string UpsertSql::empty_staging() const { return "TRUNCATE " + staging_; }

std::string UpsertSql::clause(const std::vector<std::string>& given) const {
  return rule_ != nullptr ? rule_->clause : replacing_clause(keys_, given);
}

/// As OVERRIDING SYSTEM VALUE: an identity that is given is written, as COPY does.
std::string UpsertSql::insert_into(const std::vector<std::string>& given) const {
  const bool has_alias = rule_ != nullptr && rule_->uses_alias;
  const std::string names = quote_identifiers(given);
  return "INSERT INTO " + target_.sql() + (has_alias ? " AS t" : "") + " (" + names +
         ") OVERRIDING SYSTEM VALUE SELECT " + names + " FROM ";
}

std::string UpsertSql::insert_all(const std::vector<std::string>& given) const {
  return insert_into(given) + staging_ + " ORDER BY " + row_column + on_conflict + clause(given);
}

std::size_t UpsertSql::rule_begins(const std::vector<std::string>& given) const {
  return characters(insert_all(given)) - characters(clause(given)) + 1;
}

/// The rows with the turn of each. Without anything to tell keys by, nothing can come again.
std::string UpsertSql::numbered() const {
  std::string by = quote_identifiers(keys_);
  if (by.empty() && rule_ != nullptr) by = rule_->target;
  const std::string turn =
      by.empty() ? "1" : "row_number() OVER (PARTITION BY " + by + " ORDER BY " + row_column + ")";
  return "(SELECT *, " + turn + " AS \"hiveframe turn\" FROM " + staging_ + ") AS r";
}

std::string UpsertSql::turns() const {
  return "SELECT \"hiveframe turn\", " + std::string(kind_column) + " FROM " + numbered() +
         " GROUP BY 1, 2 ORDER BY 1, 2";
}

std::string UpsertSql::insert(const std::vector<std::string>& given, std::string_view turn,
                              std::string_view kind) const {
  return insert_into(given) + numbered() + " WHERE \"hiveframe turn\" = " + std::string(turn) + " AND " +
         kind_column + " = " + std::string(kind) + " ORDER BY " + row_column + on_conflict + clause(given);
}

std::string UpsertSql::erase(std::string_view turn) const {
  assert(!keys_.empty() && "or it would be every row");
  std::string same;
  for (const std::string& key : keys_)
    same += " AND t." + quote_identifier(key) + " = r." + quote_identifier(key);
  return "DELETE FROM " + target_.sql() + " AS t USING " + numbered() +
         " WHERE r.\"hiveframe turn\" = " + std::string(turn) + " AND r." + kind_column + " = " +
         std::to_string(deletion) + same;
}

}  // namespace hiveframe::connectors::postgres
