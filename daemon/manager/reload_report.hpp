#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"

namespace hiveframe::daemon {

/// What a reload did with one pipeline.
enum class ReloadAction {
  unchanged,    ///< not touched
  added,        ///< new, and up
  replaced,     ///< drained, and what the file says now is up
  removed,      ///< drained and gone
  rolled_back,  ///< what the file says now did not come up in time; what was there before is in force again
  failed,       ///< what the file says now is in force and did not come up in time: it is tried by its policy
};
std::string_view to_string(ReloadAction action) noexcept;

struct ReloadedPipeline {
  std::string name;
  ReloadAction action = ReloadAction::unchanged;
  std::string detail;  ///< why, and what else there is to know; may be empty
};

/// The answer to a reload.
struct ReloadReport {
  /// The new configuration was sound, and is in force but for what was rolled back. Otherwise nothing was
  /// touched.
  bool accepted = false;
  std::string refused_because;  ///< one line, where it was not
  /// The problems of the new configuration; null where it is not that.
  std::shared_ptr<const config::Diagnostics> diagnostics;
  std::vector<ReloadedPipeline> pipelines;  ///< by name
  /// Settings of the daemon file that changed and are in force only after a restart: "memory_limit".
  std::vector<std::string> needs_restart;
  std::chrono::system_clock::time_point time;  ///< when it was done
  std::chrono::milliseconds took{0};

  /// Accepted, and every pipeline has what its file says.
  [[nodiscard]] bool sound() const;
};

}  // namespace hiveframe::daemon
