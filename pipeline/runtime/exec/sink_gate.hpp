#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "pipeline/runtime/exec/callee.hpp"
#include "pipeline/runtime/exec/deferred_acks.hpp"
#include "pipeline/runtime/exec/request.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/flow/breaker.hpp"
#include "pipeline/sink.hpp"

namespace hiveframe::runtime {

// What one call of a sink came to. Values; made on the strand.

/// The sink has taken the batch, but for what it refused.
struct Taken {
  std::vector<pipeline::Rejection> rejections;
};
/// The batch is bad data as a whole.
struct RefusedWhole {
  record::DataError error;
};
/// Trouble that may end: the call may be made again.
struct Failed {
  std::string message;
  bool outcome_unknown = false;
};
/// Nothing was asked of the sink.
struct NotCalled {
  Breaker::Clock::time_point ask_again;  ///< the breaker is open until then
};
/// A transactional sink was asked nothing: the request's lane has gone back, or will, and sends it again.
struct Overtaken {};
/// Trouble that does not end: the run is ended because of it.
struct SinkBroken {};

/// Everything taken before is durable.
struct Flushed {};

using WriteAnswer = std::variant<Taken, RefusedWhole, Failed, NotCalled, Overtaken, SinkBroken>;
using FlushAnswer = std::variant<Flushed, Failed, NotCalled, SinkBroken>;

/// The calls of one sink: keeps flushes apart from writes, asks the breaker, turns what is thrown into
/// answers, counts, and tells the run's health. Shared by the sink's writers. On the strand.
///
/// The breaker hears of writes and flushes alike, but only of what says something of the sink: a write that
/// was only taken does not speak against a flush that failed, nor a flush that had nothing to make durable
/// for a sink whose writes fail.
class SinkGate {
 public:
  SinkGate(RunContext& context, const SinkSpec& spec, pipeline::Sink& sink, Callee& callee,
           std::shared_ptr<SinkNumbers> numbers);

  /// One try at writing. Waits for a flush under way. With `positions`, a transactional sink commits them
  /// too, and the request's ack is said. `writer` says whose request it is, for each has one at a time: the
  /// sink is in trouble as long as any of them is. `again`: it is a retry.
  pipeline::Task<WriteAnswer> write(Request& request, std::vector<pipeline::LanePosition> positions,
                                    std::size_t writer, bool again);
  /// A writer will not try again what failed: it says nothing of the sink any more.
  void withdraw(std::size_t writer);
  /// One try at flushing, with no write beside it.
  pipeline::Task<FlushAnswer> flush(bool again);

  [[nodiscard]] const std::shared_ptr<SinkNumbers>& numbers() const noexcept { return numbers_; }
  /// Whether positions are committed with the records.
  [[nodiscard]] bool transactional() const noexcept { return transactional_ != nullptr; }
  /// Of a transactional sink, see there.
  [[nodiscard]] DeferredAcks& deferred() noexcept { return deferred_; }
  /// The sink may be keeping acks.
  [[nodiscard]] bool unflushed() const noexcept { return unflushed_; }
  /// It threw Fatal, or its reader is gone: nothing more is written.
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  /// Nothing more is written: the run is being ended for another reason.
  void close();
  /// Trouble that cannot be waited out, for this reason.
  void give_up(const std::string& reason);
  /// Notified whenever a call has ended, or something else changed that writers wait for.
  void on_change(std::function<void()> changed) { changed_ = std::move(changed); }
  [[nodiscard]] std::uint64_t breaker_transitions() const noexcept { return breaker_.transitions(); }
  /// Wakes whoever waits for a flush or a write to end.
  void wake() { idle_.notify(); }

 private:
  void count_retry(bool again);
  void count_busy(std::chrono::steady_clock::time_point begun);
  void call_ended();

  RunContext& context_;
  const SinkSpec& spec_;
  pipeline::Sink& sink_;
  Callee& callee_;
  pipeline::Transactional* transactional_;
  const std::shared_ptr<SinkNumbers> numbers_;
  Breaker breaker_;
  DeferredAcks deferred_;
  Signal idle_;
  std::function<void()> changed_;
  std::set<std::size_t> in_trouble_;  // writers whose last try failed
  std::size_t writing_ = 0;
  bool flushing_ = false;
  bool unflushed_ = false;
  bool keeps_acks_ = false;    // of what it took since the last flush that worked
  bool flush_failed_ = false;  // the last one
  bool broken_ = false;
};

}  // namespace hiveframe::runtime
