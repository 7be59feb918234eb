#pragma once

#include <cstddef>
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
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::postgres {

/// A table that rows are written to.
struct Target {
  Target(Table of, const ColumnRules& rules) : table(std::move(of)), writer(table, rules) {}

  Table table;
  RowWriter writer;
};

/// A record of a request.
struct Row {
  const record::Value* value = nullptr;
  std::size_t number = 0;  ///< counted through all slices of the request
};

/// Rows that one COPY can load: of one table, with the same columns.
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

  /// One COPY of the rows [begin, end) of a group, behind the `statements`. Rows that are no rows of the
  /// table are refused, and left out. Throws Failed.
  void load(const RowGroup& group, std::size_t begin, std::size_t end, const std::string& statements = {});
  /// The same within a transaction, by parts: what the server refuses is named and left out, the rest lands.
  /// A row is sent twice or three times where the server says which it complains of, else by halves.
  void load_carefully(const RowGroup& group, std::size_t begin, std::size_t end);

  void refuse(std::size_t record, std::string why);
  /// So far, by rising record.
  [[nodiscard]] std::vector<pipeline::Rejection> take_rejections();
  [[nodiscard]] bool any_rejected() const noexcept { return !rejections_.empty(); }

 private:
  Connection& connection_;
  std::map<std::size_t, pipeline::Rejection> rejections_;  // by record
  std::string lines_;
  std::vector<std::size_t> sent_;  // the row of each line of the last COPY
};

/// How the server's words become a rejection: with the SQLSTATE, and the column if it is known.
std::string refusal_of(const ServerError& error, std::string_view table);

}  // namespace hiveframe::connectors::postgres
