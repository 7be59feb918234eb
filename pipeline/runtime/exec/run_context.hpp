#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "pipeline/runtime/exec/engine.hpp"
#include "pipeline/runtime/exec/health.hpp"
#include "pipeline/runtime/exec/memory_budget.hpp"
#include "pipeline/runtime/exec/rejections.hpp"
#include "pipeline/runtime/exec/sink_numbers.hpp"
#include "pipeline/runtime/exec/spec.hpp"
#include "pipeline/runtime/flow/breaker.hpp"
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
        rejections(spec.name, spec.on_error == OnError::drop) {}

  const PipelineSpec& spec;
  const RunOptions& options;
  boost::asio::any_io_executor strand;
  boost::asio::any_io_executor pool;    ///< for work that needs no strand: transforms
  boost::asio::any_io_executor timers;  ///< for TimedSignal
  MemoryBudget::Account memory;
  std::uint64_t memory_limit;
  const std::size_t parallelism;  ///< batches transformed at the same time
  Health health;
  Counters counters;
  Rejections rejections;
  std::shared_ptr<SinkNumbers> letter_numbers;  ///< of the dead letters' sink; null without one
  /// Whether the next run goes on where this one was, known once the source is open.
  bool stores_positions = false;
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
