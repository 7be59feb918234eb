#pragma once

#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/runtime/exec/checkpoint_loop.hpp"
#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/lane_environment.hpp"
#include "pipeline/runtime/exec/lane_intake.hpp"
#include "pipeline/runtime/exec/lane_set.hpp"
#include "pipeline/runtime/exec/outlet_set.hpp"
#include "pipeline/runtime/exec/pipeline.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/status_board.hpp"
#include "pipeline/runtime/exec/worker_pool.hpp"

namespace hiveframe::runtime {

/// The life of a pipeline, from opening its state to letting go of it: makes the parts, and decides when it
/// is over and how. Everything but status() and the requests of Pipeline happens on its strand; kept alive by
/// its own coroutines, and outlives those of its parts: also when it has ended and a call is still waited for
/// that did not return in time.
class Pipeline::Run : public std::enable_shared_from_this<Pipeline::Run> {
 public:
  Run(PipelineSpec spec, RunOptions options, Engine& engine);

  void start(std::function<void()> ended);
  void stop();
  [[nodiscard]] Status status() const { return board_.snapshot(); }

 private:
  /// How it will end, once it is known that it will.
  enum class Ending { none, stopped, failed, closed };

  using Part = std::function<pipeline::Task<void>()>;
  struct Outcome;

  pipeline::Task<void> live();
  pipeline::Task<void> open();
  pipeline::Task<bool> open_all();
  pipeline::Task<bool> open_source();
  pipeline::Task<void> finish_earlier_run();
  void make_workers();
  pipeline::Task<void> flow();
  void end_at_limit();
  bool flowed();
  pipeline::Task<void> drain();
  pipeline::Task<void> come_to_rest();
  pipeline::Task<void> store_what_is_durable();
  pipeline::Task<void> complete();
  pipeline::Task<void> publish();
  void count_undelivered();
  pipeline::Task<void> in_time(Part part);
  pipeline::Task<void> carry(Part part, std::shared_ptr<Outcome> outcome);
  [[nodiscard]] std::chrono::steady_clock::time_point time_for(
      std::chrono::steady_clock::time_point begun) const;
  pipeline::Task<void> close();
  pipeline::Task<void> close_source();
  pipeline::Task<void> close_state();
  [[nodiscard]] std::string what_hangs() const;
  void tell_what_hangs();
  pipeline::Task<void> let_go();
  pipeline::Task<void> wait_for_what_hangs();
  void begin_deadline(std::chrono::steady_clock::time_point deadline);
  pipeline::Task<void> watch_deadline();
  void fail(std::string reason);
  void end(Ending ending);
  void interrupt_at(std::chrono::steady_clock::time_point deadline) const;
  void abort();
  void warn_of_what_is_dropped() const;
  void wake_parts();
  void tell_the_end();
  void finish(State state);

  Engine& engine_;
  const PipelineSpec spec_;
  const RunOptions options_;
  boost::asio::strand<boost::asio::any_io_executor> strand_;
  RunContext context_;
  StatusBoard board_;
  std::unique_ptr<Checkpoints> checkpoints_;
  std::unique_ptr<pipeline::Source> source_;
  OutletSet outlets_;
  std::unique_ptr<WorkerPool> workers_;
  LaneSet lanes_;
  LaneEnvironment lane_environment_;
  LaneDirectory directory_;         // for the sinks
  LaneDirectory letter_directory_;  // for the sink of dead letters
  std::unique_ptr<CheckpointLoop> checkpoint_loop_;
  std::unique_ptr<LaneIntake> intake_;
  std::optional<std::uint64_t> limit_;
  RetryLoop source_loop_;
  TimedSignal deadline_timer_;
  Signal changed_;
  bool limit_reached_ = false;
  std::optional<std::chrono::steady_clock::time_point> deadline_;  // once it ends
  std::chrono::steady_clock::time_point ending_since_;
  TimedSignal part_timer_;           // for in_time()
  std::size_t parts_under_way_ = 0;  // those of in_time() that have not returned
  bool opening_ = true;
  bool flowing_ = false;
  bool closing_ = false;
  bool closed_ = false;
  bool source_closed_ = false;
  bool state_closed_ = false;
  bool watching_deadline_ = false;
  Ending ending_ = Ending::none;
  bool published_ = false;  // the output is complete, and nothing is stored any more
  std::function<void()> ended_;
};

}  // namespace hiveframe::runtime
