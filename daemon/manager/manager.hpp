#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/manager/command_answer.hpp"
#include "daemon/manager/configuration.hpp"
#include "daemon/manager/letter_answers.hpp"
#include "daemon/manager/pipeline_view.hpp"
#include "daemon/manager/reload_report.hpp"
#include "daemon/manager/restart_policy.hpp"

namespace hiveframe::runtime {
class Tap;
}

namespace hiveframe::daemon {

/// All pipelines of a daemon, and the engine they share: starts them, keeps them running as their policies
/// say, takes commands, and reloads the configuration. Knows neither command line nor HTTP.
///
/// Everything but the constructor and destructor is called on the control executor, which one thread runs; so
/// are all callbacks. No call blocks: what takes time (draining, reading files) is answered later, once,
/// within a deadline. The control executor outlives it, and is not run any more when it is destroyed.
class Manager {
 public:
  /// Reads the configuration anew; runs on a thread of its own.
  using Loader = std::function<LoadedConfiguration()>;
  struct Settings {
    std::filesystem::path state_dir;  ///< empty: nothing is stored
    RestartSettings restart;
    runtime::RandomFraction random;  ///< null: of its own
    std::chrono::milliseconds load_timeout = std::chrono::seconds(30);
    std::map<std::string, std::string> environment;  ///< `env` of expressions
    /// A reload has put these in force, but for what needs a restart; may be null.
    std::function<void(const DaemonSettings&)> on_settings;
  };
  using Done = CommandDone;
  using Reloaded = std::function<void(std::shared_ptr<const ReloadReport>)>;

  /// `configuration` is what loads first; `loader` gives what it has become since.
  Manager(boost::asio::any_io_executor control, Configuration configuration, Loader loader,
          Settings settings);
  /// After shut_down() has been answered, or start() was never called.
  ~Manager();
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// Starts every pipeline. Called once.
  void start();

  /// By name. Takes no longer than copying it: waits for no pipeline.
  [[nodiscard]] std::vector<PipelineView> pipelines() const;
  [[nodiscard]] std::optional<PipelineView> pipeline(std::string_view name) const;
  /// Where its records may be looked at, in all of its runs; null if there is no such pipeline.
  [[nodiscard]] std::shared_ptr<runtime::Tap> tap(std::string_view name) const;

  /// Drains what is in flight and holds; answered when it is paused, or has ended.
  void pause(std::string_view name, Done done);
  /// A paused or stopped pipeline goes on where it stands; answered when it has been started.
  void resume(std::string_view name, Done done);
  /// Drains what is in flight and stops; answered when it has.
  void drain(std::string_view name, Done done);
  /// Drains what is in flight and starts again; answered when it has been started.
  void restart(std::string_view name, From from, Done done);

  /// Its dead letters, as they stand in their file.
  void letters(std::string_view name, LettersWanted wanted, LettersShownDone done);
  /// Has the records of dead letters pass the pipeline again: drains what is in flight, runs it on the
  /// letters, and goes on. What is bad again becomes a letter again. A letter goes when its record is
  /// durable.
  void replay_letters(std::string_view name, LetterSelection chosen, LettersMovedDone done);
  /// Removes dead letters for good; drains what is in flight for it.
  void discard_letters(std::string_view name, LetterSelection chosen, LettersMovedDone done);

  /// Reads the configuration, and if all of it is sound puts it in force, see ReloadReport. Those that come
  /// while one is under way share the next one.
  void reload(Reloaded done);
  /// Null: there was none yet.
  [[nodiscard]] std::shared_ptr<const ReloadReport> last_reload() const;

  /// Drains and stops everything; answered when all has ended. No command is taken any more.
  void shut_down(std::function<void()> done);

  /// Daemon settings in force.
  [[nodiscard]] const DaemonSettings& daemon() const;

  struct EngineView {
    std::size_t threads = 0;
    std::uint64_t memory_limit = 0;
    std::uint64_t memory_held = 0;
    std::size_t left_behind = 0;  ///< runs that ended and left something behind
  };
  [[nodiscard]] EngineView engine() const;
  /// How long ago the data executor last took its turn when it was asked to, every second or so; the control
  /// executor shows by answering.
  [[nodiscard]] std::chrono::milliseconds data_turned_ago() const;
  /// After shut_down(): something hangs that may return at any moment, and find what an orderly exit of the
  /// process would have taken apart: it is to end with _exit().
  [[nodiscard]] bool leaves_something_behind() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace hiveframe::daemon
