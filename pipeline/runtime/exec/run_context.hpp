#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/callee.hpp"
#include "pipeline/runtime/exec/connector_report.hpp"
#include "pipeline/runtime/exec/engine.hpp"
#include "pipeline/runtime/exec/health.hpp"
#include "pipeline/runtime/exec/in_flight.hpp"
#include "pipeline/runtime/exec/memory_budget.hpp"
#include "pipeline/runtime/exec/rejections.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/exec/spec.hpp"
#include "pipeline/runtime/exec/turn.hpp"
#include "pipeline/runtime/flow/breaker.hpp"
#include "pipeline/runtime/flow/pacer.hpp"
#include "pipeline/runtime/flow/retry.hpp"

namespace hiveframe::runtime {

/// Counted by the parts, read by status() from any thread.
struct Counters {
  std::atomic<std::uint64_t> read{0};
  std::atomic<std::uint64_t> read_bytes{0};
  std::atomic<std::uint64_t> filtered{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> abandoned{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<std::uint64_t> repeated{0};
  std::atomic<std::uint64_t> rewinds{0};
  std::atomic<std::chrono::nanoseconds::rep> transforming{0};
};

/// How much memory batches take when they are transformed, for those that are read next. What was seen last
/// fades slowly, so that reading is careful while batches differ.
class Expansion {
 public:
  void saw(std::uint64_t records, std::uint64_t held) {
    if (records == 0) return;
    per_batch_ = std::max(held, per_batch_ - per_batch_ / 8);
    // A batch takes a little whatever is in it.
    per_record_ = std::max((held - std::min(held, alone)) / records, per_record_ - per_record_ / 8);
  }
  [[nodiscard]] bool known() const noexcept { return per_batch_ != 0; }
  [[nodiscard]] std::uint64_t per_batch() const noexcept { return per_batch_; }
  [[nodiscard]] std::uint64_t per_record() const noexcept { return per_record_; }

 private:
  static constexpr std::uint64_t alone = 8 * 1024;

  std::uint64_t per_batch_ = 0;
  std::uint64_t per_record_ = 0;
};

/// What the parts of one running pipeline share. Owned by the run, outlives its parts. Used on the strand,
/// but for the counters and the health.
struct RunContext {
  RunContext(const PipelineSpec& spec, const RunOptions& options, boost::asio::any_io_executor strand,
             const Engine& engine, MemoryBudget& budget)
      : spec(spec),
        options(options),
        strand(strand),
        pool(engine.data_executor()),
        timers(engine.timer_executor()),
        memory(budget, strand),
        memory_limit(budget.limit()),
        parallelism(spec.parallelism != 0 ? spec.parallelism : engine.threads()),
        health(spec.name, spec.retry.max_elapsed),
        rejections(spec.name, spec.on_error == OnError::drop),
        source("source " + spec.source_display),
        state_store("the state store") {}

  const PipelineSpec& spec;
  const RunOptions& options;
  boost::asio::any_io_executor strand;
  boost::asio::any_io_executor pool;    ///< for work that needs no strand: transforms
  boost::asio::any_io_executor timers;  ///< for TimedSignal
  MemoryBudget::Account memory;
  std::uint64_t memory_limit;
  /// Bytes of it that reads under way hold.
  std::uint64_t reading = 0;
  /// What became of the batches lately.
  Expansion expansion;
  /// A long record is read in parts, and grows: one lane at a time, or lanes would wait for each other's
  /// bytes.
  Turn long_record;
  /// A batch that was cut is gone on with beyond what there is room for: one lane at a time.
  Turn cut_batch;
  /// Of all lanes together.
  std::vector<Pacer> pacers;
  const std::size_t parallelism;  ///< batches transformed at the same time
  Health health;
  ShownMeasures source_measures;
  ConnectorReport source_report{health, "source", source_measures};
  Counters counters;
  InFlight in_flight;
  Rejections rejections;
  Callee source;                                ///< and its lanes
  Callee state_store;                           ///< the sinks' are their outlets'
  std::shared_ptr<SinkNumbers> letter_numbers;  ///< of the dead letters' sink; null without one
  /// The source's, once it is open.
  std::function<std::string()> membership;
  /// Whether the next run goes on where this one was, known once the source is open.
  bool stores_positions = false;
  /// Positions of an earlier run are stored, and this one goes on behind them; known then.
  bool goes_on = false;
  /// Status::loses_because, known then.
  std::string loses_because;
  RandomFraction random;
  /// What the sinks' circuit breakers go by.
  std::function<Breaker::Clock::time_point()> now = &Breaker::Clock::now;

  /// No new records are read: the end, a stop or a failure is on its way.
  bool draining = false;
  /// It ends because of something that will not mend by itself: what failed is not tried again.
  bool failed = false;
  /// The time to drain is over: what is not done is abandoned.
  bool aborting = false;
  /// The same for workers, who look at it in the midst of long work: set by a timer, and by the abort, for
  /// the strand may wait for the very threads that they keep busy. What they say afterwards is not true.
  const std::shared_ptr<std::atomic<bool>> interrupted = std::make_shared<std::atomic<bool>>(false);
  /// Its end was told. Only calls that were left behind are still under way, and what they bring is dropped.
  bool over = false;

  /// Ends the pipeline as failed, for this reason; the first one counts. What is in flight is drained.
  std::function<void(std::string reason)> fail;
  /// Ends it without failure: whoever read its output has gone away.
  std::function<void()> end_quietly;
  /// Has what sinks marked so far stored now.
  std::function<pipeline::Task<void>()> store_marks;
  /// Something settled that whoever waits for the end or for a commit may want to know.
  std::function<void()> progressed;
};

}  // namespace hiveframe::runtime
