#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/record/value.hpp"

namespace hiveframe::record {

/// What a source of columns (a table, Avro, Parquet, CSV with a header) knows of its records before reading
/// them, for sinks that make columns of them and would else have to infer. Shared by the batches of a lane,
/// immutable, read by any thread. A batch has it as long as no transform has changed a record: see
/// Draft::replace().
struct Schema {
  struct Column {
    std::string name;
    std::optional<Kind> kind = Kind::string;  ///< nothing: of any
    bool nullable = true;
    bool local = false;  ///< of a timestamp: without a zone
  };

  std::vector<Column> columns;
};

}  // namespace hiveframe::record
