// Of OutputFiles: giving hidden files their names.
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/file/folder.hpp"
#include "connectors/file/hidden_name.hpp"
#include "connectors/file/output_files.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

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

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_file_error(errno, "remove", path);
}

}  // namespace

void OutputFiles::publish() {
  for (const auto& [path, file] : files_) {
    if (packed_ && file->length() == 0) {
      // Not even an empty file is right for gzip without a member.
      use(*file);
      const std::string_view empty = compressor_.compress({});
      file->append({{const_cast<char*>(empty.data()), empty.size()}});
      file->sync();
    }
    if (file->hidden() && !published_.contains(path)) publish(*file);
  }
  if (settings_.mode == Mode::overwrite && !settings_.output->is_file()) {
    for (const std::string& root : roots_)
      remove_older_parts(root, settings_.partition_by.size());
  }
  for (const std::string& folder : changed_folders_)
    sync_folder(folder);
  changed_folders_.clear();
}

void OutputFiles::publish(OutputFile& file) {
  std::string to = file.final_path();
  const std::optional<FileState> shown = state_of(to);
  if (shown && shown->id == file.id()) {
    // link() had worked before a crash.
    remove_file(file.path());
  } else if (settings_.mode == Mode::overwrite) {
    if (shown) {
      use(file);
      file.take_permissions(shown->mode);
    }
    give_name(file.path(), to, Existing::replace);
  } else {
    while (!give_name(file.path(), to, Existing::keep)) {
      if (settings_.mode == Mode::error) {
        throw pipeline::Fatal({"write to", to, "it exists by now, and the mode is 'error'",
                               "move it away and run again: the finished output waits beside it"});
      }
      const std::string folder = folder_of_path(to);
      to = folder + "/" + part_name(next_part_number(folder), part_ending_);
    }
  }
  published_.insert(to);
  published_.insert(file.final_path());
  changed_folders_.insert(folder_of_path(to));
}

void OutputFiles::remove_older_parts(const std::string& folder, std::size_t levels) {
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
    } else if ((is_part_name(name) && !published_.contains(path)) || is_hidden_part_name(name)) {
      remove_file(path);
      changed_folders_.insert(folder);
    }
  }
}

}  // namespace hiveframe::connectors::file
