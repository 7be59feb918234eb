#include "daemon/cli/service.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <unistd.h>

#include "daemon/admin/admin_server.hpp"
#include "daemon/cli/command.hpp"
#include "daemon/os/folder_lock.hpp"
#include "daemon/os/journal.hpp"
#include "daemon/os/log.hpp"
#include "daemon/os/process.hpp"
#include "daemon/os/service_notifier.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::microseconds status_every = 5s;
constexpr std::chrono::milliseconds fold_within = 1min;

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Manager::Settings manager_settings(const DaemonSettings& daemon,
                                   std::function<void(const DaemonSettings&)> on_settings) {
  Manager::Settings settings;
  settings.on_settings = std::move(on_settings);
  settings.state_dir = daemon.state_dir ? *daemon.state_dir : default_state_dir();
  settings.environment = environment_variables();
  return settings;
}

LogSettings log_settings(const LogOptions& options, const Terminal& terminal) {
  LogSettings settings{.level = options.level, .colour = terminal.colour, .fold_within = fold_within};
  if (options.format) {
    settings.format = *options.format;
  } else if (is_journal(STDERR_FILENO, variable("JOURNAL_STREAM"))) {
    settings.format = LogFormat::journal;
  } else if (!terminal.interactive) {
    settings.format = LogFormat::json;
  }
  return settings;
}

// "3 pipelines: 2 running, 1 degraded"
std::string summary_of(const std::vector<PipelineView>& pipelines) {
  std::map<PipelineState, std::size_t> count;
  for (const PipelineView& each : pipelines)
    ++count[each.state];
  std::string text = std::to_string(pipelines.size()) + (pipelines.size() == 1 ? " pipeline" : " pipelines");
  const char* separator = ": ";
  for (const auto& [state, number] : count) {
    text += separator + std::to_string(number) + " " + std::string(to_string(state));
    separator = ", ";
  }
  return text;
}

// What a pipeline has read and did not deliver when it was stopped.
bool is_complete(const PipelineView& pipeline) {
  if (!pipeline.left_behind.empty()) return false;
  return !pipeline.status || pipeline.status->output_closed ||
         (pipeline.status->abandoned == 0 && pipeline.status->lost == 0);
}

// The service, on the main thread, which runs the control executor.
class Service {
 public:
  Service(Configuration configuration, Manager::Loader loader, Io& io)
      : console_(io.err),
        log_(console_, log_settings(configuration.daemon.log, io.err_terminal)),
        notifier_(variable("NOTIFY_SOCKET")),
        watchdog_(watchdog_interval(variable("WATCHDOG_USEC"), variable("WATCHDOG_PID"))),
        settings_(
            manager_settings(configuration.daemon,
                             [this](const DaemonSettings& daemon) { log_.set_level(daemon.log.level); })),
        lock_(settings_.state_dir),
        signals_(control_),
        heartbeat_(control_),
        admin_settings_(configuration.daemon.admin),
        manager_(control_.get_executor(), std::move(configuration), std::move(loader), settings_),
        admin_(control_.get_executor(), manager_, log_, admin_settings_, version_number()) {}

  int run() {
    if (!notifier_.problem().empty())
      log_.write(Log::Level::warning, "",
                 "the service manager cannot be told anything: " + notifier_.problem());
    for (const int signal : {SIGTERM, SIGHUP, SIGINT}) {
      if (!is_ignored(signal) || signal != SIGINT) signals_.add(signal);
    }
    await_signal();
    for (const std::string& url : admin_.listen())
      log_.write(Log::Level::info, "", "admin API on " + url);
    manager_.start();
    notifier_.ready(summary_of(manager_.pipelines()));
    beat();
    control_.run();
    const int status = finish();
    // What was left behind may return at any moment, and find what an orderly exit takes apart.
    if (manager_.leaves_something_behind()) _exit(status);
    return status;
  }

 private:
  void await_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      await_signal();
      if (signal == SIGHUP) {
        reload();
      } else {
        stop(signal);
      }
    });
  }

  void reload() {
    if (stopping_) return;
    notifier_.reloading();
    ++reloads_;
    manager_.reload([this](const std::shared_ptr<const ReloadReport>& report) {
      if (--reloads_ != 0 || stopping_) return;
      notifier_.ready(summary_of(manager_.pipelines()) +
                      (report->accepted ? "" : "; the last reload was refused: " + report->refused_because));
    });
  }

  void stop(int signal) {
    const std::string name = std::string("SIG") + sigabbrev_np(signal);
    if (stopping_) end_now(name);
    stopping_ = true;
    log_.write(Log::Level::info, "", name + ": finishing what was read; a second signal ends at once");
    notifier_.stopping();
    manager_.shut_down([this] {
      heartbeat_.cancel();
      // It can be watched while it drains.
      admin_.stop([this] { control_.stop(); });
    });
  }

  [[noreturn]] void end_now(const std::string& signal) {
    log_.write(Log::Level::error, "", "a second signal, " + signal + ": ended at once");
    for (const PipelineView& each : manager_.pipelines()) {
      if (each.state != PipelineState::draining) continue;
      log_.write(Log::Level::error, each.name,
                 each.status->loses_because.empty()
                     ? "what is not durable yet is read again by the next run"
                     : "what was under way is lost: " + each.status->loses_because);
    }
    // Other threads are at work on everything that an orderly exit would take apart.
    _exit(exit_failed);
  }

  // Says that it is alive, and how it is. That this runs shows that the control executor turns.
  void beat() {
    const std::chrono::microseconds every = watchdog_ ? std::min(*watchdog_ / 2, status_every) : status_every;
    log_.show_repeated();
    if (watchdog_ && manager_.data_turned_ago() < *watchdog_ / 2) notifier_.keep_alive();
    if (notifier_.has_listener() && !stopping_ && reloads_ == 0) tell_status();
    heartbeat_.expires_after(every);
    heartbeat_.async_wait([this](const boost::system::error_code& error) {
      if (!error) beat();
    });
  }

  void tell_status() {
    std::string now = summary_of(manager_.pipelines());
    if (now == told_) return;
    notifier_.status(now);
    told_ = std::move(now);
  }

  int finish() {
    const std::vector<PipelineView> pipelines = manager_.pipelines();
    const bool complete = std::all_of(pipelines.begin(), pipelines.end(), is_complete);
    log_.show_all_repeated();
    log_.write(Log::Level::info, "",
               complete ? "stopped" : "stopped; not everything that was read was delivered");
    return complete ? exit_done : exit_failed;
  }

  Console console_;
  Log log_;
  ServiceNotifier notifier_;
  std::optional<std::chrono::microseconds> watchdog_;
  Manager::Settings settings_;
  FolderLock lock_;
  boost::asio::io_context control_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer heartbeat_;
  AdminSettings admin_settings_;
  Manager manager_;
  AdminServer admin_;
  bool stopping_ = false;
  std::size_t reloads_ = 0;  // that are not answered
  std::string told_;
};

}  // namespace

int run_service(Configuration configuration, Manager::Loader loader, Io& io) {
  return Service(std::move(configuration), std::move(loader), io).run();
}

}  // namespace hiveframe::daemon
