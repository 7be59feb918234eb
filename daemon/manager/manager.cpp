#include "daemon/manager/manager.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <random>
#include <spdlog/spdlog.h>
#include <utility>

#include "config/units.hpp"
#include "daemon/manager/configuration_reading.hpp"
#include "daemon/manager/letter_errand.hpp"
#include "daemon/manager/pipeline_set.hpp"
#include "daemon/manager/reload.hpp"
#include "daemon/manager/side_threads.hpp"
#include "pipeline/runtime/exec/memory_budget.hpp"

namespace hiveframe::daemon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto pulse_every = std::chrono::seconds(1);

runtime::RandomFraction own_random() {
  const auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); };
}

runtime::RunOptions run_options(const DaemonSettings& daemon, const Manager::Settings& settings) {
  runtime::RunOptions options;
  options.state_dir = settings.state_dir;
  options.shutdown_timeout = daemon.shutdown_timeout;
  options.environment = settings.environment;
  return options;
}

// Written by the data plane when it has its turn.
struct Pulse {
  std::atomic<bool> answered{true};
};

}  // namespace

class Manager::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(boost::asio::any_io_executor control, Configuration configuration, Loader loader, Settings settings)
      : control_(std::move(control)),
        settings_(std::move(settings)),
        daemon_(std::move(configuration.daemon)),
        engine_(std::make_unique<runtime::Engine>(
            runtime::Engine::Settings{daemon_.threads, daemon_.memory_limit})),
        pipelines_(control_, *engine_, run_options(daemon_, settings_), settings_.restart,
                   settings_.random ? settings_.random : own_random()),
        reading_(std::make_shared<ConfigurationReading>(control_, std::move(loader), settings_.load_timeout)),
        side_threads_(std::make_shared<SideThreads>(control_)),
        pulse_timer_(control_) {
    for (PipelineConfiguration& each : configuration.pipelines)
      pipelines_.add(std::move(each));
  }

  ~Impl() {
    // It may return to the engine at any moment.
    if (pipelines_.has_lost_a_run()) static_cast<void>(engine_.release());
  }

  void start() {
    beat();
    for (const auto& [name, pipeline] : pipelines_.all())
      pipeline->start();
  }

  void command(std::string_view name, Done done, const std::function<void(ManagedPipeline&, Done)>& command) {
    if (stopping_) return done(daemon_stops());
    const PipelineSet::PipelinePtr pipeline = pipelines_.find(name);
    if (!pipeline) return done(unknown(name));
    command(*pipeline, std::move(done));
  }

  void show_letters(std::string_view name, LettersWanted wanted, LettersShownDone done) {
    const PipelineSet::PipelinePtr pipeline = pipelines_.find(name);
    if (!pipeline) return done({unknown(name), {}});
    const LettersPlace place = letters_place(pipeline->configuration()->spec);
    if (!place.why_not.empty()) return done({{CommandAnswer::Outcome::refused, place.why_not}, {}});
    const auto shown = std::make_shared<LettersShown>();
    const auto work = [path = place.path, wanted = std::move(wanted), shown] {
      shown->page = LetterFile(path).page(wanted.chosen, wanted.after, wanted.limit, wanted.longest);
    };
    const bool begun = side_threads_->run(work, [shown, done](std::string failure) {
      if (!failure.empty()) shown->answer = {CommandAnswer::Outcome::failed, std::move(failure)};
      done(std::move(*shown));
    });
    if (!begun)
      done(
          {{CommandAnswer::Outcome::failed, "too many dead letters are being read at this moment: try again"},
           {}});
  }

  void move_letters(std::string_view name, LetterErrand::Kind kind, LetterSelection chosen,
                    LettersMovedDone done) {
    if (stopping_) return done({.answer = daemon_stops()});
    PipelineSet::PipelinePtr pipeline = pipelines_.find(name);
    if (!pipeline) return done({.answer = unknown(name)});
    const auto counted = [pipeline, kind, done = std::move(done)](LettersMoved moved) {
      pipeline->count_letters(kind == LetterErrand::Kind::replay, moved.letters);
      done(std::move(moved));
    };
    std::make_shared<LetterErrand>(control_, pipeline, side_threads_, kind, std::move(chosen), counted)
        ->begin();
  }

  void reload(Reloaded done) {
    if (stopping_) return done(refused("the daemon is stopping"));
    next_reload_.push_back(std::move(done));
    begin_reload();
  }

  void shut_down(std::function<void()> done) {
    stopping_ = true;
    pulse_timer_.cancel();
    answer(std::exchange(next_reload_, {}), refused("the daemon is stopping"));
    pipelines_.stop_all(std::move(done));
  }

  boost::asio::any_io_executor control_;
  Settings settings_;
  DaemonSettings daemon_;
  std::unique_ptr<runtime::Engine> engine_;
  PipelineSet pipelines_;
  std::shared_ptr<const ReloadReport> last_reload_;
  std::shared_ptr<ConfigurationReading> reading_;
  std::shared_ptr<SideThreads> side_threads_;
  std::shared_ptr<Pulse> pulse_ = std::make_shared<Pulse>();
  Clock::time_point pulse_asked_{};

 private:
  static CommandAnswer daemon_stops() { return {CommandAnswer::Outcome::refused, "the daemon is stopping"}; }
  static CommandAnswer unknown(std::string_view name) {
    return {CommandAnswer::Outcome::unknown, "there is no pipeline '" + std::string(name) + "'"};
  }

  static std::shared_ptr<const ReloadReport> refused(std::string because) {
    ReloadReport report;
    report.refused_because = std::move(because);
    report.time = std::chrono::system_clock::now();
    return std::make_shared<const ReloadReport>(std::move(report));
  }

  static void answer(std::vector<Reloaded> waiting, const std::shared_ptr<const ReloadReport>& report) {
    for (const Reloaded& each : waiting)
      each(report);
  }

  // One at a time; those that came meanwhile share the next one.
  void begin_reload() {
    if (reloading_ || next_reload_.empty()) return;
    if (reading_->under_way()) {
      answer(std::exchange(next_reload_, {}),
             refused("the configuration is still being read since an earlier reload: a file system does not "
                     "answer"));
      return;
    }
    reloading_ = true;
    under_way_ = std::exchange(next_reload_, {});
    reload_began_ = Clock::now();
    spdlog::info("reloading");
    reading_->begin([weak = weak_from_this()](const ConfigurationReading::Result& result) {
      if (const auto self = weak.lock()) self->configuration_read(result);
    });
  }

  void configuration_read(const ConfigurationReading::Result& result) {
    if (stopping_) return end_reload(refused("the daemon is stopping"));
    if (!result.loaded) return end_reload(refused("the configuration cannot be read: " + result.failure));
    if (!result.loaded->configuration) {
      ReloadReport report;
      report.refused_because = "the new configuration is not sound; nothing was changed";
      report.diagnostics = result.loaded->diagnostics;
      return end_reload(std::make_shared<ReloadReport>(std::move(report)));
    }
    put_in_force(std::move(*result.loaded->configuration));
  }

  void put_in_force(Configuration next) {
    auto report = std::make_shared<ReloadReport>();
    report->accepted = true;
    report->needs_restart =
        changes_that_need_a_restart(started_with_ ? *started_with_ : daemon_, next.daemon);
    if (!started_with_) started_with_ = daemon_;
    daemon_.pipelines = next.daemon.pipelines;
    daemon_.shutdown_timeout = next.daemon.shutdown_timeout;
    daemon_.start_timeout = next.daemon.start_timeout;
    daemon_.log.level = next.daemon.log.level;
    pipelines_.options().shutdown_timeout = daemon_.shutdown_timeout;
    if (settings_.on_settings) settings_.on_settings(daemon_);
    const auto reload =
        std::make_shared<Reload>(pipelines_, std::move(next.pipelines), daemon_.start_timeout,
                                 [weak = weak_from_this(), report](std::vector<ReloadedPipeline> pipelines) {
                                   report->pipelines = std::move(pipelines);
                                   if (const auto self = weak.lock()) self->end_reload(report);
                                 });
    reload->run();
  }

  template <typename Report>
  void end_reload(const std::shared_ptr<Report>& report) {
    ReloadReport finished = *report;
    finished.time = std::chrono::system_clock::now();
    finished.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - reload_began_);
    last_reload_ = std::make_shared<const ReloadReport>(std::move(finished));
    reloading_ = false;
    tell(*last_reload_);
    answer(std::exchange(under_way_, {}), last_reload_);
    begin_reload();
  }

  static void tell(const ReloadReport& report) {
    if (!report.accepted) {
      spdlog::error("not reloaded: {}", report.refused_because);
      if (!report.diagnostics) return;
      for (const config::Diagnostic& each : report.diagnostics->sorted())
        spdlog::error("{}", config::one_line(each));
      return;
    }
    for (const ReloadedPipeline& each : report.pipelines) {
      if (each.action == ReloadAction::unchanged) continue;
      const bool bad = each.action == ReloadAction::rolled_back || each.action == ReloadAction::failed;
      spdlog::log(bad ? spdlog::level::err : spdlog::level::info, "[{}] reload: {}{}{}", each.name,
                  to_string(each.action), each.detail.empty() ? "" : ": ", each.detail);
    }
    for (const std::string& name : report.needs_restart)
      spdlog::warn("{} has changed: that takes effect only when the daemon is restarted", name);
    spdlog::info("reloaded in {}", config::format_duration(report.took));
  }

  void beat() {
    if (stopping_) return;
    if (pulse_->answered.exchange(false)) {
      pulse_asked_ = Clock::now();
      boost::asio::post(engine_->data_executor(), [pulse = pulse_] { pulse->answered = true; });
    }
    pulse_timer_.expires_after(pulse_every);
    pulse_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (self && !error) self->beat();
    });
  }

  std::optional<DaemonSettings> started_with_;
  std::vector<Reloaded> next_reload_;
  std::vector<Reloaded> under_way_;
  bool reloading_ = false;
  bool stopping_ = false;
  Clock::time_point reload_began_{};
  boost::asio::steady_timer pulse_timer_;
};

Manager::Manager(boost::asio::any_io_executor control, Configuration configuration, Loader loader,
                 Settings settings)
    : impl_(std::make_shared<Impl>(std::move(control), std::move(configuration), std::move(loader),
                                   std::move(settings))) {}

Manager::~Manager() = default;

void Manager::start() { impl_->start(); }

std::vector<PipelineView> Manager::pipelines() const {
  std::vector<PipelineView> views;
  for (const auto& [name, pipeline] : impl_->pipelines_.all())
    views.push_back(pipeline->view());
  return views;
}

std::optional<PipelineView> Manager::pipeline(std::string_view name) const {
  const auto found = impl_->pipelines_.find(name);
  if (!found) return std::nullopt;
  return found->view();
}

std::shared_ptr<runtime::Tap> Manager::tap(std::string_view name) const {
  const auto found = impl_->pipelines_.find(name);
  return found ? found->tap() : nullptr;
}

void Manager::pause(std::string_view name, Done done) {
  impl_->command(name, std::move(done),
                 [](ManagedPipeline& pipeline, Done answer) { pipeline.pause(std::move(answer)); });
}

void Manager::resume(std::string_view name, Done done) {
  impl_->command(name, std::move(done),
                 [](ManagedPipeline& pipeline, Done answer) { pipeline.resume(std::move(answer)); });
}

void Manager::drain(std::string_view name, Done done) {
  impl_->command(name, std::move(done),
                 [](ManagedPipeline& pipeline, Done answer) { pipeline.drain(std::move(answer)); });
}

void Manager::restart(std::string_view name, From from, Done done) {
  impl_->command(name, std::move(done), [from](ManagedPipeline& pipeline, Done answer) {
    pipeline.restart(from, std::move(answer));
  });
}

void Manager::letters(std::string_view name, LettersWanted wanted, LettersShownDone done) {
  impl_->show_letters(name, std::move(wanted), std::move(done));
}

void Manager::replay_letters(std::string_view name, LetterSelection chosen, LettersMovedDone done) {
  impl_->move_letters(name, LetterErrand::Kind::replay, std::move(chosen), std::move(done));
}

void Manager::discard_letters(std::string_view name, LetterSelection chosen, LettersMovedDone done) {
  impl_->move_letters(name, LetterErrand::Kind::discard, std::move(chosen), std::move(done));
}

void Manager::reload(Reloaded done) { impl_->reload(std::move(done)); }

std::shared_ptr<const ReloadReport> Manager::last_reload() const { return impl_->last_reload_; }

void Manager::shut_down(std::function<void()> done) { impl_->shut_down(std::move(done)); }

const DaemonSettings& Manager::daemon() const { return impl_->daemon_; }

Manager::EngineView Manager::engine() const {
  runtime::Engine& engine = *impl_->engine_;
  return {engine.threads(), engine.memory().limit(), engine.memory().held(), engine.detached()};
}

std::chrono::milliseconds Manager::data_turned_ago() const {
  if (impl_->pulse_->answered) return std::chrono::milliseconds(0);
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - impl_->pulse_asked_);
}

bool Manager::leaves_something_behind() const {
  return impl_->reading_->under_way() || impl_->side_threads_->busy() || impl_->engine_->detached() != 0 ||
         impl_->pipelines_.has_lost_a_run();
}

}  // namespace hiveframe::daemon
