#include "pipeline/runtime/exec/sink_gate.hpp"

#include <chrono>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {
namespace {

/// Dead letters have no position: their sink writes as any other does, whatever it could do.
bool commits_positions(const RunContext& context, const SinkSpec& spec) {
  const bool is_for_letters = context.spec.dead_letter && &spec == &*context.spec.dead_letter;
  return context.spec.delivery == Delivery::exactly_once && !is_for_letters;
}

}  // namespace

SinkGate::SinkGate(RunContext& context, const SinkSpec& spec, pipeline::Sink& sink, Callee& callee,
                   std::shared_ptr<SinkNumbers> numbers)
    : context_(context),
      spec_(spec),
      sink_(sink),
      callee_(callee),
      transactional_(commits_positions(context, spec) ? dynamic_cast<pipeline::Transactional*>(&sink)
                                                      : nullptr),
      numbers_(std::move(numbers)),
      breaker_(context.spec.circuit_breaker) {}

pipeline::Task<WriteAnswer> SinkGate::write(Request& request, std::vector<pipeline::LanePosition> positions,
                                            std::size_t writer, bool again) {
  while (flushing_ && !context_.aborting && !broken_)
    co_await idle_.wait();
  if (context_.aborting || broken_) co_return SinkBroken{};
  if (transactional_ != nullptr && deferred_.overtaken(request)) co_return Overtaken{};
  const Breaker::Decision decision = breaker_.allow(context_.now());
  if (!decision.permit) co_return NotCalled{decision.wait_until};

  std::optional<WriteAnswer> answer;
  std::optional<std::string> fatal;
  bool gone = false;
  ++writing_;
  request.attempted();
  count_retry(again);
  const auto begun = std::chrono::steady_clock::now();
  try {
    const Callee::Call call(callee_, "a write");
    if (transactional_ != nullptr) {
      co_await transactional_->write(request.write(), std::move(positions));
      request.settle_sink();
      answer = Taken{};
    } else {
      std::vector<pipeline::Rejection> rejections = co_await sink_.write(request.write());
      answer = Taken{std::move(rejections)};
    }
  } catch (const pipeline::Retryable& error) {
    answer = Failed{error.what(), error.outcome_unknown()};
  } catch (const pipeline::BadBatch& bad) {
    answer = RefusedWhole{bad.error()};
  } catch (const pipeline::Closed&) {
    gone = true;
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  --writing_;
  count_busy(begun);

  if (gone || fatal) {
    breaker_.on_cancelled(*decision.permit);
    broken_ = true;
    if (gone) {
      context_.end_quietly();
    } else {
      context_.fail(spec_.name + ": " + *fatal);
    }
    answer = SinkBroken{};
  } else if (const auto* failed = std::get_if<Failed>(&*answer)) {
    breaker_.on_failure(*decision.permit, context_.now());
    in_trouble_.insert(writer);
    context_.health.trouble(spec_.name, failed->message);
  } else {
    // A refusal is an answer as well: the sink is up.
    if (flush_failed_ && !request.durable()) {
      breaker_.on_cancelled(*decision.permit);
    } else {
      breaker_.on_success(*decision.permit);
    }
    in_trouble_.erase(writer);
    if (in_trouble_.empty()) context_.health.recovered(spec_.name);
  }
  if (const auto* taken = std::get_if<Taken>(&*answer)) {
    unflushed_ = true;
    if (transactional_ != nullptr) deferred_.keep(request);
    keeps_acks_ = keeps_acks_ || !request.durable();
    request.taken(numbers_, taken->rejections);
    const std::size_t refused = taken->rejections.size();
    if (request.records() != refused) numbers_->batches.add(static_cast<double>(request.records() - refused));
  }
  call_ended();
  co_return std::move(*answer);
}

void SinkGate::withdraw(std::size_t writer) {
  if (in_trouble_.erase(writer) != 0 && in_trouble_.empty()) context_.health.forget(spec_.name);
}

pipeline::Task<FlushAnswer> SinkGate::flush(bool again) {
  flushing_ = true;
  while (writing_ != 0 && !context_.aborting && !broken_)
    co_await idle_.wait();
  if (context_.aborting || broken_) {
    // The sink was cancelled or failed, and a write of it may not have returned yet.
    flushing_ = false;
    call_ended();
    co_return SinkBroken{};
  }
  const Breaker::Decision decision = breaker_.allow(context_.now());
  if (!decision.permit) {
    flushing_ = false;
    call_ended();
    co_return NotCalled{decision.wait_until};
  }

  // Set before the call: what is written after it is unflushed again.
  unflushed_ = false;
  count_retry(again);
  const auto begun = std::chrono::steady_clock::now();
  FlushAnswer answer = Flushed{};
  std::optional<std::string> fatal;
  bool gone = false;
  try {
    const Callee::Call call(callee_, "a flush");
    co_await sink_.flush();
  } catch (const pipeline::Retryable& error) {
    answer = Failed{error.what(), error.outcome_unknown()};
  } catch (const pipeline::BadBatch& bad) {
    // Written again it would be refused again, and it is too late to find out which record it is.
    fatal = "refused at a flush what it had taken: " + bad.error().message;
  } catch (const pipeline::Closed&) {
    gone = true;
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  flushing_ = false;
  count_busy(begun);
  numbers_->flushes.fetch_add(1, std::memory_order_relaxed);

  const std::string component = spec_.name + " flush";
  if (gone || fatal) {
    breaker_.on_cancelled(*decision.permit);
    answer = SinkBroken{};
    if (gone) {
      context_.end_quietly();
      close();
    } else {
      give_up(*fatal);
    }
  } else if (const auto* failed = std::get_if<Failed>(&answer)) {
    breaker_.on_failure(*decision.permit, context_.now());
    unflushed_ = true;
    flush_failed_ = true;
    context_.health.trouble(component, failed->message);
  } else {
    if (keeps_acks_ || flush_failed_) {
      breaker_.on_success(*decision.permit);
    } else {
      breaker_.on_cancelled(*decision.permit);
    }
    keeps_acks_ = false;
    flush_failed_ = false;
    context_.health.recovered(component);
  }
  call_ended();
  co_return answer;
}

void SinkGate::count_retry(bool again) {
  if (!again) return;
  numbers_->retries.fetch_add(1, std::memory_order_relaxed);
  context_.counters.retries.fetch_add(1, std::memory_order_relaxed);
}

void SinkGate::count_busy(std::chrono::steady_clock::time_point begun) {
  const std::chrono::nanoseconds time = std::chrono::steady_clock::now() - begun;
  numbers_->busy.fetch_add(time.count(), std::memory_order_relaxed);
}

void SinkGate::close() {
  broken_ = true;
  call_ended();
}

void SinkGate::give_up(const std::string& reason) {
  context_.fail(spec_.name + ": " + reason);
  close();
}

void SinkGate::call_ended() {
  idle_.notify();
  if (changed_) changed_();
  context_.progressed();
}

}  // namespace hiveframe::runtime
