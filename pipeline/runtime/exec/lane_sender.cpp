#include "pipeline/runtime/exec/lane_sender.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

namespace hiveframe::runtime {

LaneSender::LaneSender(LaneEnvironment& environment, const pipeline::Lane& lane, std::size_t number,
                       std::optional<pipeline::Position> start)
    : environment_(environment),
      context_(environment.context),
      lane_(lane),
      number_(number),
      tracker_(std::move(start)),
      bad_records_(environment, lane, number),
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
  ++in_workers_;
  if (batch.end_of_lane) ended_ = true;
  changed_now();
  unsent_ += read;
  auto sent = std::make_shared<LaneBatch>();
  sent->read = read;
  sent->refused = std::move(batch.refused);
  sent->end = std::move(batch.end);
  // The runner waits for the workers, so they need not share this, which is let go of on the strand only.
  environment_.workers->process(
      std::move(batch.storage),
      [this, sent, epoch, sequence](Processed processed) {
        sent->processed = std::move(processed);
        boost::asio::post(context_.strand,
                          [this, sent, epoch, sequence] { from_worker(sent, epoch, sequence); });
      },
      [this](std::string what) {
        boost::asio::post(context_.strand, [this, what] {
          --in_workers_;
          context_.fail("transforming failed: " + what);
          changed_now();
        });
      });
}

void LaneSender::from_worker(BatchPtr batch, Epoch epoch, Sequence sequence) {
  --in_workers_;
  sequencer_.push(epoch, sequence, std::move(batch));
  changed_now();
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
  first_sent_ = 0;
  for (const Sent& each : sent_)
    each.tally->take_back();
  context_.counters.rewinds.fetch_add(1, std::memory_order_relaxed);
  context_.counters.repeated.fetch_add(forgotten.repeated_records, std::memory_order_relaxed);
  return forgotten;
}

/// What is beyond the watermark will be read, and counted, once more: here, or by whoever has the lane then.
void LaneSender::take_back_read() {
  for (const Sent& each : std::exchange(sent_, {})) {
    if (each.position_ahead) {
      give_up(each);
      continue;
    }
    each.tally->take_back();
    unsent_ += each.tally->read();
  }
  context_.counters.read.fetch_sub(unsent_.records, std::memory_order_relaxed);
  context_.counters.read_bytes.fetch_sub(unsent_.bytes, std::memory_order_relaxed);
  unsent_ = {};
}

Forgotten LaneSender::rewind() {
  const Forgotten forgotten = begin_epoch();
  take_back_read();
  sequencer_.reset(forgotten.epoch);
  next_taken_ = 0;
  ended_ = false;
  changed_now();
  return forgotten;
}

void LaneSender::forget() {
  const Forgotten forgotten = tracker_.rewind();
  *current_epoch_ = forgotten.epoch;
  first_sent_ = 0;
  take_back_read();
  sequencer_.reset(forgotten.epoch);
  open_tickets_ = 0;
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
    std::optional<BatchPtr> batch = sequencer_.pop();
    if (batch) {
      dispatching_ = true;
      // Nothing is sent behind the bad record that stopped the pipeline.
      if (!stopped_at_bad()) co_await send(std::move(*batch));
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
  const std::deque<Sent> again = std::exchange(sent_, {});
  for (const Sent& each : again)
    unsent_ += each.tally->read();
  for (const Sent& each : again) {
    if (context_.aborting) co_return;
    BatchPtr batch = each.batch;
    co_await send(std::move(batch));
  }
}

/// What of a batch is sent, and counted, when the first bad record of it stops the pipeline: what stands
/// before it.
struct LaneSender::Cut {
  std::uint64_t filtered = 0;
  std::uint64_t behind = 0;
};

LaneSender::Cut LaneSender::cut_at(const LaneBatch& batch, const FoundBad& bad) const {
  std::vector<bool> wanted(bad.record, false);
  for (const auto& selection : batch.processed.selections) {
    for (const std::uint32_t record : selection->records) {
      if (record < bad.record) wanted[record] = true;
    }
  }
  const auto sent = static_cast<std::uint64_t>(std::count(wanted.begin(), wanted.end(), true));
  return {bad.records_before - sent, batch.read.records - bad.records_before - 1};
}

std::vector<record::Slice> LaneSender::slices_of(const LaneBatch& batch, std::uint32_t record_limit) const {
  std::vector<record::Slice> slices;
  for (const auto& selection : batch.processed.selections) {
    const record::Slice whole(batch.processed.storage, selection);
    const auto cut = std::lower_bound(selection->records.begin(), selection->records.end(), record_limit);
    slices.push_back(whole.part(0, static_cast<std::size_t>(cut - selection->records.begin())));
  }
  return slices;
}

pipeline::Task<void> LaneSender::send(BatchPtr batch) {
  std::vector<FoundBad> bad = bad_records_.of(*batch);
  const bool stops = context_.spec.on_error == OnError::stop && !bad.empty();
  // With on_error: stop, what stands before the bad record is still delivered, and the position is before
  // it, so that the next run begins with it.
  Cut cut{batch->processed.filtered, 0};
  std::uint32_t record_limit = UINT32_MAX;
  pipeline::Position end = batch->end;
  if (stops) {
    cut = cut_at(*batch, bad.front());
    record_limit = bad.front().record;
    end = bad.front().position;
    bad.resize(1);
    bad_records_.stop_at(bad.front().letter);
  }

  if (context_.spec.delivery == Delivery::at_most_once) {
    LaneCheckpoint before = checkpoint(end);
    const bool stored = co_await environment_.commit_before(std::move(before));
    if (!stored) co_return;
  }

  std::vector<record::Slice> slices = slices_of(*batch, record_limit);
  const std::shared_ptr<Ticket> ticket = begin(std::move(batch), slices, cut, end);
  const Epoch epoch = tracker_.epoch();
  pipeline::Ack whole = ticket->first_part();
  if (!bad.empty()) {
    Parcel address{{}, ticket, ticket->part(), number_, epoch, current_epoch_, {}};
    const bool disposed = co_await bad_records_.dispose(std::move(bad), std::move(address));
    if (!disposed) co_return;
  }
  const bool sent = co_await send_slices(std::move(slices), ticket, epoch, std::move(end));
  if (sent) whole.delivered();
}

/// Counts what the batch comes to, and follows it from now on.
std::shared_ptr<Ticket> LaneSender::begin(BatchPtr batch, const std::vector<record::Slice>& slices,
                                          const Cut& cut, const pipeline::Position& end) {
  const Epoch epoch = tracker_.epoch();
  const Sequence sequence = tracker_.begin(end, batch->processed.read);
  ++open_tickets_;
  const Amount begun{batch->read.records - cut.behind, batch->read.bytes};
  auto tally = std::make_shared<BatchTally>(context_, begun);
  unsent_ -= begun;
  tally->filtered(cut.filtered);
  for (std::size_t i = 0; i < slices.size(); ++i)
    tally->sent(environment_.outlets.routes()[i]->numbers(), slices[i].size());
  if (environment_.source.replayable) batch.reset();
  const bool position_ahead =
      context_.spec.delivery == Delivery::at_most_once && !context_.loses_because.empty();
  sent_.push_back({std::move(batch), tally, position_ahead});
  const auto self = shared_from_this();
  return std::make_shared<Ticket>(context_.strand, std::move(tally), [self, epoch, sequence](bool delivered) {
    self->settled(epoch, sequence, delivered);
  });
}

pipeline::Task<bool> LaneSender::send_slices(std::vector<record::Slice> slices,
                                             std::shared_ptr<Ticket> ticket, Epoch epoch,
                                             pipeline::Position end) {
  const auto& outlets = environment_.outlets.routes();
  for (std::size_t i = 0; i < outlets.size(); ++i) {
    // A sink that stores positions gets those of wholly filtered batches too.
    if (slices[i].empty() && context_.spec.delivery != Delivery::exactly_once) continue;
    Parcel parcel{std::move(slices[i]), ticket, ticket->part(), number_, epoch, current_epoch_, end};
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
    if (!delivered) give_up(sent_[static_cast<std::size_t>(sequence - first_sent_)]);
    tracker_.complete(epoch, sequence);
    for (; popped_sent_ < tracker_.settled_batches(); ++popped_sent_, ++first_sent_)
      sent_.pop_front();
  } else {
    tracker_.abandon(epoch, sequence);
  }
  changed_now();
  context_.progressed();
}

void LaneSender::give_up() {
  for (const Sent& each : sent_)
    give_up(each);
  count_undelivered(std::exchange(unsent_, {}).records, !environment_.source.replayable);
}

void LaneSender::give_up(const Sent& sent) {
  count_undelivered(sent.tally->give_up(), !environment_.source.replayable || sent.position_ahead);
}

void LaneSender::count_undelivered(std::uint64_t records, bool lost) {
  auto& count = lost ? context_.counters.lost : context_.counters.abandoned;
  count.fetch_add(records, std::memory_order_relaxed);
}

LaneCheckpoint LaneSender::checkpoint(pipeline::Position position) const {
  return {lane_.id(), lane_.identity(), std::move(position), number_, tracker_.settled_batches()};
}

}  // namespace hiveframe::runtime
