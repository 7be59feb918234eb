#include "daemon/cli/run_pipelines.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <unistd.h>

#include "daemon/cli/dry_run.hpp"
#include "daemon/cli/numbers.hpp"
#include "daemon/cli/progress.hpp"
#include "daemon/cli/summary.hpp"
#include "daemon/os/log.hpp"
#include "daemon/os/process.hpp"
#include "daemon/os/waiter.hpp"
#include "pipeline/runtime/exec/pipeline.hpp"

namespace hiveframe::daemon {
namespace {

using namespace std::chrono_literals;
using runtime::State;
using runtime::Status;

constexpr auto look_around_every = 100ms;
constexpr auto redraw_every = 250ms;

// A progress line would be torn apart by records on the same terminal.
bool prints_records(const std::vector<runtime::PipelineSpec>& specs, const RunSettings& settings) {
  if (settings.dry_run) return true;
  return std::any_of(specs.begin(), specs.end(), [](const runtime::PipelineSpec& spec) {
    if (spec.dead_letter && spec.dead_letter->standard_output) return true;
    return std::any_of(spec.sinks.begin(), spec.sinks.end(),
                       [](const runtime::SinkSpec& sink) { return sink.standard_output; });
  });
}

std::string sinks_of(const runtime::PipelineSpec& spec) {
  std::string text;
  for (const runtime::SinkSpec& sink : spec.sinks)
    text += (text.empty() ? "" : ", ") + sink.display;
  return text;
}

// One execution of `run`, on the main thread.
class Execution {
 public:
  Execution(std::vector<runtime::PipelineSpec> specs, const RunSettings& settings, Io& io)
      : settings_(settings),
        io_(io),
        console_(io.err),
        log_(console_, {.level = settings.log_level, .colour = io.err_terminal.colour}),
        draws_progress_(io.err_terminal.interactive && settings.log_level == Log::Level::info &&
                        !settings.json && !(io.out_terminal.interactive && prints_records(specs, settings))) {
    const std::shared_ptr<DryRunOutput> output = dry_run_output(io.out, io.out_error);
    for (runtime::PipelineSpec& spec : specs) {
      starting_.push_back("starting: " + spec.source_display + " to " + sinks_of(spec));
      names_.push_back(spec.name);
      specs_.push_back(settings.dry_run ? dry_run(std::move(spec), output) : std::move(spec));
    }
    ended_.resize(specs_.size());
  }

  int run() {
    Waiter waiter;  // before the engine's threads, which inherit the blocked signals
    forget_start();
    runtime::Engine engine(settings_.engine);
    std::vector<std::unique_ptr<runtime::Pipeline>> pipelines;
    for (runtime::PipelineSpec& spec : specs_)
      pipelines.push_back(std::make_unique<runtime::Pipeline>(std::move(spec), settings_.options, engine));
    std::atomic<std::size_t> running = pipelines.size();
    for (std::size_t i = 0; i < pipelines.size(); ++i) {
      if (!draws_progress_) log_.write(Log::Level::info, names_[i], starting_[i]);
      pipelines[i]->start([&running, &waiter] {
        --running;
        waiter.notify();
      });
    }
    while (running > 0) {
      if (const int signal = waiter.wait(look_around_every); signal != 0) {
        if (stopping_) end_now(signal, pipelines);
        stopping_ = true;
        log_.write(Log::Level::info, "",
                   std::string("SIG") + sigabbrev_np(signal) +
                       ": finishing what was read; a second signal ends at once");
        for (const auto& pipeline : pipelines)
          pipeline->stop();
      }
      look_around(pipelines, running > 0);
    }
    console_.erase_status();
    const int status = finish(look_around(pipelines, false));
    // What was left behind may return at any moment, and find what an orderly exit takes apart.
    if (engine.detached() != 0) _exit(status);
    return status;
  }

 private:
  std::vector<Status> look_around(const std::vector<std::unique_ptr<runtime::Pipeline>>& pipelines,
                                  bool may_draw) {
    std::vector<Status> statuses;
    for (const auto& pipeline : pipelines)
      statuses.push_back(pipeline->status());
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      if (!runtime::is_final(statuses[i].state) || ended_[i]) continue;
      ended_[i] = true;
      announce_end(statuses[i]);
    }
    const auto now = std::chrono::steady_clock::now();
    if (may_draw && draws_progress_ && now - drawn_at_ >= redraw_every) {
      drawn_at_ = now;
      const std::size_t width = io_.err_terminal.width;
      console_.show_status(progress_.line(statuses, now, width > 1 ? width - 1 : 1));
    }
    return statuses;
  }

  void announce_end(const Status& status) {
    if (status.state == State::failed) {
      log_.write(Log::Level::error, status.name, "failed: " + status.reason);
    } else if (!draws_progress_) {
      log_.write(
          Log::Level::info, status.name,
          std::string(runtime::to_string(status.state)) + ": read " + with_commas(status.read) + " records");
    }
  }

  int finish(const std::vector<Status>& statuses) {
    // Where the reader of the output went away, what was on its way to there is no loss.
    const bool sound = std::all_of(statuses.begin(), statuses.end(), [](const Status& status) {
      const bool complete = status.abandoned == 0 && status.lost == 0;
      return status.state != State::failed && (complete || status.output_closed);
    });
    const int exit_status = sound ? exit_done : exit_failed;
    io_.out.flush();
    if (settings_.json) {
      io_.err << summary_json(statuses, exit_status) << '\n';
    } else if (settings_.log_level < Log::Level::warning) {
      io_.err << summary_text(statuses, settings_.dry_run);
    }
    io_.err.flush();
    return exit_status;
  }

  [[noreturn]] void end_now(int signal, const std::vector<std::unique_ptr<runtime::Pipeline>>& pipelines) {
    log_.write(Log::Level::error, "",
               std::string("a second signal, SIG") + sigabbrev_np(signal) + ": ended at once");
    for (const auto& pipeline : pipelines) {
      const Status status = pipeline->status();
      if (runtime::is_final(status.state)) continue;
      log_.write(Log::Level::error, status.name,
                 status.loses_because.empty() ? "what is not durable yet is read again by the next run"
                                              : "what was under way is lost: " + status.loses_because);
    }
    // Other threads are at work on everything that an orderly exit would take apart.
    _exit(exit_failed);
  }

  const RunSettings& settings_;
  Io& io_;
  Console console_;
  Log log_;
  const bool draws_progress_;
  std::vector<runtime::PipelineSpec> specs_;
  std::vector<std::string> names_;
  std::vector<std::string> starting_;
  std::vector<bool> ended_;
  bool stopping_ = false;
  Progress progress_;
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace

int run_pipelines(std::vector<runtime::PipelineSpec> specs, const RunSettings& settings, Io& io) {
  return Execution(std::move(specs), settings, io).run();
}

}  // namespace hiveframe::daemon
