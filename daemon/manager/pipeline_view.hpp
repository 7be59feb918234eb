#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/manager/pipeline_configuration.hpp"
#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::daemon {

/// What a configured pipeline is doing. It outlives its runs: between two of them it waits, or has ended.
enum class PipelineState {
  starting,     ///< a run opens its source and sinks
  running,      ///< records flow, or may
  degraded,     ///< waits for the world; the reason says for what
  draining,     ///< finishes what was read, and then pauses, stops, or starts again
  paused,       ///< drained, and holds until it is told to go on
  backing_off,  ///< failed, and is started again in a while
  finished,     ///< its source has ended and everything is durable
  failed,       ///< and is not started again by itself
  stopped,      ///< drained, and is not started again by itself
};
std::string_view to_string(PipelineState state) noexcept;
/// Whether somebody who asks if the service is ready need not worry: running, paused or finished.
bool is_ready(PipelineState state) noexcept;

/// Why a run of a pipeline failed, or did not start.
struct PipelineError {
  std::chrono::system_clock::time_point time;  ///< of the last one
  std::string message;                         ///< one line, without secrets
  std::uint64_t times = 1;                     ///< that it came in a row
};

/// A pipeline at one moment: an immutable snapshot.
struct PipelineView {
  std::string name;
  PipelineState state = PipelineState::stopped;
  std::string reason;  ///< of degraded, backing_off, failed, and where there is more to say; else empty
  std::chrono::system_clock::time_point since;  ///< when it was started, told to drain, or came to rest
  std::optional<std::chrono::system_clock::time_point> restarts_at;  ///< of backing_off
  std::uint64_t starts = 0;                                          ///< runs so far, with the current one
  std::uint64_t restarts = 0;              ///< of these, after a failure and by themselves
  std::uint64_t letters_replayed = 0;      ///< dead letters, since the daemon was started
  std::uint64_t letters_discarded = 0;     ///< the same
  std::vector<PipelineError> last_errors;  ///< oldest first, at most last_errors_kept
  /// Of the current run, or of the last one: its counters begin at 0 with each run. Nothing: there was none.
  /// A replay of dead letters is no run of this kind.
  std::optional<runtime::Status> status;
  /// What runs of it left behind and still hangs: "sink file:///mnt/x did not answer a write for 30s".
  std::vector<std::string> left_behind;
  /// In force: what the current run was made from, or the next one will be. Never null.
  std::shared_ptr<const PipelineConfiguration> configuration;
};
inline constexpr std::size_t last_errors_kept = 10;

}  // namespace hiveframe::daemon
