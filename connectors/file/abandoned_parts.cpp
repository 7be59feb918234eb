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
void remove_if_abandoned(int descriptor, const std::string& path, const std::timespec& alone_at) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return;
  struct stat opened {};
  struct stat there {};
  if (::fstat(descriptor, &opened) != 0 || !S_ISREG(opened.st_mode) || opened.st_size > 0) return;
  if (!is_before(opened.st_mtim, alone_at)) return;
  if (::lstat(path.c_str(), &there) != 0) return;
  const bool same = there.st_dev == opened.st_dev && there.st_ino == opened.st_ino;
  // One that cannot be removed is passed over like those of others: it is in nobody's way.
  if (same) ::unlink(path.c_str());
}

}  // namespace

void remove_abandoned_parts(const std::string& folder, const std::timespec& alone_at,
                            const std::function<bool(const std::string& final_path)>& is_ours) {
  for (const std::string& name : names_in(folder)) {
    if (!is_hidden_part_name(name)) continue;
    if (is_ours(folder + "/" + std::string(*without_hiding(name)))) continue;
    const std::string path = folder + "/" + name;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (descriptor < 0) continue;  // gone, or another user's
    remove_if_abandoned(descriptor, path, alone_at);
    ::close(descriptor);
  }
}

}  // namespace hiveframe::connectors::file
