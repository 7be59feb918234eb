#include "connectors/file/abandoned_parts.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connectors/file/folder.hpp"
#include "connectors/file/hidden_name.hpp"

namespace hiveframe::connectors::file {
namespace {

bool is_before(const std::timespec& a, const std::timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/// Under the lock that whoever writes to the file holds (OutputFile): somebody may do so without a claim.
bool remove_if_abandoned(int descriptor, Abandoned which, const std::string& path,
                         const std::timespec& alone_at) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return false;
  struct stat opened {};
  struct stat there {};
  if (::fstat(descriptor, &opened) != 0 || !S_ISREG(opened.st_mode)) return false;
  if (which == Abandoned::empty && opened.st_size > 0) return false;
  if (!is_before(opened.st_mtim, alone_at)) return false;
  if (::lstat(path.c_str(), &there) != 0) return false;
  const bool same = there.st_dev == opened.st_dev && there.st_ino == opened.st_ino;
  // One that cannot be removed is passed over like those of others: it is in nobody's way.
  return same && ::unlink(path.c_str()) == 0;
}

}  // namespace

bool remove_abandoned_parts(const std::string& folder, Abandoned which, const std::timespec& alone_at,
                            const std::function<bool(const std::string& final_path)>& is_ours) {
  bool removed = false;
  for (const std::string& name : names_in(folder)) {
    if (!is_hidden_part_name(name)) continue;
    if (is_ours(folder + "/" + std::string(*without_hiding(name)))) continue;
    const std::string path = folder + "/" + name;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (descriptor < 0) continue;  // gone, or another user's
    removed = remove_if_abandoned(descriptor, which, path, alone_at) || removed;
    ::close(descriptor);
  }
  return removed;
}

}  // namespace hiveframe::connectors::file
