#include "connectors/file/folder_claim.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "connectors/file/folder.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

constexpr int tries = 1000;
constexpr std::chrono::milliseconds between_tries{1};

/// By the clock of the times in inodes: the finer one may be ahead of the time of a file that is made later.
std::optional<std::timespec> time_of_files() {
  std::timespec now{};
  if (::clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0) return std::nullopt;
  return now;
}

int open_folder(const std::string& folder) {
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

FolderClaim::FolderClaim(std::string folder, const pipeline::Interrupt& interrupt)
    : folder_(std::move(folder)), interrupt_(interrupt), descriptor_(open_folder(folder_)) {
  if (descriptor_ < 0) pipeline::throw_file_error(errno, "write part files into", folder_);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) alone_at_ = time_of_files();
  try {
    share();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

FolderClaim::~FolderClaim() { ::close(descriptor_); }

// Before the first part is begun and when all have their names, so it does no harm that others may come in
// between. They hold the folder alone for a moment, as this run has just done.
void FolderClaim::share() const {
  for (int i = 0; ::flock(descriptor_, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++i) {
    if (i == tries) {
      throw pipeline::Fatal({"write part files into", folder_, "another program has locked the folder",
                             "find out which one (lslocks shows it), or name another folder"});
    }
    interrupt_.sleep_until(std::chrono::steady_clock::now() + between_tries);
  }
}

std::optional<std::timespec> FolderClaim::alone_in(const std::string& folder) const {
  // First the time: who claims a folder later than it is looked at begins its parts later, too.
  const std::optional<std::timespec> now = time_of_files();
  for (std::string path = folder;; path = folder_of_path(path)) {
    if (!nobody_else_at(path)) return std::nullopt;
    if (path == "/") return now;
  }
}

bool FolderClaim::nobody_else_at(const std::string& folder) const {
  if (folder == folder_) {
    const bool alone = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    share();
    return alone;
  }
  const int descriptor = open_folder(folder);
  if (descriptor < 0) return errno == ENOENT || errno == EACCES;  // nobody can have claimed it like this
  const bool alone = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  ::close(descriptor);
  return alone;
}

}  // namespace hiveframe::connectors::file
