#include "pipeline/runtime/exec/status_board.hpp"

#include <utility>

namespace hiveframe::runtime {

StatusBoard::StatusBoard(const RunContext& context)
    : context_(context), started_(std::chrono::steady_clock::now()) {
  const std::size_t sinks = context.spec.sinks.size() + (context.spec.dead_letter ? 1 : 0);
  for (std::size_t i = 0; i < sinks; ++i)
    numbers_.push_back(std::make_shared<SinkNumbers>());
}

void StatusBoard::set_state(State state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  if (state == State::running) up_since_ = std::chrono::steady_clock::now();
  if (is_final(state)) ended_ = std::chrono::steady_clock::now();
}

void StatusBoard::set_reason(std::string reason) {
  const std::lock_guard lock(mutex_);
  if (reason_.empty()) reason_ = std::move(reason);
}

void StatusBoard::set_loses_because(std::string clause) {
  const std::lock_guard lock(mutex_);
  loses_because_ = std::move(clause);
}

void StatusBoard::set_output_closed() {
  const std::lock_guard lock(mutex_);
  output_closed_ = true;
}

void StatusBoard::set_lanes(std::vector<LaneStatus> lanes) {
  const std::lock_guard lock(mutex_);
  lanes_ = std::move(lanes);
}

void StatusBoard::set_stored() {
  const std::lock_guard lock(mutex_);
  stored_ = std::chrono::steady_clock::now();
}

void StatusBoard::add_expected(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes && expected_bytes_) {
    *expected_bytes_ += *bytes;
  } else {
    expected_bytes_.reset();
  }
}

void StatusBoard::freeze() {
  Status last = snapshot();
  const std::lock_guard lock(mutex_);
  frozen_ = std::move(last);
}

void StatusBoard::set_left_behind(std::string what) {
  const std::lock_guard lock(mutex_);
  left_behind_ = std::move(what);
  if (frozen_) frozen_->left_behind = left_behind_;
}

Status StatusBoard::snapshot() const {
  {
    const std::lock_guard lock(mutex_);
    if (frozen_) return *frozen_;
  }
  const PipelineSpec& spec = context_.spec;
  const Counters& counters = context_.counters;
  Status status;
  status.name = spec.name;
  status.read = counters.read;
  status.read_bytes = counters.read_bytes;
  status.filtered = counters.filtered;
  status.rejected = context_.rejections.total();
  status.rejected_by = context_.rejections.counts();
  if (spec.dead_letter) status.dead_letters = numbers_.back()->acknowledged;
  status.retries = counters.retries;
  status.abandoned = counters.abandoned;
  status.lost = counters.lost;
  status.repeated = counters.repeated;
  status.rewinds = counters.rewinds;
  status.memory = context_.memory.held();
  status.oldest_in_flight = context_.in_flight.oldest();
  status.transforming = std::chrono::nanoseconds(counters.transforming);
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    const SinkSpec& sink = i < spec.sinks.size() ? spec.sinks[i] : *spec.dead_letter;
    const SinkNumbers& numbers = *numbers_[i];
    status.sinks.push_back({sink.name, sink.display, numbers.written, numbers.bytes, numbers.rejected,
                            numbers.retries, numbers.flushes, numbers.queued,
                            std::chrono::nanoseconds(numbers.busy), numbers.batches.snapshot(),
                            numbers.latencies.snapshot(), numbers.measures.shown()});
  }
  status.measures = context_.source_measures.shown();
  const std::lock_guard lock(mutex_);
  status.state = state_;
  status.reason = reason_;
  status.loses_because = loses_because_;
  status.output_closed = output_closed_;
  if (!is_final(state_) && context_.health.degraded()) {
    status.state = State::degraded;
    status.reason = context_.health.reason();
  }
  if (expected_bytes_ != 0) status.expected_bytes = expected_bytes_;
  status.started = started_;
  status.up_since = up_since_;
  status.ended = ended_;
  status.left_behind = left_behind_;
  status.stored = stored_;
  status.lanes = lanes_;
  return status;
}

}  // namespace hiveframe::runtime
