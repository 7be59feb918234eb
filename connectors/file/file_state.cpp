#include "connectors/file/file_state.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "pipeline/errors.hpp"

namespace hiveframe::connectors::file {
namespace {

constexpr unsigned wanted = STATX_TYPE | STATX_MODE | STATX_INO | STATX_SIZE | STATX_NLINK | STATX_BTIME;

FileState from(const struct statx& status) {
  FileState state;
  state.id.device = makedev(status.stx_dev_major, status.stx_dev_minor);
  state.id.inode = status.stx_ino;
  if ((status.stx_mask & STATX_BTIME) != 0) {
    state.id.born_ns = status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
  }
  state.size = status.stx_size;
  state.mode = status.stx_mode;
  state.names = status.stx_nlink;
  return state;
}

}  // namespace

FileState state_of(int descriptor, const std::string& path) {
  struct statx status {};
  if (::statx(descriptor, "", AT_EMPTY_PATH, wanted, &status) != 0) {
    pipeline::throw_file_error(errno, "write to", path);
  }
  return from(status);
}

std::optional<FileState> state_of(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), 0, wanted, &status) == 0) return from(status);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  pipeline::throw_file_error(errno, "write to", path);
}

}  // namespace hiveframe::connectors::file
