#include "pipeline/runtime/exec/lane_runner.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>
#include <utility>

#include "pipeline/errors.hpp"

namespace hiveframe::runtime {
namespace {

// Source bytes of one batch: large enough that handing it from thread to thread costs nothing beside the
// work, small enough to stay in a core's cache and to leave room for a few under a small memory limit.
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr std::size_t batch_records = 65536;
// What a batch takes beside its source bytes, before it is known: records, metadata, output.
constexpr std::size_t overhead_factor = 2;

/// Source bytes of one read. A lane that waits for records holds its reservation meanwhile, so all lanes
/// together must leave room for one that has some.
std::size_t read_bytes(std::uint64_t memory_limit, std::size_t lanes) {
  const std::uint64_t share = memory_limit / 16 / std::max<std::size_t>(4, lanes);
  return std::clamp<std::uint64_t>(share, 1024, batch_bytes);
}

}  // namespace

LaneRunner::LaneRunner(LaneEnvironment& environment, std::unique_ptr<pipeline::Lane> lane, std::size_t number,
                       std::optional<pipeline::Position> stored)
    : environment_(environment),
      context_(environment.context),
      lane_(std::move(lane)),
      number_(number),
      start_(stored),
      tracker_(std::move(stored)),
      cap_(environment.context.options.pending_cap),
      retry_loop_(environment.context, "source, " + lane_->id()),
      changed_(environment.context.strand) {}

bool LaneRunner::reading() const noexcept {
  return !context_.draining && !context_.aborting && !revoked_until_ && !stopped_at_bad_;
}

pipeline::Task<void> LaneRunner::run() {
  const auto self = shared_from_this();
  boost::asio::co_spawn(
      context_.strand, [self]() -> pipeline::Task<void> { return self->output_loop(); },
      boost::asio::detached);
  std::optional<std::string> fatal;
  try {
    co_await read_loop();
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  if (fatal) context_.fail(*fatal);
  read_done_ = true;
  changed_.notify();
  // What was read is sent on; the sinks are drained by the run, or while the lane is being handed over.
  const auto over = [this] {
    // Workers and the output loop refer to the run, so they are waited for in any case.
    if (!output_done_ || in_workers_ != 0) return false;
    const bool handed_over_late = revoked_until_ && std::chrono::steady_clock::now() >= *revoked_until_;
    return !revoked_until_ || open_tickets_ == 0 || handed_over_late || context_.aborting;
  };
  while (!over()) {
    co_await changed_.wait();
  }
  returned_ = true;
  context_.progressed();
}

pipeline::Task<void> LaneRunner::read_loop() {
  const std::function<pipeline::Task<void>()> seek = [this]() -> pipeline::Task<void> {
    std::optional<pipeline::Position> position = start_;
    co_await lane_->seek(std::move(position));
  };
  const std::function<bool()> given_up = [this] { return !reading(); };
  const bool sought = co_await retry_loop_.run(seek, given_up);
  if (!sought) co_return;
  while (reading()) {
    if (tracker_.needs_rewind() && environment_.source.replayable) {
      co_await rewind();
    } else if (ended_) {
      if (delivered_all()) co_return;
      co_await changed_.wait();
    } else if (may_read()) {
      co_await read_one();
    } else {
      co_await changed_.wait();
    }
  }
}

/// Whether the lane may run further ahead of what is durable and of its workers.
bool LaneRunner::may_read() {
  cap_.update(tracker_.unsettled_records());
  if (cap_.holds()) hurry();
  return !cap_.holds() && sequencer_.size() < environment_.window;
}

pipeline::Task<void> LaneRunner::read_one() {
  pipeline::ReadLimits limits;
  limits.bytes = read_bytes(context_.memory_limit, *environment_.lanes);
  limits.records = batch_records;
  limits.max_record_bytes = context_.spec.max_record_bytes;
  std::optional<std::uint64_t>& left = *environment_.limit;
  if (left) limits.records = std::min<std::uint64_t>(limits.records, *left);
  if (limits.records == 0) {
    ended_ = true;
    context_.progressed();
    changed_.notify();
    co_return;
  }

  // Bytes kept for a source that cannot replay return only with the acks, so these must not wait for more.
  if (!environment_.source.replayable && context_.memory.held() > context_.memory_limit / 4) hurry();
  const std::function<bool()> given_up = [this] { return !reading(); };
  std::unique_ptr<record::Charge> charge =
      co_await context_.memory.reserve(limits.bytes * overhead_factor, given_up);
  if (!charge || !reading() || (tracker_.needs_rewind() && environment_.source.replayable)) co_return;

  pipeline::ReadBatch batch;
  const std::function<pipeline::Task<void>()> read = [this, &batch, &limits]() -> pipeline::Task<void> {
    batch = co_await lane_->read(limits);
  };
  const bool done = co_await retry_loop_.run(read, given_up);
  if (!done || !batch.storage) co_return;
  batch.storage->charge_to(std::move(charge));
  batch.storage->read_at = std::chrono::system_clock::now();
  if (left) count_against(*left, batch);
  if (batch.end_of_lane) ended_ = true;
  // Nothing came, because the source was cancelled: nothing to send, no position to advance.
  if (batch.storage->records.empty() && batch.refused.empty() && !batch.end_of_lane) co_return;
  hand_to_worker(std::move(batch));
}

/// Lanes that read side by side may together bring more than is left: the surplus is dropped, for a limited
/// run stores no position.
void LaneRunner::count_against(std::uint64_t& left, pipeline::ReadBatch& batch) {
  std::vector<record::Record>& records = batch.storage->records;
  if (records.size() > left) {
    records.resize(static_cast<std::size_t>(left));
    std::erase_if(batch.refused, [&](const auto& each) { return each.before >= records.size(); });
  }
  left -= records.size();
  limited_ += records.size();
}

void LaneRunner::hand_to_worker(pipeline::ReadBatch batch) {
  // The sequencer's epoch, not the tracker's: what is sent again from memory is not read again.
  const Epoch epoch = sequencer_.epoch();
  const Sequence sequence = next_read_++;
  sequencer_.begin(sequence);
  ++in_workers_;
  std::uint64_t bytes = 0;
  for (const record::Record& record : batch.storage->records)
    bytes += record.original.empty() ? 0 : record.original.size() + 1;
  context_.counters.read.fetch_add(batch.storage->records.size() + batch.refused.size(),
                                   std::memory_order_relaxed);
  context_.counters.read_bytes.fetch_add(bytes, std::memory_order_relaxed);

  auto sent = std::make_shared<Batch>();
  sent->refused = std::move(batch.refused);
  sent->end = std::move(batch.end);
  // run() waits for the workers, so they need not share the lane, which is let go of on the strand only.
  environment_.workers->process(
      std::move(batch.storage),
      [this, sent, epoch, sequence](Processed processed) {
        sent->processed = std::move(processed);
        boost::asio::post(context_.strand, [this, sent, epoch, sequence] {
          --in_workers_;
          std::shared_ptr<const Batch> result = sent;
          sequencer_.push(epoch, sequence, std::move(result));
          changed_.notify();
        });
      },
      [this](std::string what) {
        boost::asio::post(context_.strand, [this, what] {
          --in_workers_;
          context_.fail("transforming failed: " + what);
          changed_.notify();
        });
      });
}

/// What is beyond the watermark was not delivered and will be sent again: later acks of it are refused.
Forgotten LaneRunner::begin_epoch() {
  const Forgotten forgotten = tracker_.rewind();
  *current_epoch_ = forgotten.epoch;
  open_tickets_ = 0;
  context_.counters.rewinds.fetch_add(1, std::memory_order_relaxed);
  context_.counters.repeated.fetch_add(forgotten.repeated_records, std::memory_order_relaxed);
  return forgotten;
}

/// A batch of this lane was abandoned: forgets what is beyond the watermark and reads from there again.
pipeline::Task<void> LaneRunner::rewind() {
  const Forgotten forgotten = begin_epoch();
  sequencer_.reset(forgotten.epoch);
  next_read_ = 0;
  ended_ = false;
  if (std::optional<std::uint64_t>& left = *environment_.limit) {
    *left += limited_ - tracker_.settled_records();
    limited_ = tracker_.settled_records();
  }
  spdlog::info("[{}] {}: {} records were not made durable and are read again", context_.spec.name,
               lane_->id(), forgotten.records);
  const std::function<pipeline::Task<void>()> seek = [this]() -> pipeline::Task<void> {
    std::optional<pipeline::Position> position = tracker_.watermark();
    co_await lane_->seek(std::move(position));
  };
  const std::function<bool()> given_up = [this] { return !reading(); };
  co_await retry_loop_.run(seek, given_up);
}

pipeline::Task<void> LaneRunner::output_loop() {
  const auto self = shared_from_this();
  std::optional<std::string> fatal;
  try {
    co_await send_all();
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  dispatching_ = false;
  if (fatal) context_.fail(*fatal);
  output_done_ = true;
  changed_.notify();
  context_.progressed();
}

pipeline::Task<void> LaneRunner::send_all() {
  for (;;) {
    if (context_.aborting) break;
    if (tracker_.needs_rewind() && !environment_.source.replayable && reading()) {
      dispatching_ = true;
      co_await send_again();
      dispatching_ = false;
      continue;
    }
    std::optional<std::shared_ptr<const Batch>> batch = sequencer_.pop();
    if (batch && !stopped_at_bad_) {
      dispatching_ = true;
      co_await send(std::move(*batch));
      dispatching_ = false;
      context_.progressed();
      changed_.notify();
      continue;
    }
    if (batch) continue;  // behind the bad record that stopped the pipeline
    // Behind a batch that its worker lost nothing can be sent, whatever the sequencer holds.
    const bool nothing_comes = in_workers_ == 0;
    if (nothing_comes && read_done_) break;
    if (nothing_comes && delivered_all()) break;
    co_await changed_.wait();
  }
}

/// The source cannot give them again: what was kept since the watermark goes out in a new epoch.
pipeline::Task<void> LaneRunner::send_again() {
  begin_epoch();
  const std::deque<std::shared_ptr<const Batch>> again = std::exchange(kept_, {});
  for (const auto& each : again) {
    if (context_.aborting) co_return;
    std::shared_ptr<const Batch> batch = each;
    co_await send(std::move(batch));
  }
}

std::vector<Letter> LaneRunner::letters_of(const Batch& batch) const {
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
                       lane_->place_of(*batch.processed.storage, record),
                       std::string(record.original),
                       record.original.size(),
                       {},
                       lane_->position_of(*batch.processed.storage, record),
                       bad.record});
  }
  take_refused_before(SIZE_MAX);
  return letters;
}

pipeline::Task<void> LaneRunner::send(std::shared_ptr<const Batch> batch) {
  std::vector<Letter> letters = letters_of(*batch);
  context_.counters.rejected.fetch_add(letters.size(), std::memory_order_relaxed);
  const bool stops = context_.spec.on_error == OnError::stop && !letters.empty();
  // With on_error: stop, what stands before the bad record is still delivered, and the position is before
  // it, so that the next run begins with it.
  const std::uint32_t record_limit = stops ? letters.front().record : UINT32_MAX;
  pipeline::Position end = stops ? letters.front().position : batch->end;
  if (stops) stop_at_bad_record(letters.front());

  if (context_.spec.delivery == Delivery::at_most_once) {
    std::shared_ptr<LaneRunner> lane = shared_from_this();
    const bool stored = co_await environment_.commit_before(std::move(lane), end);
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
    if (exactly_once()) {
      // The position will go past these records with the next commit, so their letters come first.
      sent = co_await environment_.dead_letters->deliver(std::move(letters), number_);
    } else {
      Parcel address{{}, ticket, ticket->part(), number_, epoch, current_epoch_, {}};
      sent = co_await environment_.dead_letters->send(std::move(letters), std::move(address));
    }
  }
  if (sent) sent = co_await send_slices(*batch, ticket, epoch, record_limit, std::move(position));
  if (sent) whole.delivered();
}

pipeline::Task<bool> LaneRunner::send_slices(const Batch& batch, std::shared_ptr<Ticket> ticket, Epoch epoch,
                                             std::uint32_t record_limit, pipeline::Position end) {
  for (std::size_t i = 0; i < environment_.outlets.size(); ++i) {
    const auto& selection = batch.processed.selections[i];
    record::Slice slice(batch.processed.storage, selection);
    const auto cut = std::lower_bound(selection->records.begin(), selection->records.end(), record_limit);
    slice = slice.part(0, static_cast<std::size_t>(cut - selection->records.begin()));
    // A sink that stores positions gets those of wholly filtered batches too.
    if (slice.empty() && !exactly_once()) continue;
    Parcel parcel{std::move(slice), ticket, ticket->part(), number_, epoch, current_epoch_, end};
    const bool pushed = co_await environment_.outlets[i]->push(std::move(parcel));
    if (!pushed) co_return false;
  }
  co_return true;
}

void LaneRunner::stop_at_bad_record(const Letter& letter) {
  stopped_at_bad_ = true;
  context_.fail(letter.place + ": " + letter.error.message + " (" + record::name(letter.error.type) +
                " error in " + letter.stage +
                "); what stands before it is delivered, and the next run begins with it: mend it, or "
                "set on_error to drop or to a dead_letter");
}

pipeline::Task<bool> LaneRunner::on_refused(RefusedRecord refused) {
  const record::Record& record = refused.parcel.slice[0];
  const record::Storage& storage = refused.parcel.slice.storage();
  std::vector<Letter> letters;
  letters.push_back({refused.sink,
                     std::move(refused.error),
                     lane_->place_of(storage, record),
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
  if (context_.spec.on_error == OnError::dead_letter && !exactly_once()) {
    Parcel address = std::move(refused.parcel);
    address.slice = {};
    co_return co_await environment_.dead_letters->send(std::move(letters), std::move(address));
  }
  bool done = true;
  if (context_.spec.on_error == OnError::dead_letter) {
    done = co_await environment_.dead_letters->deliver(std::move(letters), number_);
  }
  if (done) refused.parcel.ack.delivered();
  co_return done;
}

void LaneRunner::settled(Epoch epoch, Sequence sequence, bool delivered) {
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
  changed_.notify();
  context_.progressed();
}

bool LaneRunner::exactly_once() const noexcept { return context_.spec.delivery == Delivery::exactly_once; }

void LaneRunner::hurry() {
  for (const auto& outlet : environment_.outlets)
    outlet->hurry();
  if (environment_.dead_letters != nullptr) environment_.dead_letters->hurry();
}

LaneCheckpoint LaneRunner::checkpoint(pipeline::Position position) const {
  return {lane_->id(), lane_->identity(), std::move(position), number_, tracker_.settled_batches()};
}

void LaneRunner::revoke(std::chrono::steady_clock::time_point deadline) {
  revoked_until_ = deadline;
  wake();
}

void LaneRunner::forget() {
  const Forgotten forgotten = tracker_.rewind();
  *current_epoch_ = forgotten.epoch;
  sequencer_.reset(forgotten.epoch);
  open_tickets_ = 0;
  wake();
}

void LaneRunner::wake() {
  retry_loop_.wake();
  context_.memory.wake();
  changed_.notify();
}

}  // namespace hiveframe::runtime
