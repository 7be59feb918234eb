#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hiveframe::connectors::file {

/// Which file on disk: an inode number may be given to a new file when the old one is gone, so the time of
/// its birth (0 where the file system does not keep one) belongs to it.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t born_ns = 0;  ///< since 1970

  bool operator==(const FileId&) const = default;
};

/// A file that is there.
struct FileState {
  FileId id;
  std::uint64_t size = 0;
  std::uint32_t mode = 0;   ///< type and permissions
  std::uint32_t names = 0;  ///< 0: it was removed, and goes when it is closed
};

/// Of an open file. Throws Retryable or Fatal, which name `path`.
FileState state_of(int descriptor, const std::string& path);
/// Nothing if there is no such file. Follows symbolic links. Throws Retryable or Fatal.
std::optional<FileState> state_of(const std::string& path);

}  // namespace hiveframe::connectors::file
