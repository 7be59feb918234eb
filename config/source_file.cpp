#include "config/source_file.hpp"

#include <algorithm>

#include "config/utf8.hpp"

namespace hiveframe::config {

SourceFilePtr SourceFile::make(std::string name, std::string content, std::filesystem::path folder) {
  // It begins lines of messages.
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return SourceFilePtr(new SourceFile(std::move(name), std::move(content), std::move(folder)));
}

SourceFile::SourceFile(std::string name, std::string content, std::filesystem::path folder)
    : name_(std::move(name)), content_(std::move(content)), folder_(std::move(folder)) {
  if (content_.starts_with("\xEF\xBB\xBF")) bom_size_ = 3;
  line_begins_.push_back(bom_size_);
  for (std::size_t i = bom_size_; i < content_.size(); ++i)
    if (content_[i] == '\n') line_begins_.push_back(i + 1);
}

std::size_t SourceFile::line_of(std::size_t offset) const {
  offset = std::clamp(offset, bom_size_, content_.size());
  const auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  return static_cast<std::size_t>(after - line_begins_.begin());
}

LineColumn SourceFile::position(std::size_t offset) const {
  offset = std::clamp(offset, bom_size_, content_.size());
  const std::size_t line = line_of(offset);
  std::size_t column = 1;
  for (std::size_t i = line_begins_[line - 1]; i < offset; ++column) {
    i += code_point_at(content_, i).size;
    if (i > offset) break;
  }
  return {line, column};
}

std::size_t SourceFile::line_begin(std::size_t line) const {
  return line_begins_[std::clamp<std::size_t>(line, 1, line_begins_.size()) - 1];
}

std::string_view SourceFile::line(std::size_t line) const {
  if (line < 1 || line > line_begins_.size()) return {};
  const std::size_t begin = line_begins_[line - 1];
  std::size_t end = line < line_begins_.size() ? line_begins_[line] - 1 : content_.size();
  if (end > begin && content_[end - 1] == '\r') --end;
  return std::string_view(content_).substr(begin, end - begin);
}

std::string Span::name() const {
  std::string text = file ? file->name() : "";
  if (has_place()) text += ":" + std::to_string(position().line);
  return text;
}

}  // namespace hiveframe::config
