#pragma once

#include <functional>
#include <memory>

#include "pipeline/runtime/exec/engine.hpp"
#include "pipeline/runtime/exec/spec.hpp"
#include "pipeline/runtime/exec/status.hpp"

namespace hiveframe::runtime {

/// One running pipeline: owns its source, sinks, lanes and state, and wires them. All its coordination runs
/// on one strand of the engine's data executor; these methods may be called from any thread.
class Pipeline {
 public:
  Pipeline(PipelineSpec spec, RunOptions options, Engine& engine);
  /// Only after it has ended, or was never started.
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// `ended` is called once, on a thread of the engine, when the pipeline is in a final state and has let go
  /// of everything. Called once.
  void start(std::function<void()> ended);
  /// Stops reading, drains, flushes, commits, closes; what is not done within the shutdown timeout is
  /// abandoned: the next run reads it again, if the source can give it again. Returns at once.
  void stop();
  [[nodiscard]] Status status() const;

 private:
  class Run;
  std::shared_ptr<Run> run_;
};

}  // namespace hiveframe::runtime
