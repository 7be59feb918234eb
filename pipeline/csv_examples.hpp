#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hiveframe::pipeline {

/// What the option `csv` does. Tests run it, so that it is true.
struct CsvExample {
  std::string_view options;  ///< YAML, as it stands behind `csv:`
  std::string_view before;   ///< lines: rows that are read, or JSON records that are written
  std::string_view after;    ///< lines: records, or rows
};

/// Together each shows every option there is.
std::span<const CsvExample> csv_input_examples();
std::span<const CsvExample> csv_output_examples();

/// Both for people, as YAML with what becomes of what in comments.
std::string describe_csv_examples();

}  // namespace hiveframe::pipeline
