#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/signal.hpp"
#include "pipeline/task.hpp"

namespace hiveframe::runtime {

/// "gave up after 3 attempts, as retry.max_elapsed says; …"
std::string gave_up(std::uint64_t attempts);

/// Tries one thing until it works: the pipeline is degraded meanwhile. One at a time, on the strand.
class RetryLoop {
 public:
  /// `component` is who is in trouble, for people: "source", "sinks[1]".
  RetryLoop(RunContext& context, std::string component);

  /// Awaits `attempt` until it throws no Retryable; then true. False as soon as `given_up` says so between
  /// two attempts. Throws Fatal, also when retry.max_elapsed is over.
  pipeline::Task<bool> run(std::function<pipeline::Task<void>()> attempt, std::function<bool()> given_up);
  /// Looks at `given_up` now instead of after the delay.
  void wake() { signal_.notify(); }

 private:
  RunContext& context_;
  std::string component_;
  TimedSignal signal_;
};

}  // namespace hiveframe::runtime
