#include "daemon/manager/recent_errors.hpp"

#include <utility>

namespace hiveframe::daemon {

void RecentErrors::add(std::string message, std::chrono::system_clock::time_point time) {
  if (!errors_.empty() && errors_.back().message == message) {
    errors_.back().time = time;
    ++errors_.back().times;
    return;
  }
  if (errors_.size() == last_errors_kept) errors_.erase(errors_.begin());
  errors_.push_back({time, std::move(message), 1});
}

}  // namespace hiveframe::daemon
