#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/manager/command_answer.hpp"
#include "daemon/manager/lifecycle.hpp"
#include "daemon/manager/pipeline_view.hpp"
#include "daemon/manager/recent_errors.hpp"
#include "pipeline/runtime/exec/engine.hpp"
#include "pipeline/runtime/exec/pipeline.hpp"
#include "pipeline/runtime/exec/tap.hpp"

namespace hiveframe::daemon {

class ManagedPipeline;

/// What the pipelines of a manager share; outlives them.
struct PipelineSurroundings {
  boost::asio::any_io_executor control;
  runtime::Engine& engine;
  runtime::RunOptions options;  ///< of runs that are started from now on
  RestartSettings restart;
  runtime::RandomFraction random;
  /// Why a pipeline cannot be started now: one line; empty: it can.
  std::function<std::string(const ManagedPipeline&)> in_the_way;
};

/// One configured pipeline: makes a runtime::Pipeline of its configuration for each run, and follows its
/// Lifecycle. An actor on the control executor: everything is called there, and so are all callbacks. What it
/// waits for ends within the runs' deadlines; a run that does not end is left behind.
class ManagedPipeline : public std::enable_shared_from_this<ManagedPipeline> {
 public:
  using Clock = Lifecycle::Clock;
  using ConfigurationPtr = std::shared_ptr<const PipelineConfiguration>;

  ManagedPipeline(const PipelineSurroundings& surroundings, ConfigurationPtr configuration);
  ManagedPipeline(const ManagedPipeline&) = delete;
  ManagedPipeline& operator=(const ManagedPipeline&) = delete;

  void start() { step(); }

  // Commands, see Manager.
  void pause(CommandDone done);
  void resume(CommandDone done);
  void drain(CommandDone done);
  void restart(From from, CommandDone done);

  /// Drains and starts nothing until take_up(): `ready` is called when that is so, or says why not, and then
  /// it is not set aside. For one that its operator wants to run.
  void set_aside(CommandDone ready);
  /// Goes on where it stood.
  void take_up();
  /// While it is set aside: a run of this spec, which is told to stop when its operator wants something else.
  /// Gives why it cannot be; empty: `ended` is called with what it came to.
  std::string run_errand(runtime::PipelineSpec spec, std::function<void(const runtime::Status&)> ended);
  void stop_errand();
  /// Whether those who wait until it is at rest wait until it is taken up, too.
  void wait_for_errand(bool wait);

  /// Drains and starts nothing until release(), whatever its operator wants.
  void hold(std::function<void()> drained);
  /// Goes on with this configuration, if its operator wants it to run.
  void release(ConfigurationPtr configuration);
  /// It says the same, and stands elsewhere perhaps, or among other comments: the run under way is not
  /// touched.
  void refresh(ConfigurationPtr configuration) { configuration_ = std::move(configuration); }
  /// Answers when a run of it is up or has finished, or nobody wants one: with nothing; or, when one has
  /// failed or the time is over, with why it is not up.
  void await_up(Clock::duration timeout, std::function<void(std::optional<std::string>)> done);

  /// So many of its dead letters were replayed, or else discarded.
  void count_letters(bool replayed, std::uint64_t letters);

  [[nodiscard]] PipelineView view() const;
  [[nodiscard]] const std::string& name() const { return configuration_->spec.name; }
  [[nodiscard]] const ConfigurationPtr& configuration() const { return configuration_; }
  [[nodiscard]] PipelineState state() const;
  [[nodiscard]] const std::shared_ptr<runtime::Tap>& tap() const { return tap_; }
  [[nodiscard]] bool running() const { return lifecycle_.running(); }
  /// Its last run has read its source to the end.
  [[nodiscard]] bool has_finished() const { return lifecycle_.rest() == Lifecycle::Rest::finished; }
  /// What its runs are made from that may still use it: of the one under way, and of those left behind.
  [[nodiscard]] std::vector<ConfigurationPtr> in_use() const;
  /// What was left behind and hangs, for people.
  [[nodiscard]] std::vector<std::string> left_behind() const;
  /// A run did not even come to its end: nothing it refers to may go.
  [[nodiscard]] bool has_lost_a_run() const;

 private:
  struct Run {
    std::unique_ptr<runtime::Pipeline> pipeline;
    ConfigurationPtr configuration;
    std::uint64_t number;
    std::function<void(const runtime::Status&)> errand_ended;  // null: a run of what is configured
    bool ended = false;
  };
  struct Waiter {
    std::function<std::optional<CommandAnswer>()> answer;  // nothing: not yet
    CommandDone done;
  };

  void step();
  void start_run();
  void begin_run(std::unique_ptr<runtime::Pipeline> pipeline,
                 std::function<void(const runtime::Status&)> errand_ended);
  void stop_run();
  void run_ended(std::uint64_t number);
  void take_leave(const runtime::Status& status, bool stays);
  void settle(const runtime::Status& status);
  void settle_errand(const runtime::Status& status,
                     const std::function<void(const runtime::Status&)>& errand_ended);
  [[nodiscard]] bool at_rest() const;
  void set_reason(std::string reason);
  void leave_behind();
  void look_at_what_was_left();
  void tell_where_it_stands(const runtime::Status& status) const;
  void wait_until_at_rest(Lifecycle::Wish wish, CommandDone done);
  void add_waiter(std::function<std::optional<CommandAnswer>()> answer, CommandDone done);
  void answer_waiters();
  void look_whether_up(const std::shared_ptr<boost::asio::steady_timer>& timer, Clock::time_point deadline,
                       Clock::duration pause, std::uint64_t failures,
                       std::function<void(std::optional<std::string>)> done);
  [[nodiscard]] std::string why_not_up() const;

  const PipelineSurroundings& surroundings_;
  ConfigurationPtr configuration_;
  Lifecycle lifecycle_;
  std::optional<Run> run_;
  std::optional<runtime::Status> last_status_;  // of the run before, when there is none
  std::vector<Run> left_;
  std::vector<Waiter> waiters_;
  RecentErrors errors_;
  const std::shared_ptr<runtime::Tap> tap_ = std::make_shared<runtime::Tap>();
  std::string reason_;
  std::chrono::system_clock::time_point since_;
  std::uint64_t runs_ = 0;  // and errands
  std::uint64_t starts_ = 0;
  std::uint64_t restarts_ = 0;
  std::uint64_t failures_ = 0;
  bool from_start_ = false;  // the next run
  bool waits_for_errand_ = true;
  std::uint64_t letters_replayed_ = 0;
  std::uint64_t letters_discarded_ = 0;
  boost::asio::steady_timer retry_timer_;
  boost::asio::steady_timer stop_timer_;
};

}  // namespace hiveframe::daemon
