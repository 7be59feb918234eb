#include "connectors/file/file_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <unistd.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;
using pipeline::throw_file_error;

}  // namespace

std::string why_ended_early(std::uint64_t offset, std::uint64_t expected, const struct stat& now) {
  const auto size = static_cast<std::uint64_t>(now.st_size);
  if (offset >= expected) return "";
  if (size < expected) {
    return "the file shrank while it was read, from " + std::to_string(expected) + " to " +
           std::to_string(size) + " bytes";
  }
  if (now.st_blocks == 0) return "";
  return "nothing more comes, though its size is " + std::to_string(size) +
         " bytes: it was cut and grew again while it was read, or its file system tells a size that is not "
         "true";
}

FileStream::FileStream(std::string path, const pipeline::Interrupt& interrupt)
    : path_(std::move(path)), interrupt_(interrupt) {
  // Without O_NONBLOCK opening a FIFO would wait for its writer where nothing can interrupt it.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor_ < 0) throw_file_error(errno, "read", path_);
  if (::fstat(descriptor_, &status_) != 0) {
    const int error_number = errno;
    ::close(descriptor_);
    throw_file_error(error_number, "read", path_);
  }
  if (!S_ISREG(status_.st_mode) && !S_ISFIFO(status_.st_mode)) {
    ::close(descriptor_);
    const bool folder = S_ISDIR(status_.st_mode);
    throw Fatal({"read", path_, folder ? "it is a folder" : "it is neither a file nor a FIFO",
                 folder ? "name the files in it" : "name a regular file, or use stdin"});
  }
  end_ = static_cast<std::uint64_t>(status_.st_size);
  // The files that a kernel makes up (/proc) say 0: their end is where nothing more comes.
  if (end_ == 0) end_ = std::numeric_limits<std::uint64_t>::max();
  if (S_ISREG(status_.st_mode)) ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

FileStream::~FileStream() { ::close(descriptor_); }

std::size_t FileStream::read(std::span<char> room) {
  const std::size_t got =
      read_some(is_fifo() ? room : room.first(std::min<std::uint64_t>(room.size(), end_ - offset_)));
  if (got == 0) check_end();
  offset_ += got;
  return got;
}

std::size_t FileStream::read_some(std::span<char> room) const {
  if (room.empty()) return 0;
  for (;;) {
    if (is_fifo()) interrupt_.wait_readable(descriptor_);
    const ssize_t got = is_fifo()
                            ? ::read(descriptor_, room.data(), room.size())
                            : ::pread(descriptor_, room.data(), room.size(), static_cast<off_t>(offset_));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) throw_file_error(errno, "read", path_);
  }
}

void FileStream::check_end() const {
  if (is_fifo()) return;
  struct stat now {};
  if (::fstat(descriptor_, &now) != 0) throw_file_error(errno, "read", path_);
  const auto before = std::min(end_, static_cast<std::uint64_t>(status_.st_size));
  if (const std::string reason = why_ended_early(offset_, before, now); !reason.empty()) {
    throw Fatal({"read", path_ + " at byte " + std::to_string(offset_), reason,
                 "what was whole before that has been read; find out who cut it, then " +
                     std::string(pipeline::run_from_start)});
  }
  if (now.st_nlink == 0) {
    throw Fatal({"read", path_ + " at byte " + std::to_string(offset_),
                 "the file was deleted while it was read",
                 "what was whole in it has been read; check that its writer had finished it"});
  }
}

std::string FileStream::head(std::size_t limit) const {
  std::string bytes(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + size, limit - size, static_cast<off_t>(size));
    if (got < 0) {
      if (errno == EINTR) continue;
      throw_file_error(errno, "read", path_);
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace hiveframe::connectors::file
