#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

/// What outsiders may see of a run: written on its strand, read by snapshot() from any thread, also when the
/// parts it tells of are gone. Owned by the run.
class StatusBoard {
 public:
  explicit StatusBoard(const RunContext& context);

  void set_state(State state);
  /// What is seen from now on is what is seen now: what was left behind may go on counting.
  void freeze();
  /// What hangs when the run ends; empty: it has returned. Seen also when frozen.
  void set_left_behind(std::string what);
  /// Why it failed; the first reason counts.
  void set_reason(std::string reason);
  /// Why records that are not delivered would be lost, or empty.
  void set_loses_because(std::string clause);
  void set_output_closed();
  void set_lanes(std::vector<LaneStatus> lanes);
  /// Positions are stored, as of now.
  void set_stored();
  /// One more lane, with the bytes it will bring if that is known.
  void add_expected(std::optional<std::uint64_t> bytes);
  /// The numbers that the i-th sink counts; the dead letters' sink is behind the others.
  [[nodiscard]] const std::shared_ptr<SinkNumbers>& numbers(std::size_t sink) const { return numbers_[sink]; }

  [[nodiscard]] Status snapshot() const;

 private:
  const RunContext& context_;
  std::vector<std::shared_ptr<SinkNumbers>> numbers_;
  const std::chrono::steady_clock::time_point started_;
  mutable std::mutex mutex_;  // guards what follows
  State state_ = State::starting;
  std::string reason_;
  std::string loses_because_;
  bool output_closed_ = false;
  std::optional<std::chrono::steady_clock::time_point> up_since_;
  std::optional<std::chrono::steady_clock::time_point> ended_;
  std::string left_behind_;
  std::optional<std::uint64_t> expected_bytes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> stored_;
  std::vector<LaneStatus> lanes_;
  std::optional<Status> frozen_;
};

}  // namespace hiveframe::runtime
