#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "connectors/postgres/copy_text.hpp"
#include "connectors/postgres/table.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::connectors::postgres {

/// Which field becomes which column.
struct ColumnRules {
  /// Columns and the fields they are made of; empty: every field goes into the column of its name.
  std::vector<std::pair<std::string, expr::FieldPath>> columns;
  /// Fields without a column are left out; else such a record is refused.
  bool drop_extra_fields = false;
};

/// What is wrong with the rules for a table, as a clause with what to do; empty: nothing.
std::string wrong_with_columns(const ColumnRules& rules, const Table& table);

/// Which columns a record gives: those with a default that it lacks are left to the server, which a statement
/// does for all of its rows alike. A character for each such column, '1' where it is given.
using Shape = std::string;

/// What is left to the server where a record lacks it.
enum class LeftOut {
  defaults,  ///< columns with a default; others are NULL
  all,       ///< every column: a row that is there already keeps what it has
};

/// Makes lines of COPY's text format of records, one at a time; keeps its room between them. The rules
/// outlive it.
class RowWriter {
 public:
  RowWriter(const Table& table, const ColumnRules& rules, LeftOut left_out = LeftOut::defaults);
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  /// Takes a record, which stays good until the next call. False: it is no row, `problem` says why.
  bool take(const record::Value& value, std::string& problem);
  /// The same of a row that is to be deleted, for which only its keys matter: an object that has them, or the
  /// one key's value.
  bool take_deletion(const record::Value& value, const std::vector<std::string>& keys, std::string& problem);
  /// Of the record taken.
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  /// Whether all records have the same.
  [[nodiscard]] bool has_one_shape() const noexcept { return optional_ == 0; }
  /// The record that take() refused last has a field that the table has no column for.
  [[nodiscard]] bool lacks_column() const noexcept { return lacks_column_; }
  /// The columns that records of that shape fill.
  [[nodiscard]] std::vector<std::string> columns_of(const Shape& shape) const;
  /// Appends the line of the record taken, with its end; False: `problem` says why not, and `line` is as
  /// before.
  bool write_line(std::string& line, std::string& problem) { return write(line, problem, false); }
  /// The same with all columns, NULL where the record lacks them, and without the end of line.
  bool write_all(std::string& line, std::string& problem) { return write(line, problem, true); }
  /// All columns that can be written.
  [[nodiscard]] std::vector<std::string> columns() const;

 private:
  struct Written {
    Column column;
    bool optional = false;
    const expr::FieldPath* field = nullptr;
  };

  bool write(std::string& line, std::string& problem, bool all);
  bool take_by_name(const record::Value& value, bool drops_extra_fields, std::string& problem);
  bool take_by_path(const record::Value& value);
  [[nodiscard]] std::size_t find(std::string_view name) const;
  [[nodiscard]] std::string no_column(std::string_view field) const;

  const Table table_;
  const ColumnRules& rules_;
  std::vector<Written> written_;
  std::unordered_map<std::string_view, std::size_t> by_name_;  // into table_.columns' names
  std::size_t optional_ = 0;
  std::vector<const record::Value*> values_;  // for each written column; null: the record lacks it
  std::vector<std::size_t> places_;           // where the members of the last record went
  Shape shape_;
  bool lacks_column_ = false;
  CopyText text_;
};

}  // namespace hiveframe::connectors::postgres
