#include "pipeline/expr/place.hpp"

#include <algorithm>
#include <string_view>

#include "pipeline/expr/code_points.hpp"

namespace hiveframe::expr {

std::string describe_place(const config::LocatedText& text, std::size_t offset) {
  const config::Span span = text.span(offset, offset);
  if (span.has_place()) {
    const config::LineColumn at = span.position();
    return "at " + span.file->name() + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  }
  const std::string_view before = text.view().substr(0, offset);
  const std::size_t line_break = before.rfind('\n');
  const std::size_t line_begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  const std::string column = "column " + std::to_string(count_code_points(before.substr(line_begin)) + 1);
  if (line_begin == 0) return "at " + column;
  return "at line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) + ", " + column;
}

}  // namespace hiveframe::expr
