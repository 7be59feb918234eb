#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/report.hpp"

namespace hiveframe::runtime {

enum class State { starting, running, degraded, stopped, failed, finished };
std::string_view to_string(State state) noexcept;

/// A position for people: its first line, for what a source keeps behind that (a header) may be long.
std::string_view shown_position(std::string_view position) noexcept;
/// Whether the pipeline has ended in this state.
inline bool is_final(State state) noexcept {
  return state == State::stopped || state == State::failed || state == State::finished;
}

/// How values were spread. Static bounds, rising; of each how many values were at most that and above the one
/// before, and last those above all of them.
struct HistogramStatus {
  std::span<const double> bounds;
  std::vector<std::uint64_t> counts;
  double sum = 0;
};

/// What one sink of a pipeline has done; part of a Status.
struct SinkStatus {
  std::string name;
  std::string display;
  std::uint64_t written = 0;  ///< records it has taken; at the end of a run: that are durable in it
  std::uint64_t bytes = 0;    ///< of these, encoded
  std::uint64_t rejected = 0;
  std::uint64_t retries = 0;  ///< of its writes and flushes, see Status::retries
  std::uint64_t flushes = 0;
  std::uint64_t queued = 0;                      ///< parts of batches that wait for it
  std::chrono::nanoseconds busy{0};              ///< how long its writes and flushes were waited for
  HistogramStatus batches = {};                  ///< records in each write that it took
  HistogramStatus latencies = {};                ///< seconds from reading to being durable, of each record
  std::vector<pipeline::Measure> measures = {};  ///< what it tells of itself
};

/// Records that one stage, or one sink, found bad in the same way.
struct RejectedStatus {
  std::string stage;  ///< "decode", "transforms[0] filter", "sink"
  std::string error;  ///< a DataError's name: "syntax"
  std::uint64_t records = 0;
};

/// How far one lane of the source is; part of a Status.
struct LaneStatus {
  std::string id;
  std::string position;  ///< for people: where it stands durably
  bool ended = false;
};

/// What a pipeline is doing, at one moment: an immutable snapshot, taken from any thread.
///
/// A record counts once, however often its lane rewinds, and when the run has ended
///   read = filtered + rejected + written + abandoned + lost
/// with one sink; with several, `written` is each one's own, and of a batch that sinks lack records of as
/// many count as abandoned or lost as the sink lacks that lacks most.
///
/// A retry is an attempt that follows one that failed: trouble that ended after three failed attempts took
/// three retries, and what was given up after three attempts two.
struct Status {
  std::string name;
  State state = State::starting;
  std::string reason;  ///< why it is degraded or failed: one line that says what to do; else empty
  std::uint64_t read = 0;
  std::uint64_t read_bytes = 0;
  std::optional<std::uint64_t> expected_bytes;  ///< of the lanes known so far, where all of them say it
  std::uint64_t filtered = 0;
  std::uint64_t rejected = 0;  ///< bad records, wherever they were found
  std::vector<RejectedStatus> rejected_by;
  std::uint64_t dead_letters = 0;  ///< that are durable
  std::uint64_t retries = 0;
  std::uint64_t abandoned = 0;  ///< records that this run did not deliver and the next one reads again
  std::uint64_t lost = 0;       ///< records that were not delivered and are not read again
  /// Why what is under way would be lost if the run ended now, as a clause; empty: the next run reads it
  /// again.
  std::string loses_because;
  bool output_closed = false;  ///< it stopped because whoever read its output went away
  std::uint64_t repeated = 0;  ///< records delivered again within this run, after a rewind
  std::uint64_t rewinds = 0;
  std::uint64_t memory = 0;  ///< bytes of the budget it holds
  /// How long threads of the pool worked on its records, all together: decoding, transforms, encoding.
  std::chrono::nanoseconds transforming{0};
  std::chrono::steady_clock::time_point started;
  /// When everything was open and records could flow; nothing: it never came so far.
  std::optional<std::chrono::steady_clock::time_point> up_since;
  std::optional<std::chrono::steady_clock::time_point> ended;
  /// What did not return when the run ended, and has not returned since; empty: nothing.
  std::string left_behind;
  /// When positions were stored last; also if none had changed.
  std::optional<std::chrono::steady_clock::time_point> stored;
  /// When the oldest of those records was read that are on their way; nothing: all that was read is durable.
  std::optional<std::chrono::system_clock::time_point> oldest_in_flight;
  std::vector<SinkStatus> sinks;
  std::vector<pipeline::Measure> measures;  ///< what the source tells of itself
  std::vector<LaneStatus> lanes;            ///< at most the first hundred
};

}  // namespace hiveframe::runtime
