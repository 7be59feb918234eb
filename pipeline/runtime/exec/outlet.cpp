#include "pipeline/runtime/exec/outlet.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <utility>

namespace hiveframe::runtime {
namespace {

// For sinks whose writes get cheaper by it.
constexpr std::chrono::milliseconds default_linger{20};

BatchLimits limits_for(const pipeline::SinkTraits& traits, const BatchSettings& batch) {
  BatchLimits limits;
  limits.records = traits.batch_records != 0 ? traits.batch_records : batch.records;
  limits.bytes = traits.batch_bytes != 0 ? traits.batch_bytes : batch.bytes;
  const auto suits = traits.gains_by_waiting ? default_linger : std::chrono::milliseconds::zero();
  limits.linger = batch.linger.value_or(suits);
  return limits;
}

}  // namespace

Outlet::Outlet(RunContext& context, const SinkSpec& spec, std::shared_ptr<SinkNumbers> numbers)
    : context_(context),
      spec_(spec),
      report_(context.health, spec.name, numbers->measures),
      sink_(spec.make()),
      callee_(spec.display.empty() ? spec.name : spec.name + " " + spec.display),
      traits_(sink_->traits()),
      marks_(context.store_marks),
      gate_(context, spec, *sink_, callee_, std::move(numbers)),
      opening_(context, spec.name + " opening"),
      taking_over_(context, spec.name + " taking over"),
      completing_(context, spec.name + " completing"),
      flush_timer_(context.timers) {}

pipeline::Task<bool> Outlet::open(std::map<std::string, std::string> stored_marks, Phase phase) {
  const std::function<pipeline::Task<void>()> attempt = [&]() -> pipeline::Task<void> {
    pipeline::SinkContext sink_context{.marks = &marks_,
                                       .stored_marks = stored_marks,
                                       .completing = phase == Phase::completing,
                                       .memory_limit = context_.memory_limit,
                                       .pipeline = context_.spec.name,
                                       .report = &report_,
                                       .membership = gate_.transactional() ? context_.membership : nullptr,
                                       .name = spec_.name,
                                       .comes_again = context_.spec.delivery != Delivery::at_most_once,
                                       .goes_on = phase != Phase::starting_over};
    const Callee::Call call(callee_, "a call to open it");
    co_await sink_->open(std::move(sink_context));
  };
  const std::function<bool()> given_up = [this] { return context_.draining || context_.aborting; };
  co_return co_await opening_.run(attempt, given_up);
}

void Outlet::start(const LaneDirectory& lanes) {
  gate_.on_change([this] { gate_changed(); });
  const BatchLimits limits = limits_for(traits_, context_.spec.batch);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, traits_.concurrency); ++i) {
    writers_.push_back(
        std::make_unique<SinkWriter>(context_, spec_, gate_, lanes, limits, traits_.whole_batches, i));
    ++writers_running_;
    const auto done = [this] {
      --writers_running_;
      wake();
    };
    boost::asio::co_spawn(context_.strand, writers_.back()->run(done), boost::asio::detached);
  }
  flush_loop_runs_ = true;
  boost::asio::co_spawn(context_.strand, flush_loop(), boost::asio::detached);
}

pipeline::Task<bool> Outlet::take_over(const std::string& lane, std::optional<pipeline::Position>& position) {
  auto* transactional = dynamic_cast<pipeline::Transactional*>(sink_.get());
  const std::function<pipeline::Task<void>()> attempt = [&]() -> pipeline::Task<void> {
    std::vector<std::string> lanes{lane};
    const Callee::Call call(callee_, "a request for its positions");
    std::vector<std::optional<pipeline::Position>> positions =
        co_await transactional->stored_positions(std::move(lanes));
    position = std::move(positions.front());
  };
  const std::function<bool()> given_up = [this] { return context_.draining || context_.aborting; };
  co_return co_await taking_over_.run(attempt, given_up);
}

SinkWriter& Outlet::writer_for(std::size_t lane) {
  if (context_.spec.ordered || gate_.transactional()) return *writers_[lane % writers_.size()];
  const auto free =
      std::find_if(writers_.begin(), writers_.end(), [](const auto& each) { return !each->busy(); });
  return free != writers_.end() ? **free : *writers_[next_writer_++ % writers_.size()];
}

pipeline::Task<bool> Outlet::push(Parcel parcel) {
  SinkWriter& writer = writer_for(parcel.lane);
  co_return co_await writer.push(std::move(parcel));
}

void Outlet::request_flush() {
  const bool busy =
      std::any_of(writers_.begin(), writers_.end(), [](const auto& each) { return each->busy(); });
  if (flush_wanted_ || (!gate_.unflushed() && !busy)) return;
  flush_wanted_ = true;
  flush_timer_.notify();
}

void Outlet::hurry() {
  for (const auto& writer : writers_)
    writer->hurry();
  request_flush();
}

pipeline::Task<void> Outlet::flush() {
  if (!gate_.unflushed() && !flushing_) co_return;
  const std::uint64_t before = flushes_tried_;
  request_flush();
  while (flushes_tried_ == before && flush_loop_runs_)
    co_await changed_.wait();
}

bool Outlet::drained() const noexcept {
  return draining_ && writers_running_ == 0 && !gate_.unflushed() && !flushing_;
}

pipeline::Task<void> Outlet::drain() {
  draining_ = true;
  for (const auto& writer : writers_)
    writer->drain();
  while (writers_running_ != 0)
    co_await changed_.wait();
  // A flush that fails is tried again until it works or the run is aborted.
  while (flush_loop_runs_ && !drained())
    co_await flush();
  wake();
  while (flush_loop_runs_)
    co_await changed_.wait();
}

pipeline::Task<void> Outlet::flush_loop() {
  Backoff backoff(context_.spec.retry, context_.random);
  while (!drained() && !context_.aborting && !gate_.broken()) {
    if (!flush_wanted_ || !gate_.unflushed()) {
      co_await flush_timer_.wait_until(TimedSignal::Clock::time_point::max());
      continue;
    }
    flush_wanted_ = false;
    flushing_ = true;
    const FlushAnswer answer = co_await gate_.flush(backoff.failures() != 0);
    flushing_ = false;
    ++flushes_tried_;
    changed_.notify();
    if (const auto* not_called = std::get_if<NotCalled>(&answer)) {
      co_await pause_flushing(not_called->ask_again);
    } else if (const auto* failed = std::get_if<Failed>(&answer)) {
      const auto now = Backoff::Clock::now();
      const auto delay = backoff.next_delay(now);
      if (!delay) {
        gate_.give_up(failed->message + "; " + gave_up(backoff.failures()));
        break;
      }
      co_await pause_flushing(now + *delay);
    } else {
      backoff.reset();
    }
  }
  flush_loop_runs_ = false;
  changed_.notify();
}

pipeline::Task<void> Outlet::pause_flushing(TimedSignal::Clock::time_point until) {
  while (TimedSignal::Clock::now() < until && !context_.aborting && !gate_.broken()) {
    co_await flush_timer_.wait_until(until);
    // The breaker's trial calls have no time of their own: look again whenever something changed.
    if (until == TimedSignal::Clock::time_point::max()) co_return;
  }
}

pipeline::Task<bool> Outlet::complete() {
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    const Callee::Call call(callee_, "a call to publish");
    co_await sink_->complete();
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  co_return co_await completing_.run(attempt, given_up);
}

void Outlet::begin_closing(std::function<void()> closed) {
  if (closing_begun_ || callee_.busy()) return;
  closing_begun_ = true;
  boost::asio::co_spawn(context_.strand, close(std::move(closed)), boost::asio::detached);
}

pipeline::Task<void> Outlet::close(std::function<void()> closed) {
  try {
    const Callee::Call call(callee_, "a call to close");
    co_await sink_->close();
  } catch (const std::exception& error) {
    close_failure_ = spec_.name + ": " + error.what();
  }
  closed_ = true;
  closed();
}

void Outlet::abort() {
  sink_->cancel();
  wake();
}

void Outlet::gate_changed() {
  for (const auto& writer : writers_)
    writer->gate_changed();
  changed_.notify();
  flush_timer_.notify();
}

void Outlet::wake() {
  for (const auto& writer : writers_)
    writer->wake();
  gate_.wake();
  changed_.notify();
  flush_timer_.notify();
  opening_.wake();
  taking_over_.wake();
  completing_.wake();
}

}  // namespace hiveframe::runtime
