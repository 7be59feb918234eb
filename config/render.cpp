#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/secrets_in_text.hpp"
#include "config/utf8.hpp"

namespace hiveframe::config {
namespace {

constexpr std::size_t shown_width = 100;
constexpr std::size_t shown_before_caret = 40;
constexpr std::size_t tab_width = 4;
constexpr std::size_t reach = 4096;  // bytes of a line around the caret

// What stands for bytes [begin, end) of the file on the terminal.
struct Cell {
  std::size_t begin;
  std::size_t end;
  std::string text;
  std::size_t width;
};

// `line` begins at `line_begin` of the file; `hidden` are offsets of the file, in order.
std::vector<Cell> lay_out(std::string_view line, std::size_t line_begin, const TextRanges& hidden) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  auto range = hidden.begin();
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t at = line_begin + i;
    while (range != hidden.end() && range->second <= at)
      ++range;
    Cell cell{at, 0, {}, 1};
    if (range != hidden.end() && range->first <= at) {
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

// What of a line must not be shown, as offsets of the file.
TextRanges hidden_on(std::string_view line, std::size_t line_begin, const SourceFilePtr& file,
                     const std::vector<Span>& concealed) {
  TextRanges hidden;
  const std::size_t line_end = line_begin + line.size();
  for (const Span& each : concealed)
    if (each.file == file && each.begin < each.end && each.begin < line_end && each.end > line_begin)
      hidden.emplace_back(each.begin, each.end);
  // The option may never have been read.
  for (const auto& [begin, end] : find_secrets(line))
    hidden.emplace_back(line_begin + begin, line_begin + end);
  return merged(std::move(hidden));
}

// The offset of the line's code point at `offset`, or the one before if it is inside of one.
std::size_t code_point_begin(std::string_view line, std::size_t offset) {
  while (offset > 0 && offset < line.size() && (static_cast<unsigned char>(line[offset]) & 0xC0) == 0x80)
    --offset;
  return offset;
}

Excerpt excerpt(const Span& span, std::size_t line_number, const std::vector<Span>& concealed) {
  const std::string_view whole_line = span.file->line(line_number);
  const std::size_t whole_begin = span.file->line_begin(line_number);
  const TextRanges hidden = hidden_on(whole_line, whole_begin, span.file, concealed);
  // Of a very long line only what is near the caret can be seen: a hundred columns of it.
  const std::size_t caret = std::min(span.begin - std::min(span.begin, whole_begin), whole_line.size());
  const std::size_t first = caret > reach ? code_point_begin(whole_line, caret - reach) : 0;
  const std::size_t last = code_point_begin(whole_line, std::min(caret + reach, whole_line.size()));
  const std::size_t line_begin = whole_begin + first;
  const std::vector<Cell> cells = lay_out(whole_line.substr(first, last - first), line_begin, hidden);

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
  if (from > 0 || first > 0) {
    result.line.insert(0, "…");
    ++indent;
  }
  if (to < width || last < whole_line.size()) result.line += "…";
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

std::string one_line(const Diagnostic& diagnostic) {
  const Span& span = diagnostic.span;
  std::string out = span.file && !span.file->name().empty() ? span.file->name() : "";
  if (span.has_place()) {
    const LineColumn place = span.position();
    out += fmt::format(":{}:{}", place.line, place.column);
  }
  if (!out.empty()) out += ": ";
  out += diagnostic.message;
  if (!diagnostic.hint.empty()) out += "; " + diagnostic.hint;
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

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
