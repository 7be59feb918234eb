#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::config {

/// Lines and columns as people and editors count them: from 1, columns in Unicode code points.
struct LineColumn {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const LineColumn&) const = default;
};

/// The text of one configuration file, or of one command line argument. Immutable, so it may be read from any
/// thread; shared by every Span into it. Offsets are bytes of content(), a byte order mark included.
class SourceFile {
 public:
  /// `name` is what diagnostics show; `folder` is where relative paths in the text start.
  static std::shared_ptr<const SourceFile> make(std::string name, std::string content,
                                                std::filesystem::path folder = {});

  const std::string& name() const { return name_; }
  const std::string& content() const { return content_; }
  const std::filesystem::path& folder() const { return folder_; }

  /// 3 if the content starts with a UTF-8 byte order mark, else 0.
  std::size_t bom_size() const { return bom_size_; }

  /// `offset` beyond the end is the end. The byte order mark has no column; a byte in the middle of a code
  /// point counts as that code point.
  LineColumn position(std::size_t offset) const;
  /// position(offset).line without counting columns, for callers who ask often.
  std::size_t line_of(std::size_t offset) const;
  /// Offset of the first byte of a line (from 1), after the byte order mark.
  std::size_t line_begin(std::size_t line) const;
  /// The line without its line break (LF or CRLF).
  std::string_view line(std::size_t line) const;

 private:
  SourceFile(std::string name, std::string content, std::filesystem::path folder);

  std::string name_;
  std::string content_;
  std::filesystem::path folder_;
  std::size_t bom_size_ = 0;
  std::vector<std::size_t> line_begins_;
};

using SourceFilePtr = std::shared_ptr<const SourceFile>;

/// A range of bytes of a file; end is one past the last. An empty range is a place. Without a file it is
/// nowhere (a value that was built, not read); with begin == whole_file it means the file as such ("cannot be
/// read").
struct Span {
  static constexpr std::size_t whole_file = static_cast<std::size_t>(-1);

  SourceFilePtr file;
  std::size_t begin = 0;
  std::size_t end = 0;

  static Span of_file(SourceFilePtr file) { return {std::move(file), whole_file, whole_file}; }
  bool has_place() const { return file && begin != whole_file; }
  LineColumn position() const { return has_place() ? file->position(begin) : LineColumn{}; }
  /// "orders.yaml:12", for messages that name a second place. Without a place in it, the file.
  std::string name() const;
};

}  // namespace hiveframe::config
