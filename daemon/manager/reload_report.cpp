#include "daemon/manager/reload_report.hpp"

#include <algorithm>

namespace hiveframe::daemon {

std::string_view to_string(ReloadAction action) noexcept {
  switch (action) {
    case ReloadAction::unchanged:
      return "unchanged";
    case ReloadAction::added:
      return "added";
    case ReloadAction::replaced:
      return "replaced";
    case ReloadAction::removed:
      return "removed";
    case ReloadAction::rolled_back:
      return "rolled_back";
    case ReloadAction::failed:
      return "failed";
  }
  return "unknown";
}

bool ReloadReport::sound() const {
  return accepted && std::none_of(pipelines.begin(), pipelines.end(), [](const ReloadedPipeline& each) {
           return each.action == ReloadAction::rolled_back || each.action == ReloadAction::failed;
         });
}

}  // namespace hiveframe::daemon
