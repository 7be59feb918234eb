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

void LaneSender::take(pipeline::ReadBatch batch) {
  // The sequencer's epoch, not the tracker's: what is sent again from memory is not read again.
  const Epoch epoch = sequencer_.epoch();
  const Sequence sequence = next_taken_++;
  sequencer_.begin(sequence);
  ++in_workers_;
  if (batch.end_of_lane) ended_ = true;
  changed_now();
  auto sent = std::make_shared<Batch>();
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

void LaneSender::from_worker(std::shared_ptr<const Batch> batch, Epoch epoch, Sequence sequence) {
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
  context_.counters.rewinds.fetch_add(1, std::memory_order_relaxed);
  context_.counters.repeated.fetch_add(forgotten.repeated_records, std::memory_order_relaxed);
  return forgotten;
}

Forgotten LaneSender::rewind() {
  const Forgotten forgotten = begin_epoch();
  sequencer_.reset(forgotten.epoch);
  next_taken_ = 0;
  ended_ = false;
  changed_now();
  return forgotten;
}

void LaneSender::forget() {
  const Forgotten forgotten = tracker_.rewind();
  *current_epoch_ = forgotten.epoch;
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
    std::optional<std::shared_ptr<const Batch>> batch = sequencer_.pop();
    if (batch) {
      dispatching_ = true;
      // Nothing is sent behind the bad record that stopped the pipeline.
      if (!stopped_at_bad_) co_await send(std::move(*batch));
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
  return !environment_.source.replayable && !context_.failed && !stopped_at_bad_;
}

/// What was kept since the watermark goes out in a new epoch.
pipeline::Task<void> LaneSender::send_again() {
  begin_epoch();
  const std::deque<std::shared_ptr<const Batch>> again = std::exchange(kept_, {});
  for (const auto& each : again)
    to_send_again_ += each->processed.read;
  for (const auto& each : again) {
    if (context_.aborting) co_return;
    std::shared_ptr<const Batch> batch = each;
    to_send_again_ -= batch->processed.read;
    co_await send(std::move(batch));
  }
}

std::vector<Letter> LaneSender::letters_of(const Batch& batch) const {
  std::vector<Letter> letters;
  std::size_t refused = 0;
  const auto take_refused_before = [&](std::size_t record) {
    for (; refused < batch.refused.size() && batch.refused[refused].before <= record; ++refused) {
      const pipeline::RefusedRecord& each = batch.refused[refused];
      letters.push_back({"source", each.error, each.place, each.head, each.length, each.sha256, each.position,
                         static_cast<std::uint32_t>(each.before)});
    }
  };
  for (const BadRecord& bad : batch.processed.bad) {
    take_refused_before(bad.record);
    const record::Record& record = batch.processed.storage->records[bad.record];
    letters.push_back({bad.stage,
                       bad.error,
                       lane_.place_of(*batch.processed.storage, record),
                       std::string(record.original),
                       record.original.size(),
                       {},
                       lane_.position_of(*batch.processed.storage, record),
                       bad.record});
  }
  take_refused_before(SIZE_MAX);
  return letters;
}

pipeline::Task<void> LaneSender::send(std::shared_ptr<const Batch> batch) {
  std::vector<Letter> letters = letters_of(*batch);
  context_.counters.rejected.fetch_add(letters.size(), std::memory_order_relaxed);
  const bool stops = context_.spec.on_error == OnError::stop && !letters.empty();
  // With on_error: stop, what stands before the bad record is still delivered, and the position is before
  // it, so that the next run begins with it.
  const std::uint32_t record_limit = stops ? letters.front().record : UINT32_MAX;
  pipeline::Position end = stops ? letters.front().position : batch->end;
  if (stops) stop_at_bad_record(letters.front());

  if (context_.spec.delivery == Delivery::at_most_once) {
    LaneCheckpoint before = checkpoint(end);
    const bool stored = co_await environment_.commit_before(std::move(before));
    if (!stored) co_return;
  }
  context_.counters.filtered.fetch_add(batch->processed.filtered, std::memory_order_relaxed);

  const Epoch epoch = tracker_.epoch();
  pipeline::Position position = end;
  const Sequence sequence = tracker_.begin(std::move(end), batch->processed.read);
  ++open_tickets_;
  const auto self = shared_from_this();
  const auto ticket = std::make_shared<Ticket>(context_.strand, [self, epoch, sequence](bool delivered) {
    self->settled(epoch, sequence, delivered);
  });
  pipeline::Ack whole = ticket->first_part();
  if (!environment_.source.replayable) kept_.push_back(batch);

  bool sent = true;
  if (context_.spec.on_error == OnError::dead_letter && !letters.empty()) {
    sent = co_await send_letters(std::move(letters), ticket, epoch);
  }
  if (sent) sent = co_await send_slices(*batch, ticket, epoch, record_limit, std::move(position));
  if (sent) whole.delivered();
}

pipeline::Task<bool> LaneSender::send_letters(std::vector<Letter> letters, std::shared_ptr<Ticket> ticket,
                                              Epoch epoch) {
  DeadLetters& dead_letters = *environment_.outlets.dead_letters();
  if (exactly_once()) {
    // The position will go past these records with the next commit, so their letters come first.
    co_return co_await dead_letters.deliver(std::move(letters), number_);
  }
  Parcel address{{}, ticket, ticket->part(), number_, epoch, current_epoch_, {}};
  co_return co_await dead_letters.send(std::move(letters), std::move(address));
}

pipeline::Task<bool> LaneSender::send_slices(const Batch& batch, std::shared_ptr<Ticket> ticket, Epoch epoch,
                                             std::uint32_t record_limit, pipeline::Position end) {
  const auto& outlets = environment_.outlets.routes();
  for (std::size_t i = 0; i < outlets.size(); ++i) {
    const auto& selection = batch.processed.selections[i];
    record::Slice slice(batch.processed.storage, selection);
    const auto cut = std::lower_bound(selection->records.begin(), selection->records.end(), record_limit);
    slice = slice.part(0, static_cast<std::size_t>(cut - selection->records.begin()));
    // A sink that stores positions gets those of wholly filtered batches too.
    if (slice.empty() && !exactly_once()) continue;
    Parcel parcel{std::move(slice), ticket, ticket->part(), number_, epoch, current_epoch_, end};
    const bool pushed = co_await outlets[i]->push(std::move(parcel));
    if (!pushed) co_return false;
  }
  co_return true;
}

void LaneSender::stop_at_bad_record(const Letter& letter) {
  stopped_at_bad_ = true;
  context_.fail(letter.place + ": " + letter.error.message + " (" + record::name(letter.error.type) +
                " error in " + letter.stage +
                "); what stands before it is delivered, and the next run begins with it: mend it, or "
                "set on_error to drop or to a dead_letter");
}

pipeline::Task<bool> LaneSender::on_refused(SinkRefusal refused) {
  const record::Record& record = refused.parcel.slice[0];
  const record::Storage& storage = refused.parcel.slice.storage();
  std::vector<Letter> letters;
  letters.push_back({refused.sink,
                     std::move(refused.error),
                     lane_.place_of(storage, record),
                     std::string(record.original),
                     record.original.size(),
                     {},
                     {},
                     0});
  context_.counters.rejected.fetch_add(1, std::memory_order_relaxed);
  if (context_.spec.on_error == OnError::stop) {
    // The records around it may be written already; the position stays before their batch, for the parcel's
    // ack is never said.
    const Letter& letter = letters.front();
    context_.fail(letter.place + ": " + letter.error.message + " (refused by " + letter.stage +
                  "); mend it, or set on_error to drop or to a dead_letter");
    co_return false;
  }
  DeadLetters* const dead_letters = environment_.outlets.dead_letters();
  if (context_.spec.on_error == OnError::dead_letter && !exactly_once()) {
    Parcel address = std::move(refused.parcel);
    address.slice = {};
    co_return co_await dead_letters->send(std::move(letters), std::move(address));
  }
  bool done = true;
  if (context_.spec.on_error == OnError::dead_letter) {
    done = co_await dead_letters->deliver(std::move(letters), number_);
  }
  if (done) refused.parcel.ack.delivered();
  co_return done;
}

void LaneSender::settled(Epoch epoch, Sequence sequence, bool delivered) {
  if (epoch != tracker_.epoch()) return;  // the lane has rewound since
  --open_tickets_;
  // At most once: the position was stored before, what is lost is lost.
  if (delivered || context_.spec.delivery == Delivery::at_most_once) {
    tracker_.complete(epoch, sequence);
    while (popped_kept_ < tracker_.settled_batches() && !kept_.empty()) {
      kept_.pop_front();
      ++popped_kept_;
    }
  } else {
    tracker_.abandon(epoch, sequence);
  }
  changed_now();
  context_.progressed();
}

LaneCheckpoint LaneSender::checkpoint(pipeline::Position position) const {
  return {lane_.id(), lane_.identity(), std::move(position), number_, tracker_.settled_batches()};
}

bool LaneSender::exactly_once() const noexcept { return context_.spec.delivery == Delivery::exactly_once; }

}  // namespace hiveframe::runtime
