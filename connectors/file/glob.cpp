#include "connectors/file/glob.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fnmatch.h>
#include <memory>
#include <utility>

#include "connectors/file/folder.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

using pipeline::throw_file_error;

/// A part without a pattern: what its backslashes stand before is itself.
std::string unescaped(const std::string& part) {
  std::string plain;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '\\' && i + 1 < part.size()) ++i;
    plain += part[i];
  }
  return plain;
}

/// `must_be_there`: whether it is an error that it is not.
void match_names(const std::string& folder, bool must_be_there, const std::string& pattern,
                 std::vector<std::string>& found) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), &::closedir);
  if (!listing) {
    if (errno == ENOTDIR || (errno == ENOENT && !must_be_there)) return;
    throw_file_error(errno, "list the folder", without_slash(folder));
  }
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) break;
    if (::fnmatch(pattern.c_str(), entry->d_name, FNM_PERIOD) == 0) found.push_back(folder + entry->d_name);
  }
  if (errno != 0) throw_file_error(errno, "list the folder", without_slash(folder));
}

}  // namespace

bool is_glob(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> paths_matching(const std::string& pattern) {
  std::vector<std::string> found{""};
  bool matched = false;
  for (std::size_t begin = 0; begin < pattern.size();) {
    const std::size_t slash = std::min(pattern.find('/', begin), pattern.size());
    const std::string part = pattern.substr(begin, slash - begin);
    const std::size_t next = std::min(pattern.find_first_not_of('/', slash), pattern.size());
    if (is_glob(part)) {
      std::vector<std::string> longer;
      for (const std::string& folder : found)
        match_names(folder, !matched, part, longer);
      found = std::move(longer);
      matched = true;
    } else {
      for (std::string& path : found)
        path += unescaped(part);
    }
    if (slash < pattern.size()) {
      for (std::string& path : found)
        path += '/';
    }
    begin = next;
  }
  return found;
}

}  // namespace hiveframe::connectors::file
