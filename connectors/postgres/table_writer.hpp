#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/postgres/connection.hpp"
#include "connectors/postgres/identifier.hpp"
#include "connectors/postgres/row_loader.hpp"
#include "connectors/postgres/sink_settings.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::connectors::postgres {

/// Writes requests to tables, each in a transaction. All calls are made on the sink's own thread; they throw
/// Retryable, Fatal and BadBatch, as sinks do.
class TableWriter {
 public:
  /// Both outlive it.
  TableWriter(const SinkSettings& settings, const pipeline::Interrupt& interrupt);

  /// Connects, and looks at the table where it is the same for all records.
  void open();
  /// Durable when it returns, but for the records that are refused.
  std::vector<pipeline::Rejection> write(const pipeline::WriteRequest& request);

 private:
  [[nodiscard]] std::string place(const TableName& table) const;
  void connect();
  Target& constant_target();
  Target* find_target(const TableName& name);
  void prepare_upsert(Target& target);
  std::unique_ptr<RowLoader> new_loader();
  std::vector<RowGroup> group_rows(const pipeline::WriteRequest& request, RowLoader& loader);
  void write_groups(const std::vector<RowGroup>& groups, RowLoader& loader);
  void write_carefully(const std::vector<RowGroup>& groups, RowLoader& loader);
  void roll_back();

  const SinkSettings& settings_;
  Connection connection_;
  std::optional<TableName> table_;                        // the same for all records
  std::map<TableName, std::unique_ptr<Target>> targets_;  // that were looked up
  std::map<TableName, std::size_t> stagings_;             // numbers of their temporary tables
  bool committing_ = false;                               // what is lost now may have been committed
};

}  // namespace hiveframe::connectors::postgres
