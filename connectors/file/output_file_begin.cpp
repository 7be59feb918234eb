// Of OutputFile: beginning a file, and going on with one.
#include <cerrno>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/file/output_file.hpp"
#include "connectors/file/whole_records.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;
using pipeline::throw_file_error;

// O_NONBLOCK: a FIFO put there meanwhile fails instead of waiting for a reader.
constexpr int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr mode_t permissions = 0666;  // less the umask
constexpr mode_t permission_bits = 07777;

}  // namespace

void OutputFile::begin() {
  if (hidden()) {
    begin_hidden(false);
  } else {
    begin_in_place();
  }
}

bool OutputFile::begin_beside_others() { return begin_hidden(true); }

void OutputFile::begin_in_place() {
  if (const std::optional<FileState> there = state_of(path_)) check_type(path_, there->mode);
  descriptor_ = ::open(path_.c_str(), flags | O_CREAT | O_EXCL, permissions);
  created_ = descriptor_ >= 0;
  // O_EXCL refuses to follow a symbolic link to where no file is yet.
  if (!created_ && errno == EEXIST) descriptor_ = ::open(path_.c_str(), flags | O_CREAT, permissions);
  if (descriptor_ < 0) throw_file_error(errno, "write to", path_);
  if (!lock(descriptor_)) throw_locked();
  const FileState state = state_of(descriptor_, path_);
  check_type(path_, state.mode);
  id_ = state.id;
  length_ = state.size;
  settled_length_ = length_;
}

bool OutputFile::begin_hidden(bool beside_others) {
  // Readers may have more rights to a new file than they had to the one that it replaces.
  const std::optional<FileState> shown = state_of(final_path_);
  const mode_t mode = shown ? shown->mode & permission_bits : permissions;
  // Kept open meanwhile, so that the new file cannot get the inode of one that another run has marks of.
  std::vector<int> removed;
  const auto close_removed = [&removed] {
    for (const int descriptor : removed)
      ::close(descriptor);
  };
  try {
    while ((descriptor_ = ::open(path_.c_str(), flags | O_CREAT | O_EXCL, mode & ACCESSPERMS)) < 0) {
      if (errno != EEXIST) throw_file_error(errno, "write to", path_);
      if (beside_others) return false;
      remove_unknown(removed);
    }
  } catch (...) {
    close_removed();
    throw;
  }
  close_removed();
  created_ = true;
  const bool locked = lock(descriptor_);
  const FileState state = state_of(descriptor_, path_);
  // Another run may have taken it for abandoned before it was locked.
  const std::optional<FileState> there = state_of(path_);
  if (!locked || !there || there->id != state.id) {
    if (!beside_others) throw_locked();
    close();
    return false;
  }
  if (shown && (state.mode & permission_bits) != mode && ::fchmod(descriptor_, mode) != 0) {
    throw_file_error(errno, "set the permissions of", path_);
  }
  id_ = state.id;
  return true;
}

/// Of a run whose marks this one does not have. It is not taken over: that run must be able to tell.
void OutputFile::remove_unknown(std::vector<int>& removed) {
  const std::optional<FileState> there = state_of(path_);
  if (there) check_type(path_, there->mode);
  const int old = ::open(path_.c_str(), flags | O_NOFOLLOW);
  if (old < 0) {
    if (errno == ENOENT) return;
    if (errno != ELOOP) throw_file_error(errno, "write to", path_);
  } else {
    removed.push_back(old);
    if (!lock(old)) throw_locked();
    if (!there || state_of(old, path_).id != there->id) return;
    if (there->size > 0) {
      spdlog::warn("{}: {}: removed, with {} bytes that another run had written and not shown", speaker_,
                   path_, there->size);
    }
  }
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) throw_file_error(errno, "remove", path_);
}

bool OutputFile::resume(const OutputMark& mark, Compression compression, Earlier earlier,
                        const pipeline::Interrupt& interrupt) {
  const std::optional<FileState> there = state_of(path_);
  if (!there || there->id != mark.id) return false;
  id_ = mark.id;
  new_name_ = mark.new_name;
  open_descriptor();
  const std::uint64_t size = state_of(descriptor_, path_).size;
  if (size < mark.length) {
    close();
    return false;
  }
  const bool others = !hidden() && size > mark.length && (mark.closed || earlier == Earlier::was_complete);
  length_ = others ? size : mark.length;
  settled_length_ = length_;
  if (others) {
    if (earlier != Earlier::was_complete &&
        ends_in_half_line(path_, compression, length_, format_.delimiter, interrupt)) {
      begins_in_half_line();
    }
    return true;
  }
  if (mark.half_line) begins_in_half_line();
  if (!mark.comes_again && !mark.closed) {
    length_ = end_of_whole_records(path_, length_, compression, format_, interrupt);
    unsynced_ = length_ > settled_length_;
  }
  if (size > length_) {
    spdlog::info("{}: {}: cut off {} bytes that an earlier run wrote last and did not come to store{}",
                 speaker_, path_, size - length_, mark.comes_again ? "; their records come again" : "");
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
  if (!lock(descriptor_)) throw_locked();
}

// So that two pipelines never write to one file: each would cut off what the other wrote. It lasts as long as
// the file is open; file systems without locks do without.
bool OutputFile::lock(int descriptor) {
  return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void OutputFile::throw_locked() {
  close();
  throw Fatal({"write to", path_, "another pipeline or program is writing to it",
               "give each its own file, or stop the other one"});
}

}  // namespace hiveframe::connectors::file
