#pragma once

#include <optional>

#include "daemon/manager/pipeline_view.hpp"
#include "daemon/manager/restart_policy.hpp"

namespace hiveframe::daemon {

/// What is to be done with a pipeline: when a run of it is started, told to stop, and what becomes of it when
/// it has ended. Pure: knows no run, no timer and no thread; its owner tells it what happened and asks what
/// to do. One thread.
class Lifecycle {
 public:
  using Clock = RestartPolicy::Clock;
  /// What its operator wants of it.
  enum class Wish { run, pause, stop };
  /// Why there is no run.
  enum class Rest {
    ready,        ///< nothing is in the way of one
    backing_off,  ///< the last one failed
    failed,       ///< it did, and there is no next one
    finished,
    ended,  ///< it stopped by itself: whoever read its output went away
  };

  Lifecycle(Restart when, RestartSettings settings, runtime::RandomFraction random);

  /// Requests; the owner looks what follows from them.
  void wish(Wish wish);
  /// Runs it anew, whatever it has come to, when the run under way has drained.
  void start_over();
  /// Drains, and starts nothing until release(): its owner changes what it is made from.
  void hold() { held_ = true; }
  /// The policy of what is run from now on; whatever the last run came to, the next one is a first one.
  void release(Restart when);
  /// Drains, and starts nothing until take_up(): its owner does something in between, perhaps a run of
  /// another kind. What it has come to stays what it is.
  void set_aside() { aside_ = true; }
  void take_up() { aside_ = false; }

  /// What happened.
  void started();
  /// Of a run of another kind, while it is set aside. It is told to stop as any other is.
  void errand_started();
  void errand_ended();
  void stopping() { stopping_ = true; }
  /// `up_since`: since when records could flow in it, if they ever could.
  void ended(runtime::State state, std::optional<Clock::time_point> up_since, Clock::time_point now);
  /// It was to be started, and something is in the way: as good as a run that failed.
  void not_started(Clock::time_point now);

  /// What to do.
  [[nodiscard]] bool should_start(Clock::time_point now) const;
  [[nodiscard]] bool should_stop() const;
  /// When to look again whether it should start.
  [[nodiscard]] std::optional<Clock::time_point> retry_at() const;

  /// What it is.
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] bool draining() const { return running_ && stopping_; }
  [[nodiscard]] bool held() const { return held_; }
  [[nodiscard]] bool aside() const { return aside_; }
  [[nodiscard]] Wish wish() const { return wish_; }
  [[nodiscard]] Rest rest() const { return rest_; }
  /// Whether the next start follows a failure, without anybody's request.
  [[nodiscard]] bool starts_by_itself() const { return !running_ && rest_ == Rest::backing_off; }
  /// `run`: the state of the run, if there is one.
  [[nodiscard]] PipelineState state(runtime::State run) const;

 private:
  void failed(std::optional<Clock::time_point> up_since, Clock::time_point now);

  RestartSettings settings_;
  runtime::RandomFraction random_;
  RestartPolicy policy_;
  Wish wish_ = Wish::run;
  Rest rest_ = Rest::ready;
  Clock::time_point retry_at_{};  // of Rest::backing_off
  bool running_ = false;
  bool stopping_ = false;  // the run under way was told to stop
  bool again_ = false;     // and is followed by another one
  bool held_ = false;
  bool aside_ = false;
  bool errand_ = false;  // the run under way is of another kind
};

}  // namespace hiveframe::daemon
