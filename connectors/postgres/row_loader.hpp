#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/row_writer.hpp"
#include "connectors/postgres/server_error.hpp"
#include "connectors/postgres/table.hpp"
#include "connectors/postgres/upsert_sql.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::postgres {

/// A table that rows are written to.
struct Target {
  Target(Table of, const ColumnRules& rules, LeftOut left_out)
      : table(std::move(of)), writer(table, rules, left_out) {}

  Table table;
  RowWriter writer;
  // Of an upsert.
  std::string staging;            ///< the name of its temporary table
  std::vector<std::string> keys;  ///< empty: known to the server only
  std::unique_ptr<UpsertSql> upsert;
  int repeats_expected = 0;  ///< so many more batches are taken to have keys that come again
};

/// A record of a request.
struct Row {
  record::Value value;
  std::size_t number = 0;  ///< counted through all slices of the request
  bool deletion = false;   ///< the value says which row
};

/// Rows of one table; of an append, with the same columns.
struct RowGroup {
  Target* target = nullptr;
  Shape shape;
  std::vector<Row> rows;
};

/// COPY "public"."orders" ("id", "note") FROM STDIN
std::string copy_statement(const RowGroup& group);

/// Loads rows by COPY, and finds those that the server refuses. Of one request, on the connection's thread.
class RowLoader {
 public:
  explicit RowLoader(Connection& connection) : connection_(connection) {}
  virtual ~RowLoader() = default;
  RowLoader(const RowLoader&) = delete;
  RowLoader& operator=(const RowLoader&) = delete;

  /// Writes the rows [begin, end) of a group, behind the `statements`. Rows that are no rows of the table are
  /// refused, and left out. Throws Failed.
  virtual void load(const RowGroup& group, std::size_t begin, std::size_t end,
                    const std::string& statements) = 0;
  /// The same within a transaction, by parts: what the server refuses is named and left out, the rest lands.
  /// A row is sent twice or three times where the server says which it complains of, else by halves.
  void load_carefully(const RowGroup& group, std::size_t begin, std::size_t end);

  void refuse(std::size_t record, std::string why);
  /// So far, by rising record.
  [[nodiscard]] std::vector<pipeline::Rejection> take_rejections();
  [[nodiscard]] bool any_rejected() const noexcept { return !rejections_.empty(); }

 protected:
  /// Puts a row's line at the end of `lines`; false, with the problem, if it is no row.
  using WriteLine = std::function<bool(const Row& row, std::string& lines, std::string& problem)>;
  /// The lines of [begin, end), of a COPY that has begun, to its end.
  void copy(const RowGroup& group, std::size_t begin, std::size_t end, const WriteLine& write);
  /// The table that lines are copied to, as messages of the server name it.
  [[nodiscard]] virtual const std::string& copied_table(const RowGroup& group) const = 0;

  Connection& connection_;
  std::vector<std::size_t> sent_;  // the row of each line of the last COPY

 private:
  std::map<std::size_t, pipeline::Rejection> rejections_;  // by record
  std::string lines_;
};

/// Adds rows to the table itself.
class AppendLoader final : public RowLoader {
 public:
  using RowLoader::RowLoader;
  void load(const RowGroup& group, std::size_t begin, std::size_t end,
            const std::string& statements) override;

 private:
  [[nodiscard]] const std::string& copied_table(const RowGroup& group) const override {
    return group.target->table.name.table;
  }
};

/// How the server's words become a rejection: with the SQLSTATE, and the column if it is known.
std::string refusal_of(const ServerError& error, std::string_view table);

}  // namespace hiveframe::connectors::postgres
