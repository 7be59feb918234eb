#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

std::string_view to_string(State state) noexcept {
  switch (state) {
    case State::starting:
      return "starting";
    case State::running:
      return "running";
    case State::degraded:
      return "degraded";
    case State::stopped:
      return "stopped";
    case State::failed:
      return "failed";
    case State::finished:
      return "finished";
  }
  return "unknown";
}

}  // namespace hiveframe::runtime
