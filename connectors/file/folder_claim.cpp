#include "connectors/file/folder_claim.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

constexpr int tries = 1000;
constexpr std::chrono::milliseconds between_tries{1};

}  // namespace

FolderClaim::FolderClaim(const std::string& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) pipeline::throw_file_error(errno, "write part files into", folder);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
    // The clock of the times in inodes: the finer one may be ahead of the time of a file that is made later.
    std::timespec now{};
    if (::clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0) alone_at_ = now;
  }
  // Nothing of ours is there yet, so it does no harm that others may come in between. They hold the folder
  // alone for a moment, as this run has just done.
  for (int i = 0; ::flock(descriptor_, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++i) {
    if (i == tries) {
      ::close(descriptor_);
      throw pipeline::Fatal({"write part files into", folder, "another program has locked the folder",
                             "find out which one (lslocks shows it), or name another folder"});
    }
    std::this_thread::sleep_for(between_tries);
  }
}

FolderClaim::~FolderClaim() { ::close(descriptor_); }

}  // namespace hiveframe::connectors::file
