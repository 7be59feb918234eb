#include "pipeline/runtime/exec/outlet.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {
namespace {

// Parcels a writer keeps waiting. The budget bounds the bytes; this bounds how far a lane runs ahead.
constexpr std::size_t queue_room = 4;

}  // namespace

Outlet::Outlet(RunContext& context, const SinkSpec& spec, std::shared_ptr<SinkNumbers> numbers)
    : context_(context),
      spec_(spec),
      sink_(spec.make()),
      traits_(sink_->traits()),
      marks_(context.store_marks),
      numbers_(std::move(numbers)),
      breaker_(context.spec.circuit_breaker),
      retry_loop_(context, spec.name),
      changed_(context.strand),
      flush_timer_(context.strand) {
  const std::size_t writers = std::max<std::size_t>(1, traits_.concurrency);
  for (std::size_t i = 0; i < writers; ++i)
    writers_.push_back(std::make_unique<Writer>(context.strand));
}

pipeline::Task<bool> Outlet::open(std::map<std::string, std::string> stored_marks, bool completing) {
  const std::function<pipeline::Task<void>()> attempt = [&]() -> pipeline::Task<void> {
    pipeline::SinkContext sink_context{&marks_, stored_marks, completing};
    co_await sink_->open(std::move(sink_context));
  };
  const std::function<bool()> given_up = [this] { return context_.draining || context_.aborting; };
  co_return co_await retry_loop_.run(attempt, given_up);
}

void Outlet::start(std::function<pipeline::Task<void>(RefusedBySink)> refused) {
  refused_ = std::move(refused);
  for (const auto& writer : writers_) {
    boost::asio::co_spawn(context_.strand, write_loop(*writer), boost::asio::detached);
  }
  flush_loop_done_ = false;
  boost::asio::co_spawn(context_.strand, flush_loop(), boost::asio::detached);
}

pipeline::Task<bool> Outlet::push(Parcel parcel) {
  Writer& writer = *writers_[parcel.lane % writers_.size()];
  while (writer.queue.size() >= queue_room && !context_.aborting && !broken_ && !parcel.stale()) {
    co_await writer.room.wait();
  }
  if (context_.aborting || broken_) co_return false;
  // A stale parcel counts as taken: its lane reads it again.
  if (parcel.stale()) co_return true;
  writer.queue.push_back(std::move(parcel));
  writer.work.notify();
  co_return true;
}

void Outlet::request_flush() {
  if (!unflushed_ || flush_wanted_) return;
  flush_wanted_ = true;
  flush_timer_.notify();
}

pipeline::Task<void> Outlet::flush() {
  if (!unflushed_) co_return;
  const std::uint64_t before = flushes_tried_;
  request_flush();
  while (flushes_tried_ == before && !flush_loop_done_)
    co_await changed_.wait();
}

pipeline::Task<void> Outlet::drain() {
  draining_ = true;
  wake();
  const auto writer_is_done = [](const auto& writer) { return writer->done; };
  while (!std::all_of(writers_.begin(), writers_.end(), writer_is_done))
    co_await changed_.wait();
  // A failed flush is tried again until it works or the run is aborted.
  while (unflushed_ && !broken_ && !context_.aborting)
    co_await flush();
  flush_timer_.notify();
  while (!flush_loop_done_)
    co_await changed_.wait();
}

pipeline::Task<bool> Outlet::complete() {
  const std::function<pipeline::Task<void>()> attempt = [this]() -> pipeline::Task<void> {
    co_await sink_->complete();
  };
  const std::function<bool()> given_up = [this] { return context_.aborting; };
  co_return co_await retry_loop_.run(attempt, given_up);
}

pipeline::Task<void> Outlet::close() { co_await sink_->close(); }

void Outlet::abort() {
  sink_->cancel();
  wake();
}

void Outlet::wake() {
  for (const auto& writer : writers_) {
    writer->room.notify();
    writer->work.notify();
  }
  changed_.notify();
  flush_timer_.notify();
  retry_loop_.wake();
}

BatchLimits Outlet::batch_limits() const {
  BatchLimits limits;
  limits.records = traits_.batch_records != 0 ? traits_.batch_records : context_.spec.batch.records;
  limits.bytes = traits_.batch_bytes != 0 ? traits_.batch_bytes : context_.spec.batch.bytes;
  limits.linger = traits_.gains_by_waiting ? context_.spec.batch.linger : std::chrono::milliseconds(0);
  return limits;
}

pipeline::Task<void> Outlet::write_loop(Writer& writer) {
  for (;;) {
    while (writer.queue.empty() && !draining_ && !context_.aborting && !broken_) {
      co_await writer.work.wait_until(TimedSignal::Clock::time_point::max());
    }
    if (context_.aborting || broken_ || writer.queue.empty()) break;
    Job job = co_await gather(writer);
    if (!job.owners.empty()) co_await write(writer, std::move(job));
  }
  // What is left is abandoned: its acks are never said.
  writer.queue.clear();
  writer.done = true;
  writer.room.notify();
  changed_.notify();
}

pipeline::Task<Outlet::Job> Outlet::gather(Writer& writer) {
  Job job;
  Batcher batcher(batch_limits());
  for (;;) {
    bool full = false;
    while (!writer.queue.empty() && !full)
      full = take_front(writer, batcher, job);
    writer.room.notify();
    if (full || draining_ || flush_wanted_ || context_.aborting || broken_) break;
    const auto deadline = batcher.deadline();
    if (!deadline || *deadline <= Batcher::Clock::now()) break;
    co_await writer.work.wait_until(*deadline);
  }
  co_return job;
}

/// Moves the first parcel, or as much of it as fits, into the job. True when the batch is full.
bool Outlet::take_front(Writer& writer, Batcher& batcher, Job& job) {
  Parcel& front = writer.queue.front();
  if (front.stale()) {
    writer.queue.pop_front();
    return false;
  }
  const auto now = Batcher::Clock::now();
  const std::size_t records = front.slice.size();
  const std::size_t bytes = front.slice.bytes();
  // An empty batch would take anything; a request is cut all the same.
  const BatchLimits limits = batch_limits();
  const bool within =
      (limits.records == 0 || records <= limits.records) && (limits.bytes == 0 || bytes <= limits.bytes);
  if ((within || records == 1) && batcher.fits(records, bytes)) {
    Parcel whole = std::move(front);
    writer.queue.pop_front();
    const bool full = batcher.add(records, bytes, now);
    add(job, std::move(whole));
    return full;
  }
  // Too much for one request: cut off what still fits, at least one record into an empty batch.
  std::size_t cut = 0;
  std::size_t cut_bytes = 0;
  while (cut < records) {
    const std::size_t next = cut_bytes + front.slice.part(cut, cut + 1).bytes();
    const bool first = cut == 0 && batcher.empty();
    const bool over =
        (limits.records != 0 && cut + 1 > limits.records) || (limits.bytes != 0 && next > limits.bytes);
    if (!first && (over || !batcher.fits(cut + 1, next))) break;
    cut_bytes = next;
    ++cut;
  }
  if (cut == 0) return true;
  Parcel piece = {front.slice.part(0, cut), front.ticket, front.ticket->part(), front.lane, front.epoch,
                  front.current_epoch};
  front.slice = front.slice.part(cut, records);
  if (front.slice.empty()) writer.queue.pop_front();
  batcher.add(cut, cut_bytes, now);
  add(job, std::move(piece));
  return true;
}

void Outlet::add(Job& job, Parcel parcel) {
  job.request.slices.push_back(parcel.slice);
  job.request.ack.join(std::move(parcel.ack));
  parcel.ack = parcel.ticket->part();
  job.owners.push_back(std::move(parcel));
}

bool Outlet::given_up(const Job& job) const {
  if (context_.aborting || broken_) return true;
  return std::all_of(job.owners.begin(), job.owners.end(), [](const Parcel& owner) { return owner.stale(); });
}

void Outlet::finish(const Job& job) {
  std::size_t bytes = 0;
  for (const record::Slice& slice : job.request.slices)
    bytes += slice.bytes();
  numbers_->bytes.fetch_add(bytes, std::memory_order_relaxed);
  const auto open = [](const Parcel& owner) { return !owner.ticket->is_settled(); };
  if (std::any_of(job.owners.begin(), job.owners.end(), open)) unflushed_ = true;
}

pipeline::Task<void> Outlet::write(Writer& writer, Job job) {
  record::DataError why;
  const Outcome outcome = co_await attempt(writer, job, why);
  if (outcome == Outcome::dropped) co_return;
  if (outcome == Outcome::refused) {
    if (job.request.records() == 1) {
      std::vector<pipeline::Rejection> only;
      only.push_back({0, std::move(why)});
      co_await refuse(job, std::move(only));
    } else {
      co_await bisect(writer, job);
      if (context_.aborting || broken_) co_return;
    }
    job.request.ack.delivered();
  }
  for (Parcel& owner : job.owners)
    owner.ack.delivered();
}

pipeline::Task<Outlet::Outcome> Outlet::attempt(Writer& writer, Job& job, record::DataError& why) {
  Backoff backoff(context_.spec.retry, context_.random);
  for (;;) {
    if (given_up(job)) co_return Outcome::dropped;
    if (flushing_) {
      co_await changed_.wait();
      continue;
    }
    const Breaker::Decision decision = breaker_.allow(Breaker::Clock::now());
    if (!decision.permit) {
      co_await pause(writer.work, decision.wait_until);
      continue;
    }

    std::optional<pipeline::Retryable> trouble;
    std::optional<std::string> fatal;
    bool gone = false;
    bool refused = false;
    std::vector<pipeline::Rejection> rejections;
    ++writing_;
    try {
      rejections = co_await sink_->write(job.request);
    } catch (const pipeline::Retryable& error) {
      trouble = error;
    } catch (const pipeline::BadBatch& bad) {
      why = bad.error();
      refused = true;
    } catch (const pipeline::Closed&) {
      gone = true;
    } catch (const std::exception& error) {
      fatal = error.what();
    }
    --writing_;
    changed_.notify();

    const auto now = Breaker::Clock::now();
    if (trouble) {
      breaker_.on_failure(*decision.permit, now);
      numbers_->retries.fetch_add(1, std::memory_order_relaxed);
      context_.counters.retries.fetch_add(1, std::memory_order_relaxed);
      context_.health.trouble(spec_.name, trouble->what());
      if (context_.spec.delivery == Delivery::at_most_once && trouble->outcome_unknown()) {
        // It may have been written; written again it could be there twice.
        context_.counters.abandoned.fetch_add(job.request.records(), std::memory_order_relaxed);
        co_return Outcome::dropped;
      }
      const auto delay = backoff.next_delay(now);
      if (delay) {
        co_await pause(writer.work, now + *delay);
        continue;
      }
      fatal = std::string(trouble->what()) + "; gave up after " + std::to_string(backoff.failures()) +
              " attempts, as retry.max_elapsed says";
    } else if (fatal || gone) {
      breaker_.on_cancelled(*decision.permit);
    } else {
      // A refusal is an answer as well: the sink is up.
      breaker_.on_success(*decision.permit);
      context_.health.recovered(spec_.name);
    }
    wake();

    if (gone || fatal) {
      broken_ = true;
      wake();
      if (gone) {
        context_.end_quietly();
      } else {
        context_.fail(spec_.name + ": " + *fatal);
      }
      co_return Outcome::dropped;
    }
    if (refused) co_return Outcome::refused;
    const std::size_t written = job.request.records() - rejections.size();
    numbers_->written.fetch_add(written, std::memory_order_relaxed);
    finish(job);
    co_await refuse(job, std::move(rejections));
    co_return Outcome::written;
  }
}

pipeline::Task<void> Outlet::refuse(const Job& job, std::vector<pipeline::Rejection> rejections) {
  for (pipeline::Rejection& rejection : rejections) {
    std::size_t record = rejection.record;
    std::size_t owner = 0;
    while (record >= job.request.slices[owner].size())
      record -= job.request.slices[owner++].size();
    numbers_->rejected.fetch_add(1, std::memory_order_relaxed);
    RefusedBySink refused{job.request.slices[owner].part(record, record + 1),
                          job.owners[owner].ticket,
                          std::move(rejection.error),
                          spec_.name,
                          job.owners[owner].lane,
                          job.owners[owner].epoch};
    co_await refused_(std::move(refused));
  }
}

pipeline::Task<void> Outlet::bisect(Writer& writer, const Job& job) {
  Bisection bisection(job.request.records());
  while (const auto range = bisection.next()) {
    Job part;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < job.request.slices.size(); ++i) {
      const record::Slice& slice = job.request.slices[i];
      const std::size_t from = std::max(range->begin, begin);
      const std::size_t to = std::min(range->end, begin + slice.size());
      if (from < to) {
        const Parcel& owner = job.owners[i];
        Parcel piece{slice.part(from - begin, to - begin),
                     owner.ticket,
                     owner.ticket->part(),
                     owner.lane,
                     owner.epoch,
                     owner.current_epoch};
        add(part, std::move(piece));
      }
      begin += slice.size();
    }
    record::DataError why;
    const Outcome outcome = co_await attempt(writer, part, why);
    if (context_.aborting || broken_) co_return;
    if (outcome != Outcome::refused) {
      // Dropped parts are settled too: their lane has rewound, or they may have been written (at most once).
      bisection.succeeded();
    } else {
      part.request.ack.delivered();
      if (bisection.failed()) {
        std::vector<pipeline::Rejection> only;
        only.push_back({0, std::move(why)});
        co_await refuse(part, std::move(only));
      }
    }
    for (Parcel& owner : part.owners)
      owner.ack.delivered();
  }
}

pipeline::Task<void> Outlet::flush_loop() {
  const std::string component = spec_.name + " flush";
  Backoff backoff(context_.spec.retry, context_.random);
  for (;;) {
    const auto writer_is_done = [](const auto& writer) { return writer->done; };
    const bool over =
        draining_ && !unflushed_ && std::all_of(writers_.begin(), writers_.end(), writer_is_done);
    if (over || context_.aborting || broken_) break;
    if (!flush_wanted_) {
      co_await flush_timer_.wait_until(TimedSignal::Clock::time_point::max());
      continue;
    }
    flush_wanted_ = false;
    flushing_ = true;
    while (writing_ != 0 && !context_.aborting)
      co_await changed_.wait();
    // Set before the call: a write that comes after it makes it true again.
    unflushed_ = false;
    std::optional<std::string> trouble;
    std::optional<std::string> fatal;
    try {
      co_await sink_->flush();
    } catch (const pipeline::Retryable& error) {
      trouble = error.what();
    } catch (const std::exception& error) {
      fatal = error.what();
    }
    flushing_ = false;
    ++flushes_tried_;
    numbers_->flushes.fetch_add(1, std::memory_order_relaxed);
    if (fatal) {
      broken_ = true;
      context_.fail(spec_.name + ": " + *fatal);
    } else if (trouble) {
      unflushed_ = true;
      numbers_->retries.fetch_add(1, std::memory_order_relaxed);
      context_.counters.retries.fetch_add(1, std::memory_order_relaxed);
      context_.health.trouble(component, *trouble);
      wake();
      const auto delay = backoff.next_delay(Backoff::Clock::now());
      if (delay) {
        co_await pause(flush_timer_, Backoff::Clock::now() + *delay);
      } else {
        broken_ = true;
        context_.fail(spec_.name + ": " + *trouble + "; gave up, as retry.max_elapsed says");
      }
    } else {
      backoff.reset();
      context_.health.recovered(component);
    }
    wake();
  }
  flush_loop_done_ = true;
  wake();
}

pipeline::Task<void> Outlet::pause(TimedSignal& signal, Signal::Clock::time_point until) {
  while (!context_.aborting && !broken_ && Signal::Clock::now() < until) {
    const std::uint64_t transitions = breaker_.transitions();
    co_await signal.wait_until(until);
    if (breaker_.transitions() != transitions) co_return;
    // Trial calls of the breaker have no time of their own: look again whenever one was answered.
    if (until == Signal::Clock::time_point::max()) co_return;
  }
}

}  // namespace hiveframe::runtime
