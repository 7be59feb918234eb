#include "pipeline/runtime/exec/callee.hpp"

#include <algorithm>

#include "config/units.hpp"

namespace hiveframe::runtime {

std::string Callee::unanswered(Clock::time_point since) const {
  const Asked& oldest = calls_.front();
  auto time =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - std::max(since, oldest.since));
  if (time >= std::chrono::seconds(1)) time = std::chrono::floor<std::chrono::seconds>(time);
  return name_ + " did not answer " + oldest.what + " for " + config::format_duration(time);
}

}  // namespace hiveframe::runtime
