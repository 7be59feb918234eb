#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/callee.hpp"
#include "pipeline/runtime/exec/connector_report.hpp"
#include "pipeline/runtime/exec/marks.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/sink_gate.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/exec/sink_writer.hpp"
#include "pipeline/runtime/state/state_store.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::runtime {

/// The way to one sink: owns it, its writers and its flushes. Each writer has one request under way at a
/// time, and writers run side by side. A lane's parcels always take the same one, so its order is kept;
/// where the pipeline needs no order they take whichever is free.
/// On the strand.
class Outlet {
 public:
  Outlet(RunContext& context, const SinkSpec& spec, std::shared_ptr<SinkNumbers> numbers);

  /// Brings the sink up, trying again until it works. False if the run was ended meanwhile.
  pipeline::Task<bool> open(std::map<std::string, std::string> stored_marks, Phase phase);
  /// Starts the writers. `lanes` outlives the outlet.
  void start(const LaneDirectory& lanes);
  /// Of a transactional sink: takes the lane over and says where it goes on. False as open().
  pipeline::Task<bool> take_over(const std::string& lane, std::optional<pipeline::Position>& position);
  /// Of a transactional sink: where the lane's newest commit of this run stands, and that the lane has ended.
  [[nodiscard]] std::optional<pipeline::Position> committed(std::size_t lane) {
    return gate_.deferred().committed(lane);
  }
  void forget(std::size_t lane) { gate_.deferred().forget(lane); }
  /// Waits for room, then queues. False when it will not be written: the run is being ended.
  pipeline::Task<bool> push(Parcel parcel);
  /// Has the sink make durable what it took, if it keeps acks; returns when that was tried.
  pipeline::Task<void> flush();
  /// The same, later, without waiting: as soon as the sink has taken something.
  void request_flush();
  /// The same, and nothing is kept back meanwhile to be written with what may follow.
  void hurry();
  /// A flush was asked for, can be made, and has not been tried yet.
  [[nodiscard]] bool flush_pending() const noexcept {
    return (flush_wanted_ && gate_.unflushed()) || flushing_;
  }
  /// No parcel will come any more: returns when all are written and flushed, or dropped.
  pipeline::Task<void> drain();
  /// Publishes. False if the run was ended meanwhile.
  pipeline::Task<bool> complete();
  /// Begins to close the sink, unless that has begun, or a call of it is under way: `closed` is called when
  /// it is done.
  void begin_closing(std::function<void()> closed);
  /// begin_closing() has begun, and is not done.
  [[nodiscard]] bool closing() const noexcept { return closing_begun_ && !closed_; }
  /// Why closing failed, if it did.
  [[nodiscard]] const std::optional<std::string>& close_failure() const noexcept { return close_failure_; }
  /// Has the sink's pending calls return: the run is being aborted.
  void abort();
  /// Looks again at what the run wants: it drains or aborts.
  void wake();

  [[nodiscard]] const pipeline::SinkTraits& traits() const noexcept { return traits_; }
  [[nodiscard]] const SinkSpec& spec() const noexcept { return spec_; }
  [[nodiscard]] const std::shared_ptr<SinkNumbers>& numbers() const noexcept { return gate_.numbers(); }
  [[nodiscard]] Marks& marks() noexcept { return marks_; }
  [[nodiscard]] std::string identity() const { return sink_->identity(); }
  [[nodiscard]] const Callee& callee() const noexcept { return callee_; }
  [[nodiscard]] bool transactional() const noexcept { return gate_.transactional(); }

 private:
  pipeline::Task<void> flush_loop();
  pipeline::Task<void> pause_flushing(TimedSignal::Clock::time_point until);
  pipeline::Task<void> close(std::function<void()> closed);
  void gate_changed();
  [[nodiscard]] SinkWriter& writer_for(std::size_t lane);
  [[nodiscard]] bool drained() const noexcept;

  RunContext& context_;
  const SinkSpec& spec_;
  ConnectorReport report_;  // the sink calls it until it is destroyed
  std::unique_ptr<pipeline::Sink> sink_;
  Callee callee_;
  pipeline::SinkTraits traits_;
  Marks marks_;
  SinkGate gate_;
  // Each has a component of its own for health, as writes and flushes have: trouble ends where it began.
  RetryLoop opening_;
  RetryLoop taking_over_;
  RetryLoop completing_;
  std::vector<std::unique_ptr<SinkWriter>> writers_;
  std::size_t writers_running_ = 0;
  std::size_t next_writer_ = 0;  // in turn, when none is free and no order is kept
  Signal changed_;               // a flush was tried, a loop ended
  TimedSignal flush_timer_;      // for the flush loop
  bool flush_wanted_ = false;
  bool flushing_ = false;
  bool flush_loop_runs_ = false;
  std::uint64_t flushes_tried_ = 0;
  bool draining_ = false;
  bool closing_begun_ = false;
  bool closed_ = false;
  std::optional<std::string> close_failure_;
};

}  // namespace hiveframe::runtime
