// The lock that keeps a second process away from a pipeline's state.
#pragma once

#include <filesystem>
#include <string>

#include "pipeline/runtime/state/state_store.hpp"

namespace hiveframe::runtime {

/// flock(2) on a file that holds its owner's process id as text. The kernel gives the lock up with the
/// process, however it ends. Throws Fatal naming the holder when another has it.
class StateStore::Lock {
 public:
  Lock(std::filesystem::path path, const std::string& pipeline);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  /// Removes the lock file while the lock is still held.
  void remove_file();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace hiveframe::runtime
