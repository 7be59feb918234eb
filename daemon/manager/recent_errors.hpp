#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/manager/pipeline_view.hpp"

namespace hiveframe::daemon {

/// The last errors of a pipeline: so many, and the same one in a row as one. One thread.
class RecentErrors {
 public:
  void add(std::string message, std::chrono::system_clock::time_point time);
  /// Oldest first.
  [[nodiscard]] const std::vector<PipelineError>& all() const { return errors_; }

 private:
  std::vector<PipelineError> errors_;
};

}  // namespace hiveframe::daemon
