#pragma once

#include <ctime>
#include <optional>
#include <string>

#include "pipeline/interrupt.hpp"

namespace hiveframe::connectors::file {

/// Says to other runs, and to other sinks of this one, that one writes part files into a folder or below it,
/// by a shared lock of the folder that ends with the process: what a killed run left can be told from what a
/// live one has begun, of which not every part is open and locked. Blocking, on the sink's thread.
class FolderClaim {
 public:
  /// The folder is there; its path has no '/' at the end. Throws Retryable or Fatal, and Interrupted while it
  /// waits for another run that makes the same claim. `interrupt` outlives it.
  FolderClaim(std::string folder, const pipeline::Interrupt& interrupt);
  ~FolderClaim();
  FolderClaim(const FolderClaim&) = delete;
  FolderClaim& operator=(const FolderClaim&) = delete;

  /// When nobody else wrote there: what was begun before, and is not known to this run, is nobody's. Nothing
  /// if others did write, or the file system cannot tell. By the clock of files' times.
  [[nodiscard]] const std::optional<std::timespec>& alone_at() const noexcept { return alone_at_; }
  /// The same of a folder here or below, now: nobody else has claimed it, or a folder above it. Throws as the
  /// constructor.
  [[nodiscard]] std::optional<std::timespec> alone_in(const std::string& folder) const;

 private:
  void share() const;
  [[nodiscard]] bool nobody_else_at(const std::string& folder) const;

  std::string folder_;
  const pipeline::Interrupt& interrupt_;
  int descriptor_;
  std::optional<std::timespec> alone_at_;
};

}  // namespace hiveframe::connectors::file
