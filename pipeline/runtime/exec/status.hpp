#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hiveframe::runtime {

enum class State { starting, running, degraded, paused, stopped, failed, finished };
std::string_view to_string(State state) noexcept;
/// Whether the pipeline has ended in this state.
inline bool is_final(State state) noexcept {
  return state == State::stopped || state == State::failed || state == State::finished;
}

struct SinkStatus {
  std::string name;
  std::string display;
  std::uint64_t written = 0;  ///< records answered by the sink
  std::uint64_t bytes = 0;    ///< of these, encoded
  std::uint64_t rejected = 0;
  std::uint64_t retries = 0;
  std::uint64_t flushes = 0;
};

struct LaneStatus {
  std::string id;
  std::string position;  ///< for people: where it stands durably
  bool ended = false;
};

/// What a pipeline is doing, at one moment: an immutable snapshot, taken from any thread.
struct Status {
  std::string name;
  State state = State::starting;
  std::string reason;  ///< why it is degraded or failed: one line that says what to do; else empty
  std::uint64_t read = 0;
  std::uint64_t read_bytes = 0;
  std::optional<std::uint64_t> expected_bytes;  ///< of the lanes known so far, where all of them say it
  std::uint64_t filtered = 0;
  std::uint64_t rejected = 0;  ///< bad records, wherever they were found
  std::uint64_t dead_letters = 0;
  std::uint64_t retries = 0;
  std::uint64_t abandoned = 0;  ///< records given up in this run: they will be read again
  std::uint64_t repeated = 0;   ///< records delivered again within this run, after a rewind
  std::uint64_t rewinds = 0;
  std::uint64_t memory = 0;  ///< bytes of the budget it holds
  std::chrono::steady_clock::time_point started;
  std::optional<std::chrono::steady_clock::time_point> ended;
  std::vector<SinkStatus> sinks;
  std::vector<LaneStatus> lanes;  ///< at most the first hundred
};

}  // namespace hiveframe::runtime
