#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/record/slice.hpp"
#include "pipeline/runtime/exec/marks.hpp"
#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/ticket.hpp"
#include "pipeline/runtime/flow/batcher.hpp"
#include "pipeline/runtime/flow/bisection.hpp"
#include "pipeline/runtime/flow/breaker.hpp"
#include "pipeline/runtime/flow/tracker.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::runtime {

/// What a lane sends to a sink: some of its records, the duty to make them durable, and whose they are.
struct Parcel {
  record::Slice slice;
  std::shared_ptr<Ticket> ticket;
  pipeline::Ack ack;  ///< one part of the ticket
  std::size_t lane = 0;
  Epoch epoch = 0;
  /// The lane's epoch now: a parcel of an older one is dropped unwritten.
  std::shared_ptr<const Epoch> current_epoch;

  [[nodiscard]] bool stale() const noexcept { return current_epoch && *current_epoch != epoch; }
};

/// A record that the sink refused: for on_error, which takes over its part of the ticket.
struct RefusedBySink {
  record::Slice record;  ///< one record
  std::shared_ptr<Ticket> ticket;
  record::DataError error;
  std::string sink;
  std::size_t lane = 0;
  Epoch epoch = 0;
};

/// Counted by an outlet, read from any thread, also when the outlet is gone.
struct SinkNumbers {
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> flushes{0};
};

/// The way to one sink: queues parcels, forms requests, writes them with retry and breaker, halves refused
/// batches, flushes. A lane's parcels always take the same writer, one request at a time, so its order is
/// kept; writers run side by side. On the strand.
class Outlet {
 public:
  Outlet(RunContext& context, const SinkSpec& spec, std::shared_ptr<SinkNumbers> numbers);

  /// Brings the sink up, trying again until it works. False if the run was ended meanwhile.
  pipeline::Task<bool> open(std::map<std::string, std::string> stored_marks, bool completing);
  /// Starts the writers. `refused` is awaited for each refused record before its request is settled.
  void start(std::function<pipeline::Task<void>(RefusedBySink)> refused);
  /// Waits for room, then queues. False when it will not be written: the run is being aborted.
  pipeline::Task<bool> push(Parcel parcel);
  /// Has the sink make durable what it took, if it keeps acks; returns when that was tried.
  pipeline::Task<void> flush();
  /// The same, later, without waiting.
  void request_flush();
  /// No parcel will come any more: returns when all are written and flushed, or dropped.
  pipeline::Task<void> drain();
  /// Publishes. False if the run was ended meanwhile.
  pipeline::Task<bool> complete();
  pipeline::Task<void> close();
  /// Drops everything that is not written, and has the sink's pending calls return.
  void abort();
  /// Looks again at what the run wants: it drains or aborts.
  void wake();

  [[nodiscard]] const pipeline::SinkTraits& traits() const noexcept { return traits_; }
  [[nodiscard]] const SinkSpec& spec() const noexcept { return spec_; }
  [[nodiscard]] Marks& marks() noexcept { return marks_; }

 private:
  struct Writer {
    explicit Writer(const boost::asio::any_io_executor& strand) : room(strand), work(strand) {}
    std::deque<Parcel> queue;
    Signal room;       // for whoever pushes
    TimedSignal work;  // for the writer
    bool done = false;
  };
  /// A request, and for each of its slices whose it is. The owners' acks keep the tickets open until the
  /// request's refused records are taken care of.
  struct Job {
    pipeline::WriteRequest request;
    std::vector<Parcel> owners;
  };
  enum class Outcome {
    written,  ///< all of it, or all but what was refused one by one
    refused,  ///< none of it, for its data
    dropped,  ///< none of it, and it is not to be tried again
  };

  pipeline::Task<void> write_loop(Writer& writer);
  pipeline::Task<Job> gather(Writer& writer);
  bool take_front(Writer& writer, Batcher& batcher, Job& job);
  void add(Job& job, Parcel parcel);
  pipeline::Task<void> write(Writer& writer, Job job);
  pipeline::Task<Outcome> attempt(Writer& writer, Job& job, record::DataError& why);
  pipeline::Task<void> refuse(const Job& job, std::vector<pipeline::Rejection> rejections);
  pipeline::Task<void> bisect(Writer& writer, const Job& job);
  pipeline::Task<void> flush_loop();
  pipeline::Task<void> pause(TimedSignal& signal, Signal::Clock::time_point until);
  [[nodiscard]] BatchLimits batch_limits() const;
  [[nodiscard]] bool given_up(const Job& job) const;
  void finish(const Job& job);
  RunContext& context_;
  const SinkSpec& spec_;
  std::unique_ptr<pipeline::Sink> sink_;
  pipeline::SinkTraits traits_;
  Marks marks_;
  std::shared_ptr<SinkNumbers> numbers_;
  Breaker breaker_;
  RetryLoop retry_loop_;
  std::function<pipeline::Task<void>(RefusedBySink)> refused_;

  std::vector<std::unique_ptr<Writer>> writers_;
  Signal changed_;           // a write or flush ended, a writer is done
  TimedSignal flush_timer_;  // for the flush loop
  std::size_t writing_ = 0;  // calls of Sink::write() under way
  bool flush_wanted_ = false;
  bool flushing_ = false;   // no write may begin
  bool unflushed_ = false;  // the sink may hold acks
  bool flush_loop_done_ = true;
  std::uint64_t flushes_tried_ = 0;
  bool draining_ = false;
  bool broken_ = false;  // the sink threw Fatal: nothing more is written
};

}  // namespace hiveframe::runtime
