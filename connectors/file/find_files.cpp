#include "connectors/file/find_files.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <utility>

#include "connectors/file/glob.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::Fatal;
using pipeline::throw_file_error;

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw_file_error(errno, "read", path);
}

/// Of a path that status_of() found nothing at.
[[noreturn]] void throw_missing(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
    throw Fatal({"read", path, "it is a symbolic link to nothing", "correct the link, or the path"});
  }
  for (std::string above = path; above.find('/') != std::string::npos;) {
    above.resize(above.rfind('/'));
    const std::optional<struct stat> part = status_of(above);
    if (part && !S_ISDIR(part->st_mode)) {
      throw Fatal({"read", path, above + " is not a folder", "correct the path"});
    }
  }
  throw_file_error(ENOENT, "read", path);
}

void list_folder(const std::string& folder, bool recursive, std::vector<std::string>& files) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), &::closedir);
  if (!listing) throw_file_error(errno, "list the folder", folder);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] == '.') continue;
    const std::string path = (folder.ends_with('/') ? folder : folder + '/') + entry->d_name;
    const std::optional<struct stat> status = status_of(path);
    if (!status) continue;  // deleted since, or a symbolic link that leads nowhere
    if (S_ISREG(status->st_mode)) files.push_back(path);
    if (!recursive || !S_ISDIR(status->st_mode)) continue;
    struct stat link {};
    if (::lstat(path.c_str(), &link) == 0 && !S_ISLNK(link.st_mode)) list_folder(path, recursive, files);
  }
  if (errno != 0) throw_file_error(errno, "list the folder", folder);
}

}  // namespace

std::vector<std::string> find_files(const std::string& path, bool recursive) {
  std::vector<std::string> files;
  const std::optional<struct stat> status = status_of(path);
  if (!status && !is_glob(path)) throw_missing(path);

  if (status && S_ISDIR(status->st_mode)) {
    list_folder(path, recursive, files);
    if (files.empty()) {
      throw Fatal({"read", path, "there are no files in this folder",
                   recursive
                       ? "put files there, or correct the path"
                       : "put files there, correct the path, or set 'recursive: true' for its subfolders"});
    }
  } else if (status) {
    if (!S_ISREG(status->st_mode) && !S_ISFIFO(status->st_mode)) {
      throw Fatal(
          {"read", path, "it is neither a file, a folder nor a FIFO", "name one of these, or use stdin"});
    }
    files.push_back(path);
  } else {
    for (std::string& match : paths_matching(path)) {
      const std::optional<struct stat> matched = status_of(match);
      if (!matched) continue;
      if (S_ISDIR(matched->st_mode) && recursive) list_folder(match, true, files);
      if (S_ISREG(matched->st_mode)) files.push_back(std::move(match));
    }
    if (files.empty())
      throw Fatal({"read", path, "no file matches this pattern", "correct it, or put files there"});
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace hiveframe::connectors::file
