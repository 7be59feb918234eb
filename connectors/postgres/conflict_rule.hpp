#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::connectors::postgres {

/// What follows ON CONFLICT in an INSERT, taken apart as far as others need it; see PostgreSQL's
/// documentation of INSERT, "ON CONFLICT Clause".
struct ConflictRule {
  std::string clause;  ///< as it was given
  std::string target;  ///< "id, lower(name)": what stands in its brackets; empty: a constraint, or nothing
  std::string constraint;  ///< of ON CONSTRAINT
  /// The columns of the target, where it is made of columns only.
  std::vector<std::string> columns;
  /// It speaks of the table as `t`.
  bool uses_alias = false;
};

/// Nothing, with what is wrong as a clause, where it is none by its beginning or its brackets. All else is
/// for the server to say.
std::optional<ConflictRule> parse_conflict_rule(std::string_view text, std::string& problem);

/// The clause that puts what a row gives in the place of what is there: (id) DO UPDATE SET "n" =
/// EXCLUDED."n".
std::string replacing_clause(const std::vector<std::string>& keys, const std::vector<std::string>& given);

}  // namespace hiveframe::connectors::postgres
