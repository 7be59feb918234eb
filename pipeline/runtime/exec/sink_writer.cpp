#include "pipeline/runtime/exec/sink_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/runtime/exec/retry_loop.hpp"
#include "pipeline/runtime/flow/bisection.hpp"
#include "pipeline/runtime/flow/retry.hpp"

namespace hiveframe::runtime {
namespace {

// Parcels that wait. More would only push each other's bytes out of the cache before they are written; with
// several workers a second one keeps the sink busy while they wait for the lane's next batch in its order.
std::size_t queue_room(const RunContext& context) { return context.parallelism == 1 ? 1 : 2; }

}  // namespace

SinkWriter::SinkWriter(RunContext& context, const SinkSpec& spec, SinkGate& gate, const LaneDirectory& lanes,
                       BatchLimits limits, bool whole_batches, std::size_t number)
    : context_(context),
      spec_(spec),
      gate_(gate),
      lanes_(lanes),
      limits_(limits),
      whole_batches_(whole_batches),
      number_(number),
      work_(context.timers) {}

bool SinkWriter::over() const { return context_.aborting || gate_.broken(); }

pipeline::Task<bool> SinkWriter::push(Parcel parcel) {
  const std::function<bool()> has_room = [this] { return queue_.size() < queue_room(context_); };
  const std::function<bool()> given_up = [this, &parcel] { return over() || parcel.stale(); };
  co_await room_.wait(has_room, given_up);
  if (over()) co_return false;
  // A stale parcel counts as taken: its lane sends it again.
  if (parcel.stale()) co_return true;
  queue_.push_back(std::move(parcel));
  gate_.numbers()->queued.fetch_add(1, std::memory_order_relaxed);
  work_.notify();
  co_return true;
}

void SinkWriter::drain() {
  draining_ = true;
  wake();
}

void SinkWriter::wake() {
  room_.wake_all();
  work_.notify();
}

void SinkWriter::gate_changed() {
  if (over()) room_.wake_all();
  work_.notify();
}

void SinkWriter::hurry() {
  if (!busy()) return;
  hurrying_ = true;
  work_.notify();
}

pipeline::Task<void> SinkWriter::run(std::function<void()> done) {
  std::optional<std::string> fatal;
  try {
    co_await write_all();
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  if (fatal) gate_.give_up(*fatal);
  writing_ = false;
  // What is left is abandoned: its acks are never said.
  gate_.numbers()->queued.fetch_sub(queue_.size(), std::memory_order_relaxed);
  queue_.clear();
  room_.wake_all();
  done();
}

pipeline::Task<void> SinkWriter::write_all() {
  for (;;) {
    while (queue_.empty() && !draining_ && !over()) {
      co_await work_.wait_until(TimedSignal::Clock::time_point::max());
    }
    if (over() || queue_.empty()) co_return;
    writing_ = true;
    Request request = co_await gather();
    if (!request.empty()) co_await write(std::move(request));
    writing_ = false;
  }
}

pipeline::Task<Request> SinkWriter::gather() {
  Request request;
  Batcher batcher(limits_);
  for (;;) {
    bool full = false;
    while (!queue_.empty() && !full)
      full = take_front(batcher, request);
    room_.wake_first();
    if (full || draining_ || hurrying_ || over()) break;
    const auto deadline = batcher.deadline();
    if (!deadline || *deadline <= Batcher::Clock::now()) break;
    co_await work_.wait_until(*deadline);
  }
  hurrying_ = false;
  co_return request;
}

/// Moves the first parcel, or as much of it as fits, into the request. True when the request is full.
bool SinkWriter::take_front(Batcher& batcher, Request& request) {
  Parcel& front = queue_.front();
  if (front.stale()) {
    pop_front();
    return false;
  }
  // A lane that is given up takes its requests along; what is committed with positions is of one lane, then.
  if (gate_.transactional() && !request.empty() && request.lane() != front.lane) return true;
  const auto now = Batcher::Clock::now();
  const std::size_t records = front.slice.size();
  const bool whole = whole_batches_ && request.empty();
  const std::size_t taken = whole ? records : fitting(batcher, front.slice);
  if (whole_batches_ && taken < records) return true;
  if (taken < records) {
    if (taken == 0) return true;
    record::Slice head = front.slice.part(0, taken);
    pipeline::Position end;
    if (gate_.transactional()) {
      end = lanes_.position_of(front.lane, front.slice, taken);
    }
    batcher.add(taken, head.bytes(), now);
    request.add(front.with(std::move(head), std::move(end)));
    front.slice = front.slice.part(taken, records);
    return true;
  }
  const bool full = batcher.add(records, front.slice.bytes(), now);
  request.add(std::move(front));
  pop_front();
  return full;
}

void SinkWriter::pop_front() {
  queue_.pop_front();
  gate_.numbers()->queued.fetch_sub(1, std::memory_order_relaxed);
}

/// How many records of the slice still go into the request: at least one into an empty one.
std::size_t SinkWriter::fitting(const Batcher& batcher, const record::Slice& slice) const {
  const auto fits = [&](std::size_t records, std::size_t bytes) {
    const std::uint64_t all_records = batcher.records() + records;
    const std::uint64_t all_bytes = batcher.bytes() + bytes;
    return (limits_.records == 0 || all_records <= limits_.records) &&
           (limits_.bytes == 0 || all_bytes <= limits_.bytes);
  };
  if (fits(slice.size(), slice.bytes())) return slice.size();
  std::size_t records = 0;
  std::size_t bytes = 0;
  while (records < slice.size()) {
    bytes += slice.bytes(records);
    if (!fits(records + 1, bytes)) break;
    ++records;
  }
  return records == 0 && batcher.empty() ? std::min<std::size_t>(1, slice.size()) : records;
}

pipeline::Task<void> SinkWriter::write(Request request) {
  record::DataError why;
  const Outcome outcome = co_await attempt(request, why);
  if (outcome == Outcome::dropped) co_return;
  if (outcome == Outcome::refused) {
    if (request.records() == 1) {
      co_await refuse_one(request, std::move(why));
    } else {
      co_await bisect(request);
    }
    if (over()) co_return;
    request.settle_sink();
  }
  request.settle_owners();
}

/// Tries until it works, with pauses.
pipeline::Task<SinkWriter::Outcome> SinkWriter::attempt(Request& request, record::DataError& why) {
  Backoff backoff(context_.spec.retry, context_.random);
  while (!over() && !request.stale()) {
    std::vector<pipeline::LanePosition> positions;
    if (gate_.transactional()) positions = request.positions(lanes_.id_of);
    WriteAnswer answer =
        co_await gate_.write(request, std::move(positions), number_, backoff.failures() != 0);
    Taken* const taken = std::get_if<Taken>(&answer);
    RefusedWhole* const refused = std::get_if<RefusedWhole>(&answer);
    const NotCalled* const not_called = std::get_if<NotCalled>(&answer);
    const Failed* const failed = std::get_if<Failed>(&answer);
    if (std::holds_alternative<Overtaken>(answer)) break;
    if (taken != nullptr) {
      std::vector<pipeline::Rejection> rejections = std::move(taken->rejections);
      co_await refuse(request, std::move(rejections));
      co_return Outcome::written;
    }
    if (refused != nullptr) {
      why = std::move(refused->error);
      co_return Outcome::refused;
    }
    if (not_called != nullptr) {
      co_await pause(not_called->ask_again);
    } else if (failed != nullptr) {
      if (context_.spec.delivery == Delivery::at_most_once && failed->outcome_unknown) {
        // It may have been written; written again it could be there twice.
        co_return Outcome::dropped;
      }
      const auto now = Backoff::Clock::now();
      const auto delay = backoff.next_delay(now);
      if (delay) {
        co_await pause(now + *delay);
      } else {
        gate_.give_up(failed->message + "; " + gave_up(backoff.failures()));
      }
    }
  }
  gate_.withdraw(number_);
  co_return Outcome::dropped;
}

pipeline::Task<void> SinkWriter::refuse(const Request& request, std::vector<pipeline::Rejection> rejections) {
  for (pipeline::Rejection& each : rejections) {
    Parcel parcel = request.parcel_of(each.record, lanes_.position_of);
    parcel.ticket->tally()->refused(gate_.numbers());
    SinkRefusal refused{std::move(parcel), std::move(each.error), spec_.name, request.attempts()};
    const bool done = co_await lanes_.refused(std::move(refused));
    // A later commit would carry the position past this record.
    if (!done && gate_.transactional()) gate_.close();
  }
}

/// The request is one record, and that is bad.
pipeline::Task<void> SinkWriter::refuse_one(Request& request, record::DataError why) {
  std::vector<pipeline::Rejection> only;
  only.push_back({0, std::move(why)});
  co_await refuse(request, std::move(only));
  if (!gate_.transactional() || over()) co_return;
  // The position goes past it, now that it is taken care of.
  request.drop_records();
  record::DataError none;
  co_await attempt(request, none);
}

pipeline::Task<void> SinkWriter::bisect(const Request& request) {
  Bisection bisection(request.records());
  // Of each record; those of one part have shared all of them.
  std::vector<std::uint32_t> attempts(request.records(), request.attempts());
  while (const auto range = bisection.next()) {
    Request part = request.part(*range, lanes_.position_of);
    part.attempted_before(attempts[range->begin]);
    record::DataError why;
    const Outcome outcome = co_await attempt(part, why);
    std::fill(attempts.begin() + static_cast<std::ptrdiff_t>(range->begin),
              attempts.begin() + static_cast<std::ptrdiff_t>(range->end), part.attempts());
    if (over()) co_return;
    if (outcome == Outcome::refused) {
      if (bisection.failed()) co_await refuse_one(part, std::move(why));
      part.settle_sink();
    } else {
      // What was dropped is settled too: its lane has rewound, or it may have been written (at most once).
      bisection.succeeded();
    }
    part.settle_owners();
  }
}

pipeline::Task<void> SinkWriter::pause(TimedSignal::Clock::time_point until) {
  const std::uint64_t transitions = gate_.breaker_transitions();
  while (!over() && TimedSignal::Clock::now() < until && gate_.breaker_transitions() == transitions) {
    co_await work_.wait_until(until);
    // The breaker's trial calls have no time of their own: look again whenever something changed.
    if (until == TimedSignal::Clock::time_point::max()) co_return;
  }
}

}  // namespace hiveframe::runtime
