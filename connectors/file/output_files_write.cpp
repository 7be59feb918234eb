// Of OutputFiles: writing, and making it durable.
#include <utility>

#include "connectors/file/folder.hpp"
#include "connectors/file/output_files.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {

void OutputFiles::write() {
  if (packed_) {
    collect_pending();
  } else {
    write_gathered();
  }
}

void OutputFiles::write_gathered() {
  std::vector<std::pair<OutputFile*, std::uint64_t>> before;
  before.reserve(taken_.size());
  try {
    for (OutputFile* file : taken_) {
      interrupt_.check();
      use(*file);
      before.emplace_back(file, file->length());
      file->append(file->gathered.runs());
    }
  } catch (...) {
    // The runtime writes the whole request again, so nothing of it may stay.
    for (const auto& [file, length] : before)
      file->cut_to(length);
    throw;
  }
}

void OutputFiles::collect_pending() {
  for (OutputFile* file : taken_) {
    for (const iovec& run : file->gathered.runs())
      file->pending.append(static_cast<const char*>(run.iov_base), run.iov_len);
    pending_bytes_ += file->gathered.bytes();
  }
  // From here on the records are taken. What cannot be written now waits for the next request or flush, which
  // then fails before it has taken anything.
  try {
    if (pending_bytes_ >= pending_bytes_at_most) {
      write_all_pending();
    } else {
      for (OutputFile* file : taken_)
        if (file->pending.size() >= piece_bytes) write_pending(*file);
    }
  } catch (const pipeline::Retryable&) {
  }
}

void OutputFiles::write_pending(OutputFile& file) {
  interrupt_.check();
  use(file);
  const std::string_view packed = compressor_.compress(file.pending);
  file.append({{const_cast<char*>(packed.data()), packed.size()}});
  pending_bytes_ -= file.pending.size();
  file.pending = std::string();
}

void OutputFiles::write_all_pending() {
  for (const auto& [path, file] : files_)
    if (!file->pending.empty()) write_pending(*file);
}

void OutputFiles::flush(bool& lost) {
  lost = false;
  write_all_pending();
  std::vector<OutputFile*> synced;
  try {
    for (const auto& [path, file] : files_) {
      if (!file->unsynced()) continue;
      interrupt_.check();
      use(*file);
      file->sync();
      synced.push_back(file.get());
    }
    for (const std::string& folder : changed_folders_)
      sync_folder(folder);
    changed_folders_.clear();
  } catch (const pipeline::Retryable&) {
    // After a failed fsync the system may have dropped what it could not write, and a second one would not
    // say so: only what was durable before is sure.
    lost = true;
    go_back();
    throw;
  }
  for (OutputFile* file : synced) {
    file->settle();
    marks_.set(file->final_path(), file->mark(comes_again_).serialize());
  }
}

void OutputFiles::go_back() noexcept {
  for (const auto& [path, file] : files_) {
    file->cut_to(file->settled_length());
    file->pending = std::string();
  }
  pending_bytes_ = 0;
}

}  // namespace hiveframe::connectors::file
