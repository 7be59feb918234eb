#include "daemon/manager/managed_pipeline.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "config/units.hpp"

namespace hiveframe::daemon {

using namespace std::chrono_literals;

namespace {

// A run ends within its own deadlines, each followed by a moment for what was cancelled; beyond this one of
// its threads does not come back.
constexpr auto patience_beyond_deadlines = 10s;

std::string sinks_of(const runtime::PipelineSpec& spec) {
  std::string text;
  for (const runtime::SinkSpec& sink : spec.sinks)
    text += (text.empty() ? "" : ", ") + sink.display;
  return text;
}

std::string shown(ManagedPipeline::Clock::duration duration) {
  const auto tenths = std::chrono::ceil<std::chrono::duration<std::int64_t, std::deci>>(duration);
  return config::format_duration(tenths);
}

}  // namespace

ManagedPipeline::ManagedPipeline(const PipelineSurroundings& surroundings, ConfigurationPtr configuration)
    : surroundings_(surroundings),
      configuration_(std::move(configuration)),
      lifecycle_(configuration_->restart, surroundings.restart, surroundings.random),
      since_(std::chrono::system_clock::now()),
      retry_timer_(surroundings.control),
      stop_timer_(surroundings.control) {}

PipelineState ManagedPipeline::state() const {
  return lifecycle_.state(run_ ? run_->pipeline->status().state : runtime::State::starting);
}

PipelineView ManagedPipeline::view() const {
  PipelineView view;
  view.name = name();
  std::optional<runtime::Status> now;
  if (run_) now = run_->pipeline->status();
  view.state = lifecycle_.state(now ? now->state : runtime::State::starting);
  view.reason = reason_;
  if (view.state == PipelineState::degraded) view.reason = now->reason;
  if (view.reason.empty() && lifecycle_.aside())
    view.reason = "its dead letters are being replayed or discarded";
  // What passes in an errand is no part of what the pipeline read.
  if (!run_ || run_->errand_ended) {
    view.status = last_status_;
  } else {
    view.status = std::move(now);
  }
  view.since = since_;
  if (const auto at = lifecycle_.retry_at())
    view.restarts_at = std::chrono::system_clock::now() +
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(*at - Clock::now());
  view.starts = starts_;
  view.restarts = restarts_;
  view.last_errors = errors_.all();
  view.letters_replayed = letters_replayed_;
  view.letters_discarded = letters_discarded_;
  view.left_behind = left_behind();
  view.configuration = configuration_;
  return view;
}

std::vector<ManagedPipeline::ConfigurationPtr> ManagedPipeline::in_use() const {
  std::vector<ConfigurationPtr> all;
  if (run_) all.push_back(run_->configuration);
  for (const Run& each : left_) {
    if (!each.ended || !each.pipeline->status().left_behind.empty()) all.push_back(each.configuration);
  }
  return all;
}

std::vector<std::string> ManagedPipeline::left_behind() const {
  std::vector<std::string> all;
  for (const Run& each : left_) {
    std::string what = each.pipeline->status().left_behind;
    if (!each.ended) what = "a run of it did not come to its end: one of its threads does not return";
    if (!what.empty()) all.push_back(std::move(what));
  }
  return all;
}

bool ManagedPipeline::has_lost_a_run() const {
  return run_ || std::any_of(left_.begin(), left_.end(), [](const Run& each) { return !each.ended; });
}

// Does what the lifecycle asks for, and answers who waited for it.
void ManagedPipeline::step() {
  if (lifecycle_.should_stop()) stop_run();
  if (lifecycle_.should_start(Clock::now())) start_run();
  retry_timer_.cancel();
  if (const auto at = lifecycle_.retry_at()) {
    retry_timer_.expires_at(*at);
    retry_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (self && !error) self->step();
    });
  }
  answer_waiters();
}

void ManagedPipeline::start_run() {
  look_at_what_was_left();
  const bool by_itself = lifecycle_.starts_by_itself();
  since_ = std::chrono::system_clock::now();
  if (std::string reason = surroundings_.in_the_way(*this); !reason.empty()) {
    ++failures_;
    lifecycle_.not_started(Clock::now());
    errors_.add(reason, since_);
    set_reason(std::move(reason));
    tell_where_it_stands({});
    return;
  }
  ++starts_;
  if (by_itself) ++restarts_;
  set_reason({});
  lifecycle_.started();
  runtime::RunOptions options = surroundings_.options;
  options.from_start = std::exchange(from_start_, false);
  options.tap = tap_;
  const std::string way =
      fmt::format("{} to {}", configuration_->spec.source_display, sinks_of(configuration_->spec));
  if (by_itself) {
    // A warning, so that it is folded like the failures before it: alone it would read as if all were well.
    spdlog::warn("[{}] started again after a failure: {}", name(), way);
  } else {
    spdlog::info("[{}] started: {}", name(), way);
  }
  begin_run(
      std::make_unique<runtime::Pipeline>(configuration_->spec, std::move(options), surroundings_.engine),
      nullptr);
}

void ManagedPipeline::begin_run(std::unique_ptr<runtime::Pipeline> pipeline,
                                std::function<void(const runtime::Status&)> errand_ended) {
  run_ = Run{std::move(pipeline), configuration_, ++runs_, std::move(errand_ended)};
  run_->pipeline->start([weak = weak_from_this(), control = surroundings_.control, number = runs_] {
    boost::asio::post(control, [weak, number] {
      if (const auto self = weak.lock()) self->run_ended(number);
    });
  });
}

std::string ManagedPipeline::run_errand(runtime::PipelineSpec spec,
                                        std::function<void(const runtime::Status&)> ended) {
  look_at_what_was_left();
  std::string reason = surroundings_.in_the_way(*this);
  if (!reason.empty()) return reason;
  since_ = std::chrono::system_clock::now();
  lifecycle_.errand_started();
  runtime::RunOptions options = surroundings_.options;
  options.tap = tap_;
  spdlog::info("[{}] started: {} to {}", name(), spec.source_display, sinks_of(spec));
  begin_run(std::make_unique<runtime::Pipeline>(std::move(spec), std::move(options), surroundings_.engine),
            std::move(ended));
  step();
  return {};
}

void ManagedPipeline::stop_errand() {
  if (run_ && run_->errand_ended && !lifecycle_.draining()) stop_run();
}

void ManagedPipeline::stop_run() {
  since_ = std::chrono::system_clock::now();
  lifecycle_.stopping();
  run_->pipeline->stop();
  const runtime::RunOptions& options = surroundings_.options;
  stop_timer_.expires_after(options.shutdown_timeout + 4 * options.cancel_grace + patience_beyond_deadlines);
  stop_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error) self->leave_behind();
  });
}

void ManagedPipeline::run_ended(std::uint64_t number) {
  if (!run_ || run_->number != number) {
    // One that was given up has come to its end after all.
    for (Run& each : left_)
      each.ended = each.ended || each.number == number;
    look_at_what_was_left();
    return;
  }
  run_->ended = true;
  const runtime::Status status = run_->pipeline->status();
  take_leave(status, !status.left_behind.empty());
}

// Of the run, which has ended or is given up.
void ManagedPipeline::take_leave(const runtime::Status& status, bool stays) {
  const auto errand_ended = std::move(run_->errand_ended);
  if (stays) left_.push_back(std::move(*run_));
  run_.reset();
  if (errand_ended) {
    settle_errand(status, errand_ended);
  } else {
    settle(status);
  }
}

// The strand of the run has no turn: something on it does not return.
void ManagedPipeline::leave_behind() {
  if (!run_) return;
  runtime::Status status = run_->pipeline->status();
  status.state = runtime::State::failed;
  status.reason = "it did not end in time, and was left behind";
  take_leave(status, true);
}

void ManagedPipeline::settle_errand(const runtime::Status& status,
                                    const std::function<void(const runtime::Status&)>& errand_ended) {
  stop_timer_.cancel();
  since_ = std::chrono::system_clock::now();
  if (status.state == runtime::State::failed) errors_.add(status.reason, since_);
  lifecycle_.errand_ended();
  step();
  errand_ended(status);
}

void ManagedPipeline::settle(const runtime::Status& status) {
  stop_timer_.cancel();
  since_ = std::chrono::system_clock::now();
  last_status_ = status;
  if (status.state == runtime::State::failed) {
    ++failures_;
    errors_.add(status.reason, since_);
  }
  lifecycle_.ended(status.state, status.up_since, Clock::now());
  set_reason(status.state == runtime::State::failed ? status.reason : std::string());
  tell_where_it_stands(status);
  step();
}

void ManagedPipeline::set_reason(std::string reason) { reason_ = std::move(reason); }

void ManagedPipeline::look_at_what_was_left() {
  std::erase_if(left_,
                [](const Run& each) { return each.ended && each.pipeline->status().left_behind.empty(); });
}

void ManagedPipeline::tell_where_it_stands(const runtime::Status& status) const {
  const std::string reads = fmt::format("read {} {}", status.read, status.read == 1 ? "record" : "records");
  if (const auto at = lifecycle_.retry_at()) {
    spdlog::error("[{}] failed: {}; it is started again in {}", name(), reason_, shown(*at - Clock::now()));
  } else if (!reason_.empty()) {
    spdlog::error("[{}] {}: {}", name(), to_string(state()), reason_);
  } else if (status.state == runtime::State::finished) {
    spdlog::info("[{}] finished: {}", name(), reads);
  } else {
    spdlog::info("[{}] {}: {}", name(), lifecycle_.held() ? "drained" : to_string(state()), reads);
  }
}

}  // namespace hiveframe::daemon
