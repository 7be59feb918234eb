#include "pipeline/runtime/exec/lane_runner.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <functional>
#include <spdlog/spdlog.h>
#include <string>
#include <utility>
#include <vector>

namespace hiveframe::runtime {
namespace {

// Source bytes of one batch: large enough that handing it from thread to thread costs nothing beside the
// work, small enough to stay in a core's cache and to leave room for a few under a small memory limit.
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr std::size_t batch_records = 4096;
// The same before it is known what becomes of them.
constexpr std::size_t first_records = 128;
// What a batch takes beside its source bytes, before it is known: records, metadata, output.
constexpr std::size_t overhead_factor = 2;
// So many times that is the most that a batch may become, by what became of earlier ones.
constexpr std::uint64_t most_expansion = 8;
// A record is at most this part of the memory limit.
constexpr std::uint64_t largest_part = 2;

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
      sender_(std::make_shared<LaneSender>(environment, *lane_, number, std::move(stored))),
      cap_(environment.context.options.pending_cap),
      retry_loop_(environment.context, "source, " + lane_->id()),
      left_(environment.tally) {
  left_.set(LaneTally::to_return);
}

bool LaneRunner::reading() const noexcept {
  return !context_.draining && !context_.aborting && !revoked_until_ && !sender_->stopped_at_bad();
}

bool LaneRunner::must_rewind() const noexcept {
  return tracker().needs_rewind() && environment_.source.replayable;
}

pipeline::Task<void> LaneRunner::run() {
  const auto self = shared_from_this();
  boost::asio::co_spawn(
      context_.strand, [self]() -> pipeline::Task<void> { return self->sender_->run(); },
      boost::asio::detached);
  std::optional<std::string> fatal;
  try {
    co_await read_loop();
  } catch (const std::exception& error) {
    fatal = error.what();
  }
  if (fatal) context_.fail(*fatal);
  sender_->finish();
  // What was read is sent on; the sinks are drained by the run, or while the lane is being handed over.
  const auto over = [this] {
    // Workers and the sender's loop refer to the run, so they are waited for in any case.
    if (!sender_->done() || sender_->workers_busy()) return false;
    const bool handed_over_late = revoked_until_ && std::chrono::steady_clock::now() >= *revoked_until_;
    return !revoked_until_ || !sender_->awaits_acks() || handed_over_late || context_.aborting;
  };
  while (!over()) {
    co_await sender_->changed().wait();
  }
  if (context_.spec.delivery == Delivery::exactly_once)
    environment_.outlets.routes().front()->forget(number_);
  returned_ = true;
  left_.set(0);
  sender_->changed().notify();
  context_.progressed();
}

pipeline::Task<void> LaneRunner::until_returned() {
  while (!returned_)
    co_await sender_->changed().wait();
}

pipeline::Task<void> LaneRunner::read_loop() {
  const std::function<pipeline::Task<void>()> seek = [this]() -> pipeline::Task<void> {
    std::optional<pipeline::Position> position = start_;
    const Callee::Call call(context_.source, "a call to seek");
    co_await lane_->seek(std::move(position));
  };
  const std::function<bool()> given_up = [this] { return !reading(); };
  const bool sought = co_await retry_loop_.run(seek, given_up);
  if (!sought) co_return;
  while (reading()) {
    if (must_rewind()) {
      co_await rewind();
    } else if (sender_->ended()) {
      if (delivered_all()) co_return;
      co_await sender_->changed().wait();
    } else if (may_read()) {
      co_await read_one();
    } else {
      co_await sender_->changed().wait();
    }
  }
}

/// Whether the lane may run further ahead of what is durable and of its workers.
bool LaneRunner::may_read() {
  cap_.update(tracker().unsettled_records());
  if (cap_.holds()) environment_.outlets.hurry();
  return !cap_.holds() && sender_->has_room();
}

/// What a read holds while it is under way.
struct LaneRunner::Reading {
  explicit Reading(RunContext& of) : context(of) {}
  ~Reading() { context.reading -= bytes; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  void add(std::uint64_t more) {
    bytes += more;
    context.reading += more;
    if (context.long_record.taken()) context.memory.wake();
  }

  RunContext& context;
  std::unique_ptr<record::Charge> charge;
  std::uint64_t bytes = 0;
  Turn::Mine long_record;
};

/// `reserved`: what the batch may become, as far as that is known.
pipeline::ReadLimits LaneRunner::limits(std::uint64_t& reserved) const {
  pipeline::ReadLimits limits;
  const std::size_t lanes = environment_.tally.count(LaneTally::to_read);
  limits.bytes = read_bytes(context_.memory_limit, lanes);
  limits.held = limits.bytes * overhead_factor;
  const std::uint64_t least = limits.held;
  const std::uint64_t share = context_.memory_limit / 8 / std::max<std::size_t>(4, lanes);
  const std::uint64_t most = std::clamp(share, least, most_expansion * least);
  reserved = std::clamp(context_.expansion.per_batch(), least, most);
  const std::uint64_t per_record = std::max<std::uint64_t>(1, context_.expansion.per_record());
  const std::size_t at_most = context_.expansion.known() ? batch_records : first_records;
  limits.records = static_cast<std::size_t>(std::clamp<std::uint64_t>(most / per_record, 1, at_most));
  limits.max_record_bytes = context_.spec.max_record_bytes;
  limits.memory_limit = context_.memory_limit;
  const auto longest = static_cast<std::size_t>(context_.memory_limit / largest_part);
  if (limits.max_record_bytes > longest) {
    limits.max_record_bytes = longest;
    limits.longest = "half the memory_limit";
  }
  // What is read waits in memory, and goes on at once if the pipeline is stopped.
  for (const Pacer& each : context_.pacers)
    limits.records = std::min<std::uint64_t>(limits.records, each.records_at_once());
  if (*environment_.limit) limits.records = std::min<std::uint64_t>(limits.records, **environment_.limit);
  return limits;
}

pipeline::Task<void> LaneRunner::read_one() {
  std::uint64_t reserved = 0;
  pipeline::ReadLimits limits = this->limits(reserved);
  if (limits.records == 0) {
    sender_->end();
    context_.progressed();
    co_return;
  }

  // Bytes kept for a source that cannot replay return only with the acks, so these must not wait for more.
  if (!environment_.source.replayable && context_.memory.held() > context_.memory_limit / 4) {
    environment_.outlets.hurry();
  }
  const std::function<bool()> given_up = [this] { return !reading(); };
  pipeline::ReadBatch batch;
  {
    Reading held(context_);
    held.charge = co_await context_.memory.reserve(reserved, given_up);
    if (!held.charge || !reading() || must_rewind()) co_return;
    held.add(reserved);
    const bool came = co_await read(limits, held, batch);
    if (!came) co_return;
    batch.storage->charge_to(std::move(held.charge), held.bytes);
  }
  batch.storage->read_at = context_.options.wall_clock();
  if (std::optional<std::uint64_t>& left = *environment_.limit) count_against(*left, batch);
  // Nothing came, because the source was cancelled: nothing to send, no position to advance.
  if (batch.storage->records.empty() && batch.refused.empty() && !batch.end_of_lane) co_return;
  const Amount amount = count(batch);
  sender_->take(std::move(batch), amount);
}

/// False: the run wants no more.
pipeline::Task<bool> LaneRunner::read(pipeline::ReadLimits& limits, Reading& held,
                                      pipeline::ReadBatch& batch) {
  const std::function<pipeline::Task<void>()> read = [this, &batch, &limits]() -> pipeline::Task<void> {
    const Callee::Call call(context_.source, "a read");
    batch = co_await lane_->read(limits);
  };
  const std::function<bool()> given_up = [this] { return !reading(); };
  for (;;) {
    const bool done = co_await retry_loop_.run(read, given_up);
    if (!done || !batch.storage || context_.over) co_return false;
    if (batch.wants == 0) co_return true;
    const bool may_go_on = co_await hold_more(limits, held, batch.wants);
    if (!may_go_on) co_return false;
  }
}

/// Waits until the lane may hold so much of a record that is not whole yet. False: the run wants no more.
pipeline::Task<bool> LaneRunner::hold_more(pipeline::ReadLimits& limits, Reading& held, std::size_t wanted) {
  const std::function<bool()> given_up = [this] { return !reading(); };
  const bool may_grow = co_await context_.long_record.take(held.long_record, given_up);
  if (!may_grow) co_return false;
  // Not by little: each step is another read.
  const std::size_t most = limits.max_record_bytes + 2 * limits.bytes;
  const std::size_t next = std::max(wanted, std::min(2 * limits.held, most));
  const std::size_t more = next - limits.held;
  std::unique_ptr<record::Charge> charge =
      co_await context_.memory.reserve_more(more, context_.reading, given_up);
  if (!charge) co_return false;
  held.charge->resize(held.bytes + more);
  charge.reset();
  held.add(more);
  limits.held = next;
  co_return true;
}

Amount LaneRunner::count(const pipeline::ReadBatch& batch) {
  Amount read{batch.storage->records.size() + batch.refused.size(), 0};
  if (batch.storage->all_in_lines()) {
    read.bytes = batch.storage->lines.size() + 1;
  } else {
    for (const record::Record& record : batch.storage->records)
      read.bytes += record.original.empty() ? 0 : record.original.size() + 1;
  }
  context_.counters.read.fetch_add(read.records, std::memory_order_relaxed);
  context_.counters.read_bytes.fetch_add(read.bytes, std::memory_order_relaxed);
  return read;
}

/// A refused record was read, too, and sources need not count it. Lanes that read side by side may together
/// bring more than is left, too. The surplus is dropped, for a limited run stores no position.
void LaneRunner::count_against(std::uint64_t& left, pipeline::ReadBatch& batch) {
  std::vector<record::Record>& records = batch.storage->records;
  std::uint64_t read = records.size() + batch.refused.size();
  if (read > left) {
    // One that stands before record `before` has so many records and all earlier refusals before it.
    std::size_t refused = 0;
    while (refused < batch.refused.size() && batch.refused[refused].before + refused < left)
      ++refused;
    batch.refused.resize(refused);
    records.resize(static_cast<std::size_t>(left) - refused);
    read = left;
  }
  left -= read;
  limited_ += read;
}

/// A batch of this lane was abandoned: forgets what is beyond the watermark and reads from there again.
pipeline::Task<void> LaneRunner::rewind() {
  const Forgotten forgotten = sender_->rewind();
  if (std::optional<std::uint64_t>& left = *environment_.limit) {
    *left += limited_ - tracker().settled_records();
    limited_ = tracker().settled_records();
  }
  spdlog::info("[{}] {}: {} records were not made durable and are read again", context_.spec.name,
               lane_->id(), forgotten.records);
  const std::function<pipeline::Task<void>()> seek = [this]() -> pipeline::Task<void> {
    std::optional<pipeline::Position> position = tracker().watermark();
    if (context_.spec.delivery == Delivery::exactly_once) {
      // What the sink has committed of a batch, it has for good.
      std::optional<pipeline::Position> committed = environment_.outlets.routes().front()->committed(number_);
      if (committed) position = std::move(committed);
    }
    const Callee::Call call(context_.source, "a call to seek");
    co_await lane_->seek(std::move(position));
  };
  const std::function<bool()> given_up = [this] { return !reading(); };
  co_await retry_loop_.run(seek, given_up);
}

pipeline::Task<bool> LaneRunner::on_refused(SinkRefusal refused) {
  return sender_->on_refused(std::move(refused));
}

void LaneRunner::revoke(std::chrono::steady_clock::time_point deadline) {
  revoked_until_ = deadline;
  wake();
}

void LaneRunner::forget() {
  sender_->forget();
  wake();
}

void LaneRunner::leave_out() {
  left_.leave_out();
  sender_->leave_out();
}

void LaneRunner::wake() {
  retry_loop_.wake();
  context_.memory.wake();
  context_.long_record.wake();
  context_.cut_batch.wake();
  sender_->wake();
}

}  // namespace hiveframe::runtime
