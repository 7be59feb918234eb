#include "connectors/file/output_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "connectors/file/hidden_name.hpp"
#include "connectors/file/whole_records.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;
using pipeline::throw_file_error;

// O_NONBLOCK: a FIFO put there meanwhile fails instead of waiting for a reader.
constexpr int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr mode_t permissions = 0666;  // less the umask

}  // namespace

void OutputFile::check_type(const std::string& path, std::uint32_t mode) {
  if (S_ISREG(mode)) return;
  if (S_ISDIR(mode)) {
    throw Fatal({"write to", path, "it is a folder",
                 "name a file in it, or end the path with '/' to write part files into the folder"});
  }
  throw Fatal({"write to", path, S_ISFIFO(mode) ? "it is a FIFO" : "it is a device or socket",
               "name a regular file; 'stdout' writes to pipes, 'discard' throws away"});
}

OutputFile::OutputFile(std::string final_path, OutputMark::Place place, std::string_view delimiter)
    : gathered(delimiter),
      delimiter_(delimiter),
      final_path_(std::move(final_path)),
      place_(place),
      path_(place == OutputMark::Place::hidden ? hidden_path(final_path_) : final_path_) {}

OutputFile::~OutputFile() { close(); }

bool OutputFile::begin(bool exclusive) {
  if (const std::optional<FileState> there = state_of(path_)) check_type(path_, there->mode);
  descriptor_ = ::open(path_.c_str(), flags | O_CREAT | O_EXCL, permissions);
  created_ = descriptor_ >= 0;
  if (!created_) {
    if (errno == EEXIST && exclusive) return false;
    // Not O_EXCL: that would refuse to follow a symbolic link to where no file is yet.
    if (errno == EEXIST) descriptor_ = ::open(path_.c_str(), flags | O_CREAT, permissions);
    if (descriptor_ < 0) throw_file_error(errno, "write to", path_);
  }
  const bool locked = lock();
  if (!locked && !exclusive) throw_locked();
  const FileState state = state_of(descriptor_, path_);
  check_type(path_, state.mode);
  if (exclusive) {
    // Another run may have taken it for abandoned before it was locked.
    const std::optional<FileState> there = state_of(path_);
    if (!locked || !there || there->id != state.id) {
      close();
      return false;
    }
  }
  id_ = state.id;
  length_ = hidden() ? 0 : state.size;
  settled_length_ = length_;
  if (hidden() && state.size > 0) {
    torn_ = true;
    cut();
  }
  return true;
}

bool OutputFile::resume(const OutputMark& mark, Compression compression) {
  const std::optional<FileState> there = state_of(path_);
  if (!there || there->id != mark.id || there->size < mark.length) return false;
  id_ = mark.id;
  length_ = mark.length;
  settled_length_ = length_;
  if (mark.half_line) begins_in_half_line();
  open_descriptor();
  if (!mark.comes_again) {
    length_ = end_of_whole_records(path_, length_, compression, delimiter_);
    unsynced_ = length_ > settled_length_;
  }
  if (there->size > length_) {
    torn_ = true;
    cut();
  }
  return true;
}

void OutputFile::open_descriptor() {
  if (descriptor_ >= 0) return;
  descriptor_ = ::open(path_.c_str(), flags);
  if (descriptor_ < 0) throw_file_error(errno, "write to", path_);
  if (state_of(descriptor_, path_).id != id_) {
    close();
    throw Fatal({"go on writing to", path_, "another file stands there now",
                 "find out who replaced it while this pipeline was writing to it; then run it again"});
  }
  if (!lock()) throw_locked();
}

// So that two pipelines never write to one file: each would cut off what the other wrote. It lasts as long as
// the file is open; file systems without locks do without.
bool OutputFile::lock() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

void OutputFile::throw_locked() {
  close();
  throw Fatal({"write to", path_, "another pipeline or program is writing to it",
               "give each its own file, or stop the other one"});
}

void OutputFile::append(const std::vector<iovec>& runs) {
  open_descriptor();
  cut();
  int error_number = 0;
  const std::size_t written = pipeline::write_runs(descriptor_, runs, 0, error_number);
  if (error_number != 0) {
    torn_ = torn_ || written > 0;
    cut_to(length_);
    throw_file_error(error_number, "write to", path_);
  }
  length_ += written;
  unsynced_ = true;
}

void OutputFile::cut_to(std::uint64_t length) noexcept {
  torn_ = torn_ || length < length_;
  length_ = length;
  if (torn_ && descriptor_ >= 0 && ::ftruncate(descriptor_, static_cast<off_t>(length_)) == 0) torn_ = false;
}

void OutputFile::cut() {
  if (!torn_) return;
  if (::ftruncate(descriptor_, static_cast<off_t>(length_)) != 0) throw_file_error(errno, "shorten", path_);
  torn_ = false;
}

void OutputFile::sync() {
  open_descriptor();
  cut();
  if (::fdatasync(descriptor_) != 0) throw_file_error(errno, "write to", path_);
  // What went into a file without a name is gone with it, so nobody is told that it is safe.
  struct stat status {};
  if (::fstat(descriptor_, &status) == 0 && status.st_nlink == 0) {
    throw Fatal({"go on writing to", path_,
                 "it was removed or replaced while this pipeline was writing to it",
                 "find out who did that; then run it again"});
  }
  unsynced_ = false;
}

void OutputFile::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void OutputFile::take_permissions(std::uint32_t mode) noexcept {
  if (descriptor_ >= 0) [[maybe_unused]]
    const int ignored = ::fchmod(descriptor_, static_cast<mode_t>(mode & 07777));
}

}  // namespace hiveframe::connectors::file
