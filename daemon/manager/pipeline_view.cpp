#include "daemon/manager/pipeline_view.hpp"

namespace hiveframe::daemon {

std::string_view to_string(PipelineState state) noexcept {
  switch (state) {
    case PipelineState::starting:
      return "starting";
    case PipelineState::running:
      return "running";
    case PipelineState::degraded:
      return "degraded";
    case PipelineState::draining:
      return "draining";
    case PipelineState::paused:
      return "paused";
    case PipelineState::backing_off:
      return "backing_off";
    case PipelineState::finished:
      return "finished";
    case PipelineState::failed:
      return "failed";
    case PipelineState::stopped:
      return "stopped";
  }
  return "unknown";
}

bool is_ready(PipelineState state) noexcept {
  return state == PipelineState::running || state == PipelineState::paused ||
         state == PipelineState::finished;
}

}  // namespace hiveframe::daemon
