#include "connectors/file/folder.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/file/hidden_name.hpp"
#include "pipeline/errors.hpp"
#include "pipeline/file_names.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::throw_file_error;

constexpr std::string_view prefix = "part-";

std::optional<std::uint64_t> part_number(std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const auto digits = static_cast<std::size_t>(end - name.data());
  if (error != std::errc() || digits < 5 || digits == name.size() || *end != '.') return std::nullopt;
  return number;
}

}  // namespace

std::string folder_of_path(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

void make_folders(const std::string& path, std::set<std::string>& changed) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISDIR(status.st_mode)) {
      throw pipeline::Fatal({"make the folder", path, "there is a file of that name",
                             "move it away, or name another folder in the path"});
    }
    return;
  }
  if (errno != ENOENT) throw_file_error(errno, "make the folder", path);
  const std::string above = folder_of_path(path);
  if (above != path) make_folders(above, changed);
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) throw_file_error(errno, "make the folder", path);
  changed.insert(above);
}

void check_writable(const std::string& path) {
  // AT_EACCESS: what the process may do now, not the user that started it.
  if (::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    throw_file_error(errno, "write to the folder", path);
  }
}

void sync_folder(const std::string& path) {
  const int error_number = pipeline::sync_folder(path);
  if (error_number != 0 && error_number != EACCES)
    throw_file_error(error_number, "write to the folder", path);
}

std::string part_name(std::uint64_t number, const std::string& ending) {
  return fmt::format("{}{:05}{}", prefix, number, ending);
}

bool is_part_name(const std::string& name) { return part_number(name).has_value(); }

bool is_hidden_part_name(const std::string& name) {
  const std::optional<std::string_view> inner = without_hiding(name);
  return inner && part_number(*inner);
}

std::uint64_t next_part_number(const std::string& folder) {
  std::uint64_t next = 0;
  for (const std::string& name : names_in(folder)) {
    const std::string_view shown = without_hiding(name).value_or(name);
    if (const std::optional<std::uint64_t> number = part_number(shown)) next = std::max(next, *number + 1);
  }
  return next;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), &::closedir);
  if (!listing) {
    if (errno == ENOENT) return names;
    throw_file_error(errno, "list the folder", folder);
  }
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) throw_file_error(errno, "list the folder", folder);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace hiveframe::connectors::file
