#include "connectors/kafka/group_member.hpp"

#include <algorithm>
#include <exception>
#include <librdkafka/rdkafka.h>
#include <span>
#include <spdlog/spdlog.h>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "connectors/kafka/first_offsets.hpp"
#include "connectors/kafka/membership.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Of memory_limit: what the client may have fetched and unpacked, beside the batches under way.
constexpr std::uint64_t fetched_part = 6;
constexpr int connect_patience_ms = 5000;
constexpr int poll_ms = 100;
constexpr int request_ms = 5000;
constexpr int seek_ms = 10'000;
constexpr auto between_attempts = 500ms;
constexpr auto commit_patience = 10s;
// How long the group waits for a member in a rebalance is max.poll.interval.ms, 5 minutes; others stand still
// meanwhile, so what is in flight gets less.
constexpr auto hand_over_time = 20s;

std::span<rd_kafka_topic_partition_t> elements(const rd_kafka_topic_partition_list_t& list) {
  return {list.elems, static_cast<std::size_t>(list.cnt)};
}

Partition partition_of(const rd_kafka_topic_partition_t& element) {
  return {element.topic, element.partition};
}

void throw_and_free(rd_kafka_error_t* error, std::string tried, const std::string& group) {
  if (error == nullptr) return;
  const int code = rd_kafka_error_code(error);
  const std::string text = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw_error(code, text, std::move(tried), group);
}

}  // namespace

GroupMember::GroupMember(std::shared_ptr<const SourceSettings> settings,
                         const pipeline::SourceContext& context, std::function<void()> wake)
    : settings_(std::move(settings)),
      fetched_ahead_(context.memory_limit / fetched_part),
      from_start_(context.from_start),
      wake_(std::move(wake)),
      group_("group '" + settings_->group_id + "'"),
      speaker_("[" + context.pipeline + "] ") {
  report = context.report;
  watch.begin(report, "read from", shown_servers(*settings_));
}

GroupMember::~GroupMember() {
  leave();
  events_.clear();
  // While all is there that its callbacks reach.
  client_.reset();
}

void GroupMember::connect(const pipeline::Interrupt& interrupt) {
  if (!client_) {
    ClientConf conf(*settings_, *this);
    conf.set("group.id", settings_->group_id);
    if (!settings_->instance_id.empty()) conf.set("group.instance.id", settings_->instance_id);
    if (!settings_->rack_id.empty()) conf.set("client.rack", settings_->rack_id);
    conf.set("isolation.level",
             settings_->isolation_level == Isolation::read_committed ? "read_committed" : "read_uncommitted");
    conf.set("session.timeout.ms", std::to_string(settings_->session_timeout.count()));
    conf.set("heartbeat.interval.ms", std::to_string(settings_->heartbeat_interval.count()));
    conf.set("enable.auto.commit", "false");
    conf.set("enable.auto.offset.store", "false");
    // For an offset that is gone: what is left is read. Where a group begins was settled before.
    conf.set("auto.offset.reset", "earliest");
    conf.set("enable.partition.eof", settings_->stop_at_end ? "true" : "false");
    conf.set("queued.max.messages.kbytes", std::to_string(std::max<std::uint64_t>(1, fetched_ahead_ / 1024)));
    conf.set("fetch.queue.backoff.ms", "20");
    client_ = std::move(conf).make(Role::consumer);
    first_offsets_.emplace(*settings_, client_.get(), from_start_, speaker_);
  }
  const Metadata metadata = ask_for_metadata(client_.get(), nullptr, watch, interrupt, connect_patience_ms,
                                             shown_servers(*settings_));
  watch.up();
  if (thread_.joinable()) return;
  first_offsets_->look();
  rd_kafka_poll_set_consumer(client_.get());
  const PartitionList topics(rd_kafka_topic_partition_list_new(static_cast<int>(settings_->topics.size())));
  for (const std::string& topic : settings_->topics)
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto error = rd_kafka_subscribe(client_.get(), topics.get()))
    throw_error(error, {}, "join", group_);
  thread_ = std::thread([this] { serve(); });
}

/// The client's thread: answers the group, and hears what concerns no partition.
void GroupMember::serve() {
  while (!stopping_) {
    const Message message(rd_kafka_consumer_poll(client_.get(), poll_ms));
    if (message) hear(*message);
    const auto now = Clock::now();
    if (now < next_attempt_) continue;
    try {
      settle_revocation();
      settle_assignment();
    } catch (const std::exception&) {
      next_attempt_ = now + between_attempts;
      keep_trouble(std::current_exception());
    }
  }
}

/// No message of a partition comes here: their queues were split off before they were assigned.
void GroupMember::hear(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  try {
    throw_error(message.err, rd_kafka_message_errstr(&message), "read as a member of", group_);
  } catch (...) {
    keep_trouble(std::current_exception());
  }
}

/// What may end by itself is told and tried again; the rest ends the pipeline.
void GroupMember::keep_trouble(const std::exception_ptr& trouble) {
  try {
    std::rethrow_exception(trouble);
  } catch (const pipeline::Retryable& error) {
    watch.lacks(error.what());
  } catch (const std::exception&) {
    const std::lock_guard lock(mutex_);
    fatal_ = trouble;
    wake_();
  }
}

void GroupMember::rebalance(bool gives, const rd_kafka_topic_partition_list_t& partitions) {
  watch.up();
  if (stopping_) {
    // We are leaving: whoever had them has let go.
    if (cooperative()) {
      rd_kafka_error_destroy(gives ? rd_kafka_incremental_assign(client_.get(), &partitions)
                                   : rd_kafka_incremental_unassign(client_.get(), &partitions));
    } else {
      rd_kafka_assign(client_.get(), nullptr);
    }
    return;
  }
  if (gives) {
    membership_->set(membership_of(client_.get()));
    to_assign_.reset(rd_kafka_topic_partition_list_copy(&partitions));
  } else {
    take(partitions);
  }
  next_attempt_ = {};
}

/// Not before all are released the group is told: until then it gives them to nobody else.
void GroupMember::take(const rd_kafka_topic_partition_list_t& partitions) {
  to_assign_.reset();
  to_unassign_.reset(rd_kafka_topic_partition_list_copy(&partitions));
  // A member that the group has lost already holds nobody up; what it has in flight comes to another, too.
  const bool lost = rd_kafka_assignment_lost(client_.get()) != 0;
  Taken taken;
  taken.deadline = lost ? Clock::now() : Clock::now() + hand_over_time;
  {
    const std::lock_guard lock(mutex_);
    for (const rd_kafka_topic_partition_t& each : elements(partitions)) {
      if (!ours_.contains(partition_of(each))) continue;
      taken.partitions.push_back(partition_of(each));
      not_released_.insert(partition_of(each));
    }
  }
  spdlog::info("{}{} takes {} partitions back{}", speaker_, group_, partitions.cnt,
               lost ? ", for it has lost this member" : "");
  if (!taken.partitions.empty()) emit(std::move(taken));
}

void GroupMember::settle_revocation() {
  if (!to_unassign_) return;
  {
    const std::lock_guard lock(mutex_);
    if (!not_released_.empty()) return;
    for (const rd_kafka_topic_partition_t& each : elements(*to_unassign_))
      ours_.erase(partition_of(each));
  }
  const PartitionList list = std::move(to_unassign_);
  if (cooperative()) {
    throw_and_free(rd_kafka_incremental_unassign(client_.get(), list.get()), "give partitions back to",
                   group_);
  } else if (const auto error = rd_kafka_assign(client_.get(), nullptr)) {
    throw_error(error, {}, "give partitions back to", group_);
  }
}

void GroupMember::settle_assignment() {
  if (!to_assign_ || to_unassign_) return;
  if (to_assign_->cnt > 0 && !first_offsets_->fill(*to_assign_)) {
    next_attempt_ = Clock::now() + between_attempts;
    return;
  }
  const PartitionList list = std::move(to_assign_);
  std::vector<Given> given;
  for (const rd_kafka_topic_partition_t& each : elements(*list)) {
    Given one;
    one.partition = partition_of(each);
    one.begin = each.offset;
    if (settings_->stop_at_end) {
      std::int64_t low = 0;
      const auto error = rd_kafka_query_watermark_offsets(client_.get(), each.topic, each.partition, &low,
                                                          &one.end, request_ms);
      if (error) throw_error(error, {}, "ask for the end of", one.partition.str());
    }
    // Split off before anything is fetched; what was forwarded by us stays so when it is assigned.
    one.messages.reset(rd_kafka_queue_get_partition(client_.get(), each.topic, each.partition));
    rd_kafka_queue_forward(one.messages.get(), nullptr);
    given.push_back(std::move(one));
  }
  if (cooperative()) {
    throw_and_free(rd_kafka_incremental_assign(client_.get(), list.get()), "take partitions of", group_);
  } else if (const auto error = rd_kafka_assign(client_.get(), list.get())) {
    throw_error(error, {}, "take partitions of", group_);
  }
  spdlog::info("{}{} gives {} partitions", speaker_, group_, list->cnt);
  // Without any, a topic may be missing still.
  if (list->cnt > 0) watch.settled();
  for (Given& each : given) {
    {
      const std::lock_guard lock(mutex_);
      ours_.insert(each.partition);
    }
    emit(std::move(each));
  }
  if (!std::exchange(settled_, true)) emit(Settled{});
}

bool GroupMember::cooperative() const {
  const char* const protocol = rd_kafka_rebalance_protocol(client_.get());
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

void GroupMember::emit(GroupEvent event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  wake_();
}

std::optional<GroupEvent> GroupMember::next_event() {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) return std::nullopt;
  GroupEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void GroupMember::check() const {
  watch.check_fatal();
  const std::lock_guard lock(mutex_);
  if (fatal_) std::rethrow_exception(fatal_);
}

void GroupMember::released(const Partition& partition) {
  const std::lock_guard lock(mutex_);
  not_released_.erase(partition);
}

void GroupMember::commit(const std::map<Partition, std::int64_t>& offsets) {
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, offset] : offsets) {
      if (!ours_.contains(partition)) continue;
      rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number)->offset =
          offset;
    }
  }
  if (list->cnt == 0) return;
  const Queue answers(rd_kafka_queue_new(client_.get()));
  const auto error = rd_kafka_commit_queue(client_.get(), list.get(), answers.get(), nullptr, nullptr);
  if (error) throw_error(error, {}, "store offsets of", group_);
  const auto deadline = Clock::now() + commit_patience;
  for (;;) {
    const std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)> event(
        rd_kafka_queue_poll(answers.get(), poll_ms), &rd_kafka_event_destroy);
    if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_OFFSET_COMMIT) {
      const auto answer = rd_kafka_event_error(event.get());
      // Another member has them, or will soon: it begins where the group stands, and repeats what is between.
      const bool not_ours =
          answer == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION || answer == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID;
      if (not_ours) {
        spdlog::info("{}{} took no offsets, for it has given the partitions to another member", speaker_,
                     group_);
      } else if (answer && answer != RD_KAFKA_RESP_ERR__NO_OFFSET) {
        throw_error(answer, {}, "store offsets of", group_);
      }
      return;
    }
    if (Clock::now() > deadline) throw_error(RD_KAFKA_RESP_ERR__TIMED_OUT, {}, "store offsets of", group_);
  }
}

void GroupMember::seek(const Partition& partition, std::int64_t offset) {
  const PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* const element =
      rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.number);
  element->offset = offset;
  throw_and_free(rd_kafka_seek_partitions(client_.get(), list.get(), seek_ms), "go back in", partition.str());
  if (element->err) throw_error(element->err, {}, "go back in", partition.str());
}

std::int64_t GroupMember::first_known_offset(const Partition& partition) const {
  std::int64_t low = 0;
  std::int64_t high = 0;
  const auto error =
      rd_kafka_get_watermark_offsets(client_.get(), partition.topic.c_str(), partition.number, &low, &high);
  return error ? -1 : low;
}

void GroupMember::leave() noexcept {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (!client_ || std::exchange(left_, true)) return;
  // Answers what is left of a rebalance by itself, and sends the group a farewell.
  rd_kafka_consumer_close(client_.get());
}

}  // namespace hiveframe::connectors::kafka
