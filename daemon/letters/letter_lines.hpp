#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hiveframe::daemon {

/// A file descriptor, closed at the end. -1: none.
class OpenFile {
 public:
  OpenFile() = default;
  /// As open(2), or throws Retryable or Fatal, "cannot <tried> <path>: ...".
  OpenFile(const std::string& path, int flags, const char* tried, unsigned mode = 0600);
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// The lines of a file, one after the other. Blocking; one thread.
class LetterLines {
 public:
  /// Begins at `offset`, which is the beginning of a line. The file outlives it.
  LetterLines(const OpenFile& file, std::string path, std::uint64_t offset);

  /// The next whole line, without its end; false: there is none. Good until the next call. Throws Retryable
  /// or Fatal.
  bool next(std::string_view& line);
  /// What stands behind the last whole line: half a line, of a writer who was interrupted.
  [[nodiscard]] std::string_view rest() const;
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  bool fill();

  const OpenFile& file_;
  std::string path_;
  std::uint64_t offset_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what is not given yet, in buffer_
  std::size_t searched_ = 0;
};

}  // namespace hiveframe::daemon
