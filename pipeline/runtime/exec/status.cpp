#include "pipeline/runtime/exec/status.hpp"

#include <algorithm>

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

std::string_view shown_position(std::string_view position) noexcept {
  constexpr std::size_t longest = 64;
  return position.substr(0, std::min(position.find('\n'), longest));
}

}  // namespace hiveframe::runtime
