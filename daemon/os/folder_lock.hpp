#pragma once

#include <filesystem>

namespace hiveframe::daemon {

/// Keeps a second daemon away from a state folder, which is made if it is missing: flock(2) on a file in it
/// that holds its owner's process id as text. The kernel gives the lock up with the process, however it ends.
class FolderLock {
 public:
  /// Throws std::runtime_error with one line that says who holds it, or why it cannot be had.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace hiveframe::daemon
