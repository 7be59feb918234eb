#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/codec/csv/dialect.hpp"

namespace hiveframe::codec::csv {

/// A column to write: its name in the header, and the members below each other that lead to its value.
struct OutputColumn {
  std::string name;
  std::vector<std::string> path;
};

/// What ends a row. RFC 4180 says crlf; lf is what Unix tools and most programs that write CSV give.
enum class LineEnd : std::uint8_t { lf, crlf };

constexpr std::string_view text_of(LineEnd end) { return end == LineEnd::lf ? "\n" : "\r\n"; }

/// How a stream of rows is written. Of the dialect, what only reading needs is not looked at.
struct Output {
  Dialect dialect;
  std::vector<OutputColumn> columns;
  LineEnd line_end = LineEnd::lf;
};

}  // namespace hiveframe::codec::csv
