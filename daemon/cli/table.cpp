#include "daemon/cli/table.hpp"

#include <algorithm>

#include "config/utf8.hpp"

namespace hiveframe::daemon {
namespace {

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const config::CodePoint next = config::code_point_at(text, i);
    width += static_cast<std::size_t>(config::display_width(next.value));
    i += next.size;
  }
  return width;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const config::CodePoint next = config::code_point_at(text, i);
    config::append_utf8(result, config::is_unprintable(next.value) ? U'\uFFFD' : next.value);
    i += next.size;
  }
  return result;
}

void Table::print(std::ostream& out) const {
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& each : columns_)
    rows.front().push_back(each.title);
  for (const std::vector<std::string>& row : rows_) {
    std::vector<std::string>& shown = rows.emplace_back();
    for (const std::string& cell : row)
      shown.push_back(printable(cell));
  }
  std::vector<std::size_t> widths(columns_.size());
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], width_of(row[c]));
  }
  for (const std::vector<std::string>& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - width_of(row[c]), ' ');
      if (c != 0) line += "  ";
      line += columns_[c].align == Align::right ? padding + row[c] : row[c] + padding;
    }
    line.resize(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace hiveframe::daemon
