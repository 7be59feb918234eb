#pragma once

#include <string_view>

#include "pipeline/codec/csv/dialect.hpp"
#include "pipeline/codec/csv/output.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::codec::csv {

/// The format `csv` as a connector was told to read or write it, in place of find_format("csv"), which reads
/// the plain dialect and knows no columns to write. `file_name`: of the stream, or one of its kind, where it
/// has one; see Dialect::for_file().
Format input_format(const Dialect& dialect, std::string_view file_name = {});
Format output_format(Output output, std::string_view file_name = {});

}  // namespace hiveframe::codec::csv
