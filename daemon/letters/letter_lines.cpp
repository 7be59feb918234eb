#include "daemon/letters/letter_lines.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::daemon {
namespace {

constexpr std::size_t read_bytes = std::size_t{256} * 1024;

}  // namespace

OpenFile::OpenFile(const std::string& path, int flags, const char* tried, unsigned mode)
    : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
  if (descriptor_ < 0) pipeline::throw_file_error(errno, tried, path);
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LetterLines::LetterLines(const OpenFile& file, std::string path, std::uint64_t offset)
    : file_(file), path_(std::move(path)), offset_(offset) {}

bool LetterLines::next(std::string_view& line) {
  for (;;) {
    const void* end = searched_ < buffer_.size()
                          ? std::memchr(buffer_.data() + searched_, '\n', buffer_.size() - searched_)
                          : nullptr;
    if (end != nullptr) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(end) - buffer_.data());
      line = std::string_view(buffer_).substr(begin_, at - begin_);
      begin_ = searched_ = at + 1;
      offset_ += line.size() + 1;
      return true;
    }
    searched_ = buffer_.size();
    if (!fill()) return false;
  }
}

std::string_view LetterLines::rest() const { return std::string_view(buffer_).substr(begin_); }

/// False: at the end of the file.
bool LetterLines::fill() {
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  const std::size_t held = buffer_.size();
  buffer_.resize(held + read_bytes);
  ssize_t got = 0;
  do {
    got = ::pread(file_.descriptor(), buffer_.data() + held, read_bytes, static_cast<off_t>(offset_ + held));
  } while (got < 0 && errno == EINTR);
  buffer_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) pipeline::throw_file_error(errno, "read the dead letters in", path_);
  return got > 0;
}

}  // namespace hiveframe::daemon
