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
  view.status = run_ ? run_->pipeline->status() : last_status_;
  view.state = lifecycle_.state(run_ ? view.status->state : runtime::State::starting);
  view.reason = reason_;
  if (view.state == PipelineState::degraded) view.reason = view.status->reason;
  view.since = since_;
  if (const auto at = lifecycle_.retry_at())
    view.restarts_at = std::chrono::system_clock::now() +
                       std::chrono::duration_cast<std::chrono::system_clock::duration>(*at - Clock::now());
  view.starts = starts_;
  view.restarts = restarts_;
  view.last_errors = errors_.all();
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
  run_ =
      Run{std::make_unique<runtime::Pipeline>(configuration_->spec, std::move(options), surroundings_.engine),
          configuration_, starts_};
  spdlog::info("[{}] started: {} to {}", name(), configuration_->spec.source_display,
               sinks_of(configuration_->spec));
  run_->pipeline->start([weak = weak_from_this(), control = surroundings_.control, number = starts_] {
    boost::asio::post(control, [weak, number] {
      if (const auto self = weak.lock()) self->run_ended(number);
    });
  });
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
  if (!status.left_behind.empty()) left_.push_back(std::move(*run_));
  run_.reset();
  settle(status);
}

// The strand of the run has no turn: something on it does not return.
void ManagedPipeline::leave_behind() {
  if (!run_) return;
  runtime::Status status = run_->pipeline->status();
  status.state = runtime::State::failed;
  status.reason = "it did not end in time, and was left behind";
  left_.push_back(std::move(*run_));
  run_.reset();
  settle(status);
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
