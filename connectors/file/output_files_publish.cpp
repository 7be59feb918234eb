// Of OutputFiles: giving hidden files their names.
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/file/abandoned_parts.hpp"
#include "connectors/file/folder.hpp"
#include "connectors/file/output_files.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/file_names.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;
using pipeline::throw_file_error;

enum class Existing { replace, keep };

/// False: there is a file of that name, which is to be kept.
bool give_name(const std::string& from, const std::string& to, Existing existing) {
  if (existing == Existing::replace) {
    if (::rename(from.c_str(), to.c_str()) != 0) throw_file_error(errno, "rename " + from + " to", to);
    return true;
  }
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) throw_file_error(errno, "rename " + from + " to", to);
  // A file system that cannot do it at once (NFS): link() does not replace either.
  if (::link(from.c_str(), to.c_str()) != 0) {
    if (errno == EEXIST) return false;
    throw_file_error(errno, "rename " + from + " to", to);
  }
  if (::unlink(from.c_str()) != 0) throw_file_error(errno, "remove", from);
  return true;
}

}  // namespace

bool OutputFiles::publish() {
  for (const auto& [path, file] : files_) {
    interrupt_.check();
    if (file->at_beginning()) finish_empty(*file);
    if (file->hidden() && !published_.contains(path)) publish(*file);
  }
  if (new_marks_) return false;
  if (settings_.mode == Mode::overwrite && !settings_.output->is_file()) {
    for (const std::string& root : roots_)
      remove_older_parts(root, settings_.partition_by.size());
  }
  for (const std::string& folder : changed_folders_)
    sync_folder(folder);
  changed_folders_.clear();
  return true;
}

/// A file of no records has its header all the same, and not even an empty file is right for gzip without a
/// member.
void OutputFiles::finish_empty(OutputFile& file) {
  std::string_view all = settings_.format->preamble;
  if (packed_ && (file.length() == 0 || !all.empty())) all = compressor_.compress(all);
  if (all.empty()) return;
  use(file);
  file.append({{const_cast<char*>(all.data()), all.size()}});
  file.sync();
  file.settle();
}

void OutputFiles::publish(OutputFile& file) {
  const std::string to = file.shown_path();
  const std::optional<FileState> shown = state_of(to);
  if (shown && shown->id == file.id()) {
    // link() had worked before a crash.
    pipeline::remove_file(file.path());
  } else if (settings_.mode == Mode::overwrite) {
    check_still_there(file, shown ? std::optional(shown->mode) : std::nullopt);
    give_name(file.path(), to, Existing::replace);
  } else {
    check_still_there(file, std::nullopt);
    if (!give_name(file.path(), to, Existing::keep)) {
      if (settings_.mode == Mode::error) {
        throw Fatal({"write to", to, "it exists by now, and the mode is 'error'",
                     "move it away and run again: the finished output waits beside it"});
      }
      // Stored before it is given: a later run must find the file by it.
      file.set_new_name(part_name(next_part_number(folder_of_path(to)), part_ending_));
      set_mark(file);
      return;
    }
  }
  published_.insert(to);
  published_.insert(file.final_path());
  changed_folders_.insert(folder_of_path(to));
}

/// Readers must not get what somebody put under the hidden name, nor more rights than to the file that is
/// replaced, if those were changed since ours was begun.
void OutputFiles::check_still_there(const OutputFile& file, std::optional<std::uint32_t> permissions) const {
  const std::optional<FileState> there = state_of(file.path());
  if (!there || there->id != file.id()) {
    throw Fatal({"rename", file.path(),
                 there ? "another file stands there now, and what this pipeline wrote is gone"
                       : "it was removed, and what this pipeline wrote is gone",
                 "find out who did that; then run with --from-start"});
  }
  constexpr std::uint32_t bits = 07777;
  if (permissions && (*permissions & bits) != (there->mode & bits) &&
      ::chmod(file.path().c_str(), *permissions & bits) != 0) {
    throw_file_error(errno, "set the permissions of", file.path());
  }
}

void OutputFiles::remove_older_parts(const std::string& folder, std::size_t levels) {
  interrupt_.check();
  // All of ours have their names by now.
  if (const auto alone = claim_->alone_in(folder)) {
    const auto is_ours = [](const std::string&) { return false; };
    if (remove_abandoned_parts(folder, Abandoned::any, *alone, is_ours)) changed_folders_.insert(folder);
  }
  for (const std::string& name : names_in(folder)) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      if (levels == 0 || name.find('=') == std::string::npos) continue;
      remove_older_parts(path, levels - 1);
      if (::rmdir(path.c_str()) == 0) {  // nothing was left in it
        changed_folders_.erase(path);
        changed_folders_.insert(folder);
      }
    } else if (is_part_name(name) && !published_.contains(path)) {
      pipeline::remove_file(path);
      changed_folders_.insert(folder);
    }
  }
}

}  // namespace hiveframe::connectors::file
