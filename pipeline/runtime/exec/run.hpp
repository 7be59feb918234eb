#pragma once

#include <boost/asio/strand.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/runtime/exec/checkpoints.hpp"
#include "pipeline/runtime/exec/dead_letters.hpp"
#include "pipeline/runtime/exec/lane_runner.hpp"
#include "pipeline/runtime/exec/lane_set.hpp"
#include "pipeline/runtime/exec/outlet.hpp"
#include "pipeline/runtime/exec/pipeline.hpp"
#include "pipeline/runtime/exec/run_context.hpp"
#include "pipeline/runtime/exec/status_board.hpp"
#include "pipeline/runtime/exec/worker_pool.hpp"

namespace hiveframe::runtime {

/// The life of a pipeline, from opening its state to letting go of it. Everything but status() and the
/// requests of Pipeline happens on its strand; kept alive by its own coroutines.
class Pipeline::Run : public std::enable_shared_from_this<Pipeline::Run> {
 public:
  Run(PipelineSpec spec, RunOptions options, Engine& engine);

  void start(std::function<void()> ended);
  void stop();
  [[nodiscard]] Status status() const { return board_.snapshot(); }

 private:
  /// How it will end, once it is known that it will.
  enum class Ending { none, stopped, failed, closed };

  pipeline::Task<void> live();
  pipeline::Task<bool> open();
  pipeline::Task<bool> open_source();
  pipeline::Task<bool> open_sinks(bool completing);
  pipeline::Task<void> finish_earlier_run();
  void make_workers();
  pipeline::Task<void> flow();
  pipeline::Task<void> follow_source();
  pipeline::Task<void> open_lane(std::unique_ptr<pipeline::Lane> lane);
  bool stored_position(const pipeline::Lane& lane, std::optional<pipeline::Position>& position);
  void make_directories();
  pipeline::Task<void> hand_over(std::string id, std::chrono::steady_clock::time_point deadline);
  pipeline::Task<void> checkpoint_loop();
  pipeline::Task<void> flush_for_a_while();
  pipeline::Task<void> checkpoint(bool flush);
  [[nodiscard]] std::vector<LaneCheckpoint> positions_to_commit() const;
  pipeline::Task<void> commit(std::vector<LaneCheckpoint> positions, std::optional<Phase> phase);
  pipeline::Task<bool> commit_before(std::shared_ptr<LaneRunner> lane, pipeline::Position position);
  pipeline::Task<bool> last_commit(std::optional<Phase> phase);
  pipeline::Task<void> drain();
  pipeline::Task<void> complete();
  pipeline::Task<void> publish();
  pipeline::Task<void> close();
  pipeline::Task<void> watch_deadline();
  void fail(std::string reason);
  void end(Ending ending);
  void abort();
  void wake_parts();
  void request_flush();
  void hurry();
  [[nodiscard]] bool stores_positions() const;
  [[nodiscard]] std::vector<Outlet*> all_outlets() const;
  void finish(State state);

  const PipelineSpec spec_;
  const RunOptions options_;
  boost::asio::strand<boost::asio::any_io_executor> strand_;
  RunContext context_;
  std::unique_ptr<Checkpoints> checkpoints_;
  std::unique_ptr<pipeline::Source> source_;
  std::vector<std::unique_ptr<Outlet>> outlets_;
  std::unique_ptr<Outlet> dead_letter_outlet_;
  std::unique_ptr<DeadLetters> dead_letters_;
  std::unique_ptr<WorkerPool> workers_;
  LaneEnvironment lane_environment_;
  LaneDirectory directory_;         // for the sinks
  LaneDirectory letter_directory_;  // for the sink of dead letters
  LaneSet lanes_;
  std::optional<std::uint64_t> limit_;
  RetryLoop source_loop_;
  RetryLoop commit_loop_;
  TimedSignal checkpoint_timer_;
  TimedSignal deadline_timer_;
  Signal changed_;
  std::size_t threads_;
  bool no_more_lanes_ = false;
  bool limit_reached_ = false;
  bool storing_before_ = false;  // commit_before() is under way
  std::size_t handing_over_ = 0;
  bool following_ = false;      // follow_source() runs
  bool checkpointing_ = false;  // checkpoint_loop() runs
  bool draining_ = false;       // no checkpoint but the last ones
  bool closing_ = false;
  bool watching_deadline_ = false;
  bool identity_stored_ = false;
  Ending ending_ = Ending::none;
  std::function<void()> ended_;
  StatusBoard board_;
};

}  // namespace hiveframe::runtime
