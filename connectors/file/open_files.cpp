#include "connectors/file/open_files.hpp"

namespace hiveframe::connectors::file {

bool OpenFiles::wait_for_room() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return cancelled_ || open_ < at_most; });
  if (cancelled_) return false;
  ++open_;
  return true;
}

void OpenFiles::closed() noexcept {
  const std::lock_guard lock(mutex_);
  --open_;
  changed_.notify_all();
}

void OpenFiles::cancel() noexcept {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  interrupt_.raise();
  changed_.notify_all();
}

}  // namespace hiveframe::connectors::file
