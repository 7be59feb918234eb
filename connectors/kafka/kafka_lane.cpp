#include "connectors/kafka/kafka_lane.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <librdkafka/rdkafka.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "connectors/kafka/message_batch.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

constexpr std::size_t most_at_once = 1024;

// librdkafka's thread calls it when a message comes into an empty queue; the lane outlives its queue's event.
void on_message(rd_kafka_t* /*client*/, void* waker) { static_cast<LaneWaker*>(waker)->signal.notify(); }

std::int64_t offset_of(const pipeline::Position& position, const std::string& lane) {
  std::int64_t offset = 0;
  const char* const end = position.data() + position.size();
  const auto [read, error] = std::from_chars(position.data(), end, offset);
  if (error == std::errc() && read == end && offset >= 0) return offset;
  throw pipeline::Fatal({"go on", "in " + lane, "the stored position is no offset", "run with --from-start"});
}

}  // namespace

KafkaLane::KafkaLane(std::shared_ptr<const SourceSettings> settings, std::shared_ptr<GroupMember> member,
                     std::shared_ptr<pipeline::BlockingThread> thread, Given given,
                     std::shared_ptr<LaneWaker> waker, const SchemaBooks& schemas, std::string pipeline)
    : settings_(std::move(settings)),
      member_(std::move(member)),
      thread_(std::move(thread)),
      given_(std::move(given)),
      waker_(std::move(waker)),
      pipeline_(std::move(pipeline)),
      id_(given_.partition.str()),
      next_(std::max<std::int64_t>(0, given_.begin)),
      fetched_(given_.begin) {
  const auto wake = [lane = waker_] { lane->signal.notify(); };
  if (schemas.values) schemas_.emplace(schemas.values, wake);
  if (schemas.keys) key_schemas_.emplace(schemas.keys, wake);
  rd_kafka_queue_cb_event_enable(given_.messages.get(), &on_message, waker_.get());
}

KafkaLane::~KafkaLane() { rd_kafka_queue_cb_event_enable(given_.messages.get(), nullptr, nullptr); }

pipeline::Task<void> KafkaLane::seek(std::optional<pipeline::Position> position) {
  // Nothing was given on yet: it is fetched from where the group stands.
  if (!position && !moved_) co_return;
  const std::int64_t offset = position ? offset_of(*position, id_) : given_.begin;
  if (position && !moved_ && offset == given_.begin) co_return;
  moved_ = true;
  taken_.clear();
  auto seek = [this, offset] { member_->seek(given_.partition, offset); };
  co_await thread_->run(seek);
  next_ = std::max<std::int64_t>(0, offset);
  fetched_ = offset;
  at_end_ = false;
}

pipeline::Task<pipeline::ReadBatch> KafkaLane::read(pipeline::ReadLimits limits) {
  bool readable = false;
  for (;;) {
    if (!waker_->ended) fetch(limits);
    readable = !taken_.empty() && know_schemas();
    if (readable || waker_->ended || (at_end_ && taken_.empty()) || waker_->stop_waiting.exchange(false))
      break;
    if (schemas_) schemas_->check();
    if (key_schemas_) key_schemas_->check();
    member_->check();
    co_await waker_->signal.wait();
  }
  // What waits for its schema stays, and is read another time.
  std::deque<Message> none;
  pipeline::ReadBatch batch =
      batch_of(readable ? taken_ : none, given_.partition, *settings_, limits, known_, next_);
  if (!batch.storage->records.empty() || !batch.refused.empty()) moved_ = true;
  if (given_.end >= 0 && next_ >= given_.end) at_end_ = true;
  batch.end_of_lane = at_end_ && taken_.empty() && !waker_->ended;
  co_return batch;
}

void KafkaLane::stop_waiting() noexcept {
  waker_->stop_waiting = true;
  waker_->signal.notify();
}

/// Whether what was taken can be read; if not, the registry is asked, and wakes the lane.
bool KafkaLane::know_schemas() {
  if (schemas_) known_.values = schemas_->find(schema_ids_of(taken_, &value_of));
  if (key_schemas_) known_.keys = key_schemas_->find(schema_ids_of(taken_, &key_of));
  return (!schemas_ || known_.values) && (!key_schemas_ || known_.keys);
}

/// Says what is missing before a message that does not follow on the last one. Gaps are usual (compaction,
/// markers of transactions), unless they were deleted on the brokers before anybody read them: by their
/// retention, or with the topic. Nothing brings those back, so librdkafka goes on at the first one there is.
void KafkaLane::tell_of_a_jump(std::int64_t offset) {
  if (offset < fetched_) {
    spdlog::error("[{}] {} has no offset {} any more (it was made anew?): it is read from its beginning, {}",
                  pipeline_, id_, fetched_, offset);
    return;
  }
  const std::int64_t first = member_->first_known_offset(given_.partition);
  if (first <= fetched_ || first > offset) return;
  spdlog::error(
      "[{}] {} records of {} were deleted on the brokers before they were read (offsets {} to {}): it goes "
      "on at "
      "{}; raise the topic's retention.ms or retention.bytes above the longest standstill",
      pipeline_, first - fetched_, id_, fetched_, first - 1, offset);
}

/// Takes what is there of about as much as is wanted.
void KafkaLane::fetch(const pipeline::ReadLimits& limits) {
  std::size_t bytes = 0;
  for (const Message& each : taken_)
    bytes += each->len;
  const std::size_t records = std::min(limits.records, settings_->max_poll_records);
  while (taken_.size() < records && bytes < limits.bytes && !at_end_) {
    std::array<rd_kafka_message_t*, most_at_once> messages{};
    const std::size_t wanted = std::clamp<std::size_t>((limits.bytes - bytes) / usual_bytes_, 1,
                                                       std::min(most_at_once, records - taken_.size()));
    const ssize_t came = rd_kafka_consume_batch_queue(given_.messages.get(), 0, messages.data(), wanted);
    if (came <= 0) return;
    std::size_t more = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(came); ++i) {
      Message message(messages[i]);
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        take_note(*message);
      } else if (given_.end < 0 || message->offset < given_.end) {
        more += message->len;
        if (fetched_ >= 0 && message->offset != fetched_) tell_of_a_jump(message->offset);
        fetched_ = message->offset + 1;
        taken_.push_back(std::move(message));
      } else {
        at_end_ = true;
      }
    }
    bytes += more;
    usual_bytes_ = std::max<std::size_t>(1, more / static_cast<std::size_t>(came));
  }
}

/// What the client says of the partition in place of a message.
void KafkaLane::take_note(const rd_kafka_message_t& message) {
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      // The end may be markers of transactions, behind which no message comes.
      if (given_.end >= 0 && message.offset >= given_.end) at_end_ = true;
      return;
    default:
      throw_error(message.err, rd_kafka_message_errstr(&message), "read", id_);
  }
}

pipeline::Position KafkaLane::position_of(const record::Storage& storage,
                                          const record::Record& record) const {
  return std::to_string(storage.meta(record, "offset")->as_int64());
}

std::string KafkaLane::place_of(const record::Storage& storage, const record::Record& record) const {
  return place_of_offset(given_.partition, storage.meta(record, "offset")->as_int64());
}

}  // namespace hiveframe::connectors::kafka
