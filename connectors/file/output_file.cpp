#include "connectors/file/output_file.hpp"

#include <cerrno>
#include <exception>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "connectors/file/folder.hpp"
#include "connectors/file/hidden_name.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {

using pipeline::Fatal;
using pipeline::throw_file_error;

void OutputFile::check_type(const std::string& path, std::uint32_t mode) {
  if (S_ISREG(mode)) return;
  if (S_ISDIR(mode)) {
    throw Fatal({"write to", path, "it is a folder",
                 "name a file in it, or end the path with '/' to write part files into the folder"});
  }
  throw Fatal({"write to", path, S_ISFIFO(mode) ? "it is a FIFO" : "it is a device or socket",
               "name a regular file; 'stdout' writes to pipes, 'discard' throws away"});
}

OutputFile::OutputFile(std::string final_path, OutputMark::Place place, const codec::Format& format,
                       const std::string& speaker)
    : gathered(format.delimiter),
      format_(format),
      speaker_(speaker),
      final_path_(std::move(final_path)),
      place_(place),
      path_(place == OutputMark::Place::hidden ? hidden_path(final_path_) : final_path_) {}

OutputFile::~OutputFile() { close(); }

std::string OutputFile::shown_path() const {
  return new_name_.empty() ? final_path_ : folder_of_path(final_path_) + "/" + new_name_;
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
  const FileState state = state_of(descriptor_, path_);
  // What went into a file without a name is gone with it, so nobody is told that it is safe.
  if (state.names == 0) {
    throw Fatal({"go on writing to", path_,
                 "it was removed or replaced while this pipeline was writing to it",
                 "find out who did that; then run it again"});
  }
  // A mark of our own bytes only would stand before the end of the last of them.
  if (!hidden() && state.size > length_) {
    if (!shared_)
      spdlog::warn("{}: {}: another program appends to it while this pipeline does", speaker_, path_);
    shared_ = true;
    length_ = state.size;
  }
  unsynced_ = false;
}

bool OutputFile::end_in_order(bool comes_again) noexcept {
  if (hidden()) return false;
  try {
    if (!settled()) {
      open_descriptor();
      cut();
      const bool alone = state_of(descriptor_, path_).size == length_;
      if (comes_again && alone) {
        cut_to(settled_length_);
        cut();
      } else {
        sync();
        settle();
      }
    }
  } catch (const std::exception&) {
    // As after a kill: the next run sees to it.
    return false;
  }
  closed_ = true;
  return true;
}

void OutputFile::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace hiveframe::connectors::file
