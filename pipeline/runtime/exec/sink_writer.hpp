#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "pipeline/runtime/exec/parcel.hpp"
#include "pipeline/runtime/exec/request.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/sink_gate.hpp"
#include "pipeline/runtime/exec/waiting_line.hpp"
#include "pipeline/runtime/flow/batcher.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// What a writer needs to know of lanes, and whom it gives the records that the sink refuses. Filled by the
/// run before anything is written.
struct LaneDirectory {
  PositionOf position_of;
  std::function<std::string(std::size_t lane)> id_of;
  /// Takes over the duty for a refused record. With a transactional sink it returns when that is done, for
  /// the position will be stored beyond the record next. False: the record stays undone.
  std::function<pipeline::Task<bool>(SinkRefusal)> refused;
};

/// Writes parcels in the order they come, one request at a time: gathers, cuts, tries again, and halves
/// what was refused as a whole until the bad records are known. Owned by an Outlet. On the strand.
class SinkWriter {
 public:
  /// `number`: which of its gate's writers it is. `whole_batches`: see SinkTraits.
  SinkWriter(RunContext& context, const SinkSpec& spec, SinkGate& gate, const LaneDirectory& lanes,
             BatchLimits limits, bool whole_batches, std::size_t number);

  /// Writes until it is drained, or nothing more is to be written. `done` is called last.
  pipeline::Task<void> run(std::function<void()> done);
  /// Waits for room, then queues. False when it will not be written any more.
  pipeline::Task<bool> push(Parcel parcel);
  /// No parcel will come any more.
  void drain();
  /// Looks again at what it waits for, as does everyone who pushes.
  void wake();
  /// The sink has answered a call, of this writer or of another.
  void gate_changed();
  /// What is gathered is written without waiting for more.
  void hurry();
  /// Something is queued or being written.
  [[nodiscard]] bool busy() const noexcept { return writing_ || !queue_.empty(); }

 private:
  enum class Outcome {
    written,  ///< all of it, or all but what was refused one by one
    refused,  ///< none of it, for its data
    dropped,  ///< it is not to be tried again
  };

  [[nodiscard]] bool over() const;
  pipeline::Task<void> write_all();
  pipeline::Task<Request> gather();
  bool take_front(Batcher& batcher, Request& request);
  void pop_front();
  [[nodiscard]] std::size_t fitting(const Batcher& batcher, const record::Slice& slice) const;
  pipeline::Task<void> write(Request request);
  pipeline::Task<Outcome> attempt(Request& request, record::DataError& why);
  pipeline::Task<void> refuse(const Request& request, std::vector<pipeline::Rejection> rejections);
  pipeline::Task<void> refuse_one(Request& request, record::DataError why);
  pipeline::Task<void> bisect(const Request& request);
  pipeline::Task<void> pause(TimedSignal::Clock::time_point until);

  RunContext& context_;
  const SinkSpec& spec_;
  SinkGate& gate_;
  const LaneDirectory& lanes_;
  BatchLimits limits_;
  const bool whole_batches_;
  const std::size_t number_;
  std::deque<Parcel> queue_;
  WaitingLine room_;  // for whoever pushes
  TimedSignal work_;  // for run()
  bool draining_ = false;
  bool hurrying_ = false;
  bool writing_ = false;  // or gathering
};

}  // namespace hiveframe::runtime
