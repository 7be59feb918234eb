#pragma once

#include <string>
#include <vector>

#include "pipeline/codec/csv/dialect.hpp"

namespace hiveframe::codec::csv {

/// A column to write: its name in the header, and the members below each other that lead to its value.
struct OutputColumn {
  std::string name;
  std::vector<std::string> path;
};

/// How a stream of rows is written. Of the dialect, what only reading needs is not looked at.
struct Output {
  Dialect dialect;
  std::vector<OutputColumn> columns;
};

}  // namespace hiveframe::codec::csv
