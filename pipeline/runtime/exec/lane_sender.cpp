#include "pipeline/runtime/exec/lane_sender.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "pipeline/runtime/exec/chain.hpp"

namespace hiveframe::runtime {

LaneSender::LaneSender(LaneEnvironment& environment, pipeline::Lane& lane, std::size_t number,
                       std::optional<pipeline::Position> start)
    : environment_(environment),
      context_(environment.context),
      lane_(lane),
      number_(number),
      tracker_(std::move(start)),
      unsettled_(environment),
      bad_records_(environment, lane, number),
      pace_(environment.context.timers),
      left_(environment.tally) {
  changed_now();
}

/// To be called whenever what is left of the lane may have changed: tells the run's tally and who waits.
void LaneSender::changed_now() {
  unsigned left = 0;
  if (!ended_ && !finished_) left |= LaneTally::to_read;
  if (!ended_ || !sent_all()) left |= LaneTally::to_send;
  if (!delivered_all()) left |= LaneTally::to_deliver;
  if (!settled_all() || workers_busy()) left |= LaneTally::on_its_way;
  left_.set(left);
  changed_.notify();
}

void LaneSender::take(pipeline::ReadBatch batch, Amount read) {
  // The sequencer's epoch, not the tracker's: what is sent again from memory is not read again.
  const Epoch epoch = sequencer_.epoch();
  const Sequence sequence = next_taken_++;
  sequencer_.begin(sequence);
  if (batch.end_of_lane) ended_ = true;
  unsettled_.read(read);
  auto sent = std::make_shared<LaneBatch>();
  sent->read = read;
  sent->refused = std::move(batch.refused);
  sent->end = std::move(batch.end);
  process(
      std::move(batch.storage), std::move(sent),
      [this, epoch, sequence](std::shared_ptr<LaneBatch> processed) {
        from_worker(std::move(processed), epoch, sequence);
      },
      false);
}

/// Has a worker process the storage; `done` is called on the strand, but not if the worker lost it.
void LaneSender::process(std::unique_ptr<record::Storage> storage, std::shared_ptr<LaneBatch> batch,
                         std::function<void(std::shared_ptr<LaneBatch>)> done, bool is_rest) {
  ++in_workers_;
  changed_now();
  // The runner waits for the workers, so they need not share this, which is let go of on the strand only.
  environment_.workers->process(
      std::move(storage),
      [this, batch, done = std::move(done)](Processed processed) {
        batch->processed = std::move(processed);
        boost::asio::post(context_.strand, [this, batch, done] {
          --in_workers_;
          const Processed& made = batch->processed;
          context_.expansion.saw(made.read, made.held);
          context_.counters.transforming.fetch_add(made.took.count(), std::memory_order_relaxed);
          done(batch);
          changed_now();
        });
      },
      [this, is_rest](std::string what) {
        boost::asio::post(context_.strand, [this, what, is_rest] {
          --in_workers_;
          part_missing_ = part_missing_ || is_rest;
          context_.fail("transforming failed: " + what);
          changed_now();
        });
      });
}

void LaneSender::from_worker(std::shared_ptr<LaneBatch> batch, Epoch epoch, Sequence sequence) {
  if (*context_.interrupted) return;
  ProcessedBatch processed = ProcessedBatch::of(std::move(batch), lane_);
  if (processed.rest) processed.rest->charge_to(context_.memory.overdraw(0));
  sequencer_.push(epoch, sequence, std::move(processed));
}

/// A batch that was cut: what is behind the cut is processed when what is before it has gone, so that never
/// more than a part of it is in memory.
pipeline::Task<void> LaneSender::send_in_parts(ProcessedBatch batch) {
  const Epoch epoch = sequencer_.epoch();
  // What the lane reads again holds the rest, too.
  const std::function<bool()> over = [this, epoch] {
    return context_.aborting || sequencer_.epoch() != epoch;
  };
  Turn::Mine turn;
  for (;;) {
    // Nothing is sent behind the bad record that stopped the pipeline.
    if (stopped_at_bad()) co_return;
    BatchPtr part = std::move(batch.batch);
    co_await send(std::move(part));
    if (!batch.rest || stopped_at_bad()) co_return;
    const bool may_go_on = co_await context_.cut_batch.take(turn, over);
    if (!may_go_on) co_return;
    const bool processed = co_await process_rest(batch);
    if (!processed || over()) co_return;
  }
}

/// False: the worker has lost it.
pipeline::Task<bool> LaneSender::process_rest(ProcessedBatch& batch) {
  // It must not wait for bytes that may be held by what waits behind it; only one lane at a time does this.
  const auto part = static_cast<std::size_t>(context_.memory_limit / batches_in_memory);
  const std::size_t bytes = batch.rest->footprint() + part;
  batch.rest->charge_to(context_.memory.overdraw(bytes), bytes);
  const auto processed = std::make_shared<std::shared_ptr<LaneBatch>>();
  process(
      std::move(batch.rest), std::move(batch.rest_batch),
      [processed](std::shared_ptr<LaneBatch> each) { *processed = std::move(each); }, true);
  while (!*processed && !part_missing_)
    co_await changed_.wait();
  // Nothing behind it is sent, then.
  part_missing_ = part_missing_ || *context_.interrupted;
  if (part_missing_) co_return false;
  batch = ProcessedBatch::of(std::move(*processed), lane_);
  co_return true;
}

void LaneSender::end() {
  ended_ = true;
  changed_now();
}

void LaneSender::finish() {
  finished_ = true;
  changed_now();
}

Forgotten LaneSender::begin_epoch() {
  const Forgotten forgotten = tracker_.rewind();
  *current_epoch_ = forgotten.epoch;
  open_tickets_ = 0;
  context_.counters.rewinds.fetch_add(1, std::memory_order_relaxed);
  context_.counters.repeated.fetch_add(forgotten.repeated_records, std::memory_order_relaxed);
  return forgotten;
}

Forgotten LaneSender::rewind() {
  const Forgotten forgotten = begin_epoch();
  unsettled_.read_again();
  sequencer_.reset(forgotten.epoch);
  next_taken_ = 0;
  ended_ = false;
  context_.cut_batch.wake();
  pace_.notify();
  changed_now();
  return forgotten;
}

void LaneSender::forget() {
  const Forgotten forgotten = tracker_.rewind();
  *current_epoch_ = forgotten.epoch;
  unsettled_.read_again();
  sequencer_.reset(forgotten.epoch);
  open_tickets_ = 0;
  context_.cut_batch.wake();
  pace_.notify();
  changed_now();
}

pipeline::Task<void> LaneSender::run() {
  std::optional<std::string> fatal;
  try {
    co_await send_all();
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  dispatching_ = false;
  if (fatal) context_.fail(*fatal);
  done_ = true;
  changed_now();
  context_.progressed();
}

pipeline::Task<void> LaneSender::send_all() {
  while (!context_.aborting) {
    if (tracker_.needs_rewind() && can_send_again()) {
      dispatching_ = true;
      co_await send_again();
      dispatching_ = false;
      changed_now();
      continue;
    }
    std::optional<ProcessedBatch> batch;
    if (!part_missing_) batch = sequencer_.pop();
    if (batch) {
      dispatching_ = true;
      co_await send_in_parts(std::move(*batch));
      dispatching_ = false;
      context_.progressed();
      changed_now();
      continue;
    }
    // Behind a batch that its worker lost nothing can be sent, whatever the sequencer holds.
    if (in_workers_ == 0 && finished_ && !(can_send_again() && awaits_acks())) break;
    co_await changed_.wait();
  }
}

/// What is not delivered can be sent again, and only from here: the source cannot give it again.
bool LaneSender::can_send_again() const noexcept {
  return !environment_.source.replayable && !context_.failed && !stopped_at_bad();
}

/// What was kept since the watermark goes out in a new epoch.
pipeline::Task<void> LaneSender::send_again() {
  begin_epoch();
  const std::deque<BatchPtr> again = unsettled_.send_again();
  for (const BatchPtr& each : again) {
    if (context_.aborting) co_return;
    BatchPtr batch = each;
    co_await send(std::move(batch));
  }
}

/// Waits until as many records as the batch has may go on. What is read already is not held up by the end of
/// the run. False: the batch is not to be sent, for the lane reads it again, or time is over.
pipeline::Task<bool> LaneSender::keep_pace(const LaneBatch& batch) {
  const Epoch epoch = sequencer_.epoch();
  const auto now = context_.now();
  auto until = now;
  for (std::size_t i = 0; i < batch.processed.passed.size(); ++i) {
    if (const std::uint64_t records = batch.processed.passed[i]; records != 0)
      until = std::max(until, context_.pacers[i].reserve(records, now));
  }
  const auto over = [this, epoch] { return context_.aborting || sequencer_.epoch() != epoch; };
  while (!over() && !context_.draining && context_.now() < until)
    co_await pace_.wait_until(until);
  co_return !over();
}

pipeline::Task<void> LaneSender::send(BatchPtr batch) {
  if (!context_.pacers.empty()) {
    const bool may_go_on = co_await keep_pace(*batch);
    if (!may_go_on) co_return;
  }
  std::vector<FoundBad> bad = bad_records_.of(*batch);
  // With on_error: stop, what stands before the bad record is still delivered, and the position is before
  // it, so that the next run begins with it.
  const bool stops = context_.spec.on_error == OnError::stop && !bad.empty();
  BatchPart part;
  if (stops) {
    bad.resize(1);
    part = part_before(*batch, bad.front().records_before, bad.front().record, bad.front().position);
    bad_records_.stop_at(bad.front().letter);
  } else {
    part = whole_of(*batch);
  }

  if (context_.spec.delivery == Delivery::at_most_once) {
    const Epoch before = tracker_.epoch();
    LaneCheckpoint ahead = checkpoint(part.end);
    const bool stored = co_await environment_.commit_before(std::move(ahead));
    if (!stored) co_return;
    if (tracker_.epoch() != before) {
      unsettled_.lost(*batch);
      co_return;
    }
  }

  const Epoch epoch = tracker_.epoch();
  const std::shared_ptr<Ticket> ticket = begin(std::move(batch), part);
  pipeline::Ack whole = ticket->first_part();
  if (!bad.empty()) {
    Parcel address{{}, ticket, ticket->part(), number_, epoch, current_epoch_, {}};
    const bool disposed = co_await bad_records_.dispose(std::move(bad), std::move(address));
    if (!disposed) co_return;
  }
  const bool sent = co_await send_slices(std::move(part), ticket, epoch);
  if (sent) whole.delivered();
}

std::shared_ptr<Ticket> LaneSender::begin(BatchPtr batch, const BatchPart& part) {
  const Epoch epoch = tracker_.epoch();
  const Sequence sequence = tracker_.begin(part.end, batch->read.records);
  ++open_tickets_;
  const InFlight::Entry entry = context_.in_flight.add(batch->processed.storage->read_at);
  const auto self = shared_from_this();
  return std::make_shared<Ticket>(context_.strand, unsettled_.begin(std::move(batch), part),
                                  [self, epoch, sequence, entry](bool delivered) {
                                    self->context_.in_flight.remove(entry);
                                    self->settled(epoch, sequence, delivered);
                                  });
}

pipeline::Task<bool> LaneSender::send_slices(BatchPart part, std::shared_ptr<Ticket> ticket, Epoch epoch) {
  const auto& outlets = environment_.outlets.routes();
  for (std::size_t i = 0; i < outlets.size(); ++i) {
    // A sink that stores positions gets those of wholly filtered batches too.
    if (part.slices[i].empty() && context_.spec.delivery != Delivery::exactly_once) continue;
    Parcel parcel{
        std::move(part.slices[i]), ticket, ticket->part(), number_, epoch, current_epoch_, part.end};
    const bool pushed = co_await outlets[i]->push(std::move(parcel));
    if (!pushed) co_return false;
  }
  co_return true;
}

pipeline::Task<bool> LaneSender::on_refused(SinkRefusal refused) {
  return bad_records_.dispose(std::move(refused));
}

void LaneSender::settled(Epoch epoch, Sequence sequence, bool delivered) {
  if (epoch != tracker_.epoch()) return;  // the lane has rewound since
  --open_tickets_;
  // At most once: the position was stored before, what is lost is lost.
  if (delivered || context_.spec.delivery == Delivery::at_most_once) {
    if (!delivered) unsettled_.lost(sequence);
    tracker_.complete(epoch, sequence);
    unsettled_.settled(tracker_.settled_batches());
  } else {
    tracker_.abandon(epoch, sequence);
    // Or what is to be read again waits for records that may not come.
    lane_.stop_waiting();
  }
  changed_now();
  context_.progressed();
}

LaneCheckpoint LaneSender::checkpoint(pipeline::Position position) const {
  return {lane_.id(), lane_.identity(), std::move(position), number_, tracker_.settled_batches()};
}

}  // namespace hiveframe::runtime
