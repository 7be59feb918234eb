#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "config/option_type.hpp"
#include "pipeline/codec/csv/output.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::config {
struct GivenOptions;
}

namespace hiveframe::pipeline {

// The option `csv` that stands beside `format` of every connector that reads or writes streams of bytes. Only
// a settings .cpp includes this.

config::OptionType<codec::csv::Dialect> csv_input_type();
config::OptionType<codec::csv::Output> csv_output_type();

/// Reports 'csv' beside a format that is not that; of nullptr, beside none.
void check_csv_beside(const codec::Format* format, const config::GivenOptions& given, config::Reader& reader);

/// A connector's format once its options are read: `format` itself, or one that reads or writes rows as `csv`
/// says, which `made` then owns. Reports 'csv' beside another format, and rows without columns to write.
/// `file_name`: see codec::csv::output_format().
const codec::Format* csv_input_format(const codec::Format* format,
                                      const std::optional<codec::csv::Dialect>& csv,
                                      std::shared_ptr<const codec::Format>& made,
                                      const config::GivenOptions& given, config::Reader& reader);
const codec::Format* csv_output_format(const codec::Format* format,
                                       const std::optional<codec::csv::Output>& csv,
                                       std::string_view file_name, std::shared_ptr<const codec::Format>& made,
                                       const config::GivenOptions& given, config::Reader& reader);

}  // namespace hiveframe::pipeline
