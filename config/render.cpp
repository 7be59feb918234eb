#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/uri_passwords.hpp"
#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t shown_width = 100;
constexpr std::size_t shown_before_caret = 40;
constexpr std::size_t tab_width = 4;

// What stands for bytes [begin, end) of the file on the terminal.
struct Cell {
  std::size_t begin;
  std::size_t end;
  std::string text;
  std::size_t width;
};

using Range = std::pair<std::size_t, std::size_t>;

std::vector<Cell> lay_out(std::string_view line, std::size_t line_begin, const std::vector<Range>& hidden) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t at = line_begin + i;
    const auto range = std::find_if(hidden.begin(), hidden.end(),
                                    [&](const Range& each) { return each.first <= at && at < each.second; });
    Cell cell{at, 0, {}, 1};
    if (range != hidden.end()) {
      cell.end = std::min(range->second, line_begin + line.size());
      cell.text = "***";
      cell.width = 3;
    } else {
      const CodePoint point = code_point_at(line, i);
      cell.end = at + point.size;
      if (point.value == '\t') {
        cell.width = tab_width - column % tab_width;
        cell.text.assign(cell.width, ' ');
      } else if (!point.valid || is_unprintable(point.value)) {
        cell.text = "\uFFFD";
      } else {
        cell.text = line.substr(i, point.size);
        cell.width = static_cast<std::size_t>(display_width(point.value));
      }
    }
    column += cell.width;
    i = cell.end - line_begin;
    cells.push_back(std::move(cell));
  }
  return cells;
}

struct Excerpt {
  std::string line;
  std::string caret;
};

Excerpt excerpt(const Span& span, std::size_t line_number, const std::vector<Span>& concealed) {
  const std::string_view line = span.file->line(line_number);
  const std::size_t line_begin = span.file->line_begin(line_number);
  std::vector<Range> hidden;
  for (const Span& each : concealed)
    if (each.file == span.file && each.begin < each.end) hidden.emplace_back(each.begin, each.end);
  // The option may never have been read. ${VAR} and the like show no secret, and hide no mistake either.
  for (const auto& [begin, end] : find_passwords(line))
    if (!line.substr(begin).starts_with("${")) hidden.emplace_back(line_begin + begin, line_begin + end);
  const std::vector<Cell> cells = lay_out(line, line_begin, hidden);

  std::size_t width = 0;
  std::size_t caret_begin = std::string::npos;
  std::size_t caret_end = 0;
  for (const Cell& cell : cells) {
    const bool marked = cell.end > span.begin && (cell.begin < span.end || cell.begin <= span.begin);
    if (marked) {
      if (caret_begin == std::string::npos) caret_begin = width;
      // White space at the end of a line is nothing to underline.
      if (cell.text != " " || cell.begin <= span.begin) caret_end = width + cell.width;
    }
    width += cell.width;
  }
  if (caret_begin == std::string::npos) caret_begin = caret_end = width;

  std::size_t from = 0;
  std::size_t to = width;
  if (width > shown_width) {
    from = caret_begin > shown_before_caret ? caret_begin - shown_before_caret : 0;
    from = std::min(from, width - shown_width);
    to = from + shown_width;
  }
  Excerpt result;
  std::size_t column = 0;
  std::size_t shown_from = from;
  for (const Cell& cell : cells) {
    if (column >= from && column + cell.width <= to) {
      if (result.line.empty()) shown_from = column;
      result.line += cell.text;
    }
    column += cell.width;
  }
  std::size_t indent = caret_begin - shown_from;
  if (from > 0) {
    result.line.insert(0, "…");
    ++indent;
  }
  if (to < width) result.line += "…";
  const std::size_t end = std::min(std::max(caret_end, caret_begin + 1), std::max(to, caret_begin + 1));
  result.caret = std::string(indent, ' ') + '^' + std::string(end - caret_begin - 1, '~');
  return result;
}

void append_line(std::string& out, std::string text) {
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  out += text;
  out += '\n';
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const std::vector<Span>& concealed) {
  const Span& span = diagnostic.span;
  std::string out;
  std::string gutter = "  ";
  if (span.has_place()) {
    const LineColumn place = span.position();
    out = fmt::format("{}:{}:{}: ", span.file->name(), place.line, place.column);
    out += fmt::format("error: {}\n", diagnostic.message);
    const Excerpt shown = excerpt(span, place.line, concealed);
    const std::string number = std::to_string(place.line);
    gutter.append(number.size() + 1, ' ');
    append_line(out, fmt::format("  {} | {}", number, shown.line));
    append_line(out, fmt::format("{}| {}", gutter, shown.caret));
  } else {
    if (span.file && !span.file->name().empty()) out = span.file->name() + ": ";
    out += fmt::format("error: {}\n", diagnostic.message);
  }
  if (!diagnostic.hint.empty()) {
    std::string lead = gutter + "= ";
    std::string_view rest = diagnostic.hint;
    while (true) {
      const std::size_t end = rest.find('\n');
      append_line(out, lead + std::string(rest.substr(0, end)));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
      lead = gutter + "  ";
    }
  }
  return out;
}

}  // namespace hiveframe::config
