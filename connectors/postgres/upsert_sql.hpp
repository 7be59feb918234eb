#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/conflict_rule.hpp"
#include "connectors/postgres/identifier.hpp"

namespace hiveframe::connectors::postgres {

/// The statements of an upsert: rows are loaded into a temporary table of the session, together with their
/// order, and go from there into the target. What comes again for a key goes into a statement of its own, for
/// one INSERT … ON CONFLICT changes a row once; so does what gives other columns.
///
/// A row's kind is the number of its columns' list among those of the request, or `deletion`.
class UpsertSql {
 public:
  static constexpr int deletion = -1;

  /// `staging`: the temporary table's name. `columns`: all that can be written. `keys`: empty where only the
  /// rule has them. `rule`: null where what a row gives is to replace what is there.
  UpsertSql(TableName target, std::string staging, std::vector<std::string> columns,
            std::vector<std::string> keys, const ConflictRule* rule);

  [[nodiscard]] std::string create_staging() const;
  [[nodiscard]] std::string drop_staging() const;
  /// All columns, and then the row's kind and its number.
  [[nodiscard]] std::string copy() const;
  [[nodiscard]] std::string empty_staging() const;
  /// Everything in one statement: for rows of one kind, none of which comes again.
  [[nodiscard]] std::string insert_all(const std::vector<std::string>& given) const;
  /// Rows (turn, kind), in the order in which their statements are to be made.
  [[nodiscard]] std::string turns() const;
  /// What comes for the `turn`-th time for its key, of a kind.
  [[nodiscard]] std::string insert(const std::vector<std::string>& given, std::string_view turn,
                                   std::string_view kind) const;
  /// The same of deletions. There are keys.
  [[nodiscard]] std::string erase(std::string_view turn) const;
  /// Where the rule begins in insert_all(), in characters from 1, as the server counts.
  [[nodiscard]] std::size_t rule_begins(const std::vector<std::string>& given) const;

 private:
  [[nodiscard]] std::string insert_into(const std::vector<std::string>& given) const;
  [[nodiscard]] std::string clause(const std::vector<std::string>& given) const;
  [[nodiscard]] std::string numbered() const;

  TableName target_;
  std::string staging_;
  std::vector<std::string> columns_;
  std::vector<std::string> keys_;
  const ConflictRule* rule_;
};

}  // namespace hiveframe::connectors::postgres
