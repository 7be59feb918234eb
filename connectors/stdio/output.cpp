#include "connectors/stdio/output.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::stdio {

Output::Output(int descriptor, std::string name, const pipeline::Interrupt& interrupt)
    : given_(descriptor), descriptor_(descriptor), name_(std::move(name)), interrupt_(interrupt) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    throw pipeline::Fatal({"write to", name_, "it is closed, or open for reading only",
                           "send it somewhere (> FILE, or a pipe), or name a file as the sink"});
  }
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail(errno, false);
  if (S_ISREG(status.st_mode)) {
    kind_ = Kind::file;
  } else if (S_ISFIFO(status.st_mode)) {
    // Opened anew the pipe is the same, but O_NONBLOCK is ours alone.
    const int own =
        ::open(fmt::format("/proc/self/fd/{}", descriptor).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (own >= 0) {
      descriptor_ = own;
      kind_ = Kind::pipe;
    }
  }
}

Output::~Output() {
  if (descriptor_ != given_) ::close(descriptor_);
}

void Output::write(const std::vector<iovec>& runs) {
  switch (kind_) {
    case Kind::file:
      return write_file(runs);
    case Kind::pipe:
      return write_pipe(runs);
    case Kind::other:
      return write_pieces(runs);
  }
}

void Output::write_file(const std::vector<iovec>& runs) {
  int error_number = 0;
  const std::size_t written = pipeline::write_runs(descriptor_, runs, 0, error_number);
  if (error_number == 0) return;
  if (written > 0) {
    // The runtime writes all of it again: what is there is taken back, if it is still the file's end.
    const off_t end = ::lseek(descriptor_, 0, SEEK_CUR);
    struct stat status {};
    const off_t begin = end - static_cast<off_t>(written);
    const bool back = ::fstat(descriptor_, &status) == 0 && status.st_size == end &&
                      ::ftruncate(descriptor_, begin) == 0 && ::lseek(descriptor_, begin, SEEK_SET) == begin;
    if (!back) fail(error_number, true);
  }
  fail(error_number, false);
}

void Output::write_pipe(const std::vector<iovec>& runs) {
  std::size_t all = 0;
  for (const iovec& run : runs)
    all += run.iov_len;
  for (std::size_t written = 0; written < all;) {
    int error_number = 0;
    written += pipeline::write_runs(descriptor_, runs, written, error_number);
    if (error_number == EAGAIN) {
      interrupt_.wait_writable(descriptor_);
    } else if (error_number != 0) {
      fail(error_number, written > 0);
    }
  }
}

void Output::write_pieces(const std::vector<iovec>& runs) {
  bool begun = false;
  for (const iovec& run : runs) {
    const char* bytes = static_cast<const char*>(run.iov_base);
    for (std::size_t left = run.iov_len; left > 0;) {
      interrupt_.wait_writable(descriptor_);
      const ssize_t written = ::write(descriptor_, bytes, std::min<std::size_t>(left, PIPE_BUF));
      if (written < 0) {
        if (errno == EINTR || errno == EAGAIN) continue;
        fail(errno, begun);
      }
      begun = true;
      bytes += written;
      left -= static_cast<std::size_t>(written);
    }
  }
}

/// `begun`: some of it is out and cannot be taken back, so writing it again would repeat that.
void Output::fail(int error_number, bool begun) const {
  if (error_number == EPIPE) throw pipeline::Closed(name_);
  if (begun) {
    throw pipeline::Fatal({"write to", name_, std::generic_category().message(error_number),
                           "some records were written in part; run it again when this is mended"});
  }
  pipeline::throw_file_error(error_number, "write to", name_);
}

}  // namespace hiveframe::connectors::stdio
