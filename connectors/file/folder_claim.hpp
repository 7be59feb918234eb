#pragma once

#include <ctime>
#include <optional>
#include <string>

namespace hiveframe::connectors::file {

/// Says to other runs that one writes part files into a folder or below it, by a shared lock of the folder
/// that ends with the process: a later run can tell what a killed one left from what a live one has just
/// begun. Blocking, on the sink's thread.
class FolderClaim {
 public:
  /// The folder is there. Throws Retryable or Fatal.
  explicit FolderClaim(const std::string& folder);
  ~FolderClaim();
  FolderClaim(const FolderClaim&) = delete;
  FolderClaim& operator=(const FolderClaim&) = delete;

  /// When nobody else wrote there: what was begun before, and is not known to this run, is nobody's. Nothing
  /// if others did write, or the file system cannot tell. By the clock of files' times.
  [[nodiscard]] const std::optional<std::timespec>& alone_at() const noexcept { return alone_at_; }

 private:
  int descriptor_;
  std::optional<std::timespec> alone_at_;
};

}  // namespace hiveframe::connectors::file
