#include "connectors/kafka/producer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <librdkafka/rdkafka.h>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

constexpr int connect_patience_ms = 5000;
constexpr int poll_ms = 100;
// By the brokers, when a transaction is open so much longer than is usual.
constexpr std::chrono::milliseconds given_up{15'000};

const char* text_of(Acks acks) {
  switch (acks) {
    case Acks::all:
      return "all";
    case Acks::leader:
      return "1";
    case Acks::none:
      return "0";
  }
  return "all";
}

}  // namespace

Adding::~Adding() { producer_.sent(sending_); }

Producer::Producer(std::shared_ptr<const SinkSettings> settings, std::string transactional_id,
                   std::uint64_t memory, pipeline::Report* report_to, std::function<void()> changed)
    : settings_(std::move(settings)),
      transactional_id_(std::move(transactional_id)),
      memory_(memory),
      changed_(std::move(changed)) {
  report = report_to;
  watch.begin(report_to, "write to", shown_servers(*settings_));
}

Producer::~Producer() { abandon(); }

void Producer::connect(const pipeline::Interrupt& interrupt) {
  if (!client_) {
    ClientConf conf(*settings_, *this);
    conf.set("acks", text_of(settings_->acks));
    conf.set("enable.idempotence", settings_->idempotence ? "true" : "false");
    conf.set("linger.ms", std::to_string(settings_->linger.count()));
    conf.set("batch.size", std::to_string(settings_->batch_size));
    conf.set("compression.type", settings_->compression_type);
    conf.set("retries", std::to_string(settings_->retries));
    if (transactional_id_.empty()) {
      // What is given up may have been written all the same, and would be written again: it never is.
      conf.set("message.timeout.ms", "0");
    } else {
      conf.set("transactional.id", transactional_id_);
      // What a dead daemon leaves open holds readers of committed records up for so long. Its messages are
      // given up then, too: the transaction takes what was written along.
      conf.set("transaction.timeout.ms", std::to_string((settings_->transaction_time + given_up).count()));
    }
    conf.set("queue.buffering.max.kbytes", std::to_string(std::max<std::uint64_t>(1024, memory_ / 1024)));
    conf.set("queue.buffering.max.messages", "0");
    // As Java's clients do it, so that a key's records meet in one partition, whoever writes them.
    conf.set("partitioner", "murmur2_random");
    client_ = std::move(conf).make(Role::producer);
    thread_ = std::thread([this] {
      while (!stopping_)
        rd_kafka_poll(client_.get(), poll_ms);
    });
  }
  const Metadata metadata = ask_for_metadata(client_.get(), nullptr, watch, interrupt, connect_patience_ms,
                                             shown_servers(*settings_));
  watch.up();
}

bool Producer::found(std::string_view topic) const {
  const std::lock_guard lock(mutex_);
  return found_.contains(topic);
}

void Producer::find(const std::string& topic, const pipeline::Interrupt& interrupt) {
  if (found(topic)) return;
  const Topic handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  const std::string against = "topic '" + topic + "' of " + shown_servers(*settings_);
  if (!handle) throw_error(rd_kafka_last_error(), {}, "write to", against);
  const Metadata metadata = ask_for_metadata(client_.get(), handle.get(), watch, interrupt,
                                             connect_patience_ms, shown_servers(*settings_));
  const auto error =
      metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (error) throw_error(error, {}, "write to", against);
  const std::lock_guard lock(mutex_);
  found_.insert(topic);
}

void Producer::check_cluster(const std::string& id) const {
  char* const own = rd_kafka_clusterid(client_.get(), connect_patience_ms);
  if (own == nullptr) return;
  const bool same = id.empty() || id == own;
  rd_kafka_mem_free(client_.get(), own);
  if (same) return;
  throw pipeline::Fatal({"write exactly once to", shown_servers(*settings_),
                         "the source reads another cluster",
                         "a transaction ends at its cluster: use delivery: at_least_once"});
}

rd_kafka_topic_t* Producer::topic(std::string_view name) {
  const auto found = topics_.find(name);
  if (found != topics_.end()) return found->second.get();
  std::string own(name);
  Topic topic(rd_kafka_topic_new(client_.get(), own.c_str(), nullptr));
  if (!topic) throw_error(rd_kafka_last_error(), {}, "write to", "topic '" + own + "'");
  return topics_.emplace(std::move(own), std::move(topic)).first->second.get();
}

Producer::Queued Producer::send(const Outgoing& message, Sending::Tag& tag, std::string& why) {
  std::array<rd_kafka_vu_t, 8> parts{};
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    parts[count].vtype = type;
    return parts[count++];
  };
  add(RD_KAFKA_VTYPE_RKT).u.rkt = message.topic;
  add(RD_KAFKA_VTYPE_PARTITION).u.i32 = message.partition;
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = &tag;
  // The client reads it only.
  const auto bytes = [](std::string_view text) { return const_cast<char*>(text.data()); };
  if (message.value) {
    rd_kafka_vu_t& part = add(RD_KAFKA_VTYPE_VALUE);
    part.u.mem = {bytes(*message.value), message.value->size()};
  }
  if (message.key) {
    rd_kafka_vu_t& part = add(RD_KAFKA_VTYPE_KEY);
    part.u.mem = {bytes(*message.key), message.key->size()};
  }
  if (message.timestamp_ms != 0) add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = message.timestamp_ms;
  Headers headers;
  if (!message.headers.empty()) {
    headers.reset(rd_kafka_headers_new(message.headers.size()));
    for (const auto& [name, value] : message.headers)
      rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()),
                          value ? value->data() : nullptr, value ? static_cast<ssize_t>(value->size()) : 0);
    add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers.get();
  }
  {
    const std::lock_guard lock(mutex_);
    ++tag.sending->left;
    ++under_way_;
    if (!tag.sending->self) tag.sending->self = tag.sending->shared_from_this();
  }
  rd_kafka_error_t* const error = rd_kafka_produceva(client_.get(), parts.data(), count);
  if (error == nullptr) {
    // The message has taken them over.
    static_cast<void>(headers.release());
    return Queued::yes;
  }
  const int code = rd_kafka_error_code(error);
  why = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  {
    const std::lock_guard lock(mutex_);
    --tag.sending->left;
    --under_way_;
  }
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Queued::full;
  if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    return Queued::refused;
  throw_error(
      code, why, "write to",
      "topic '" + std::string(rd_kafka_topic_name(message.topic)) + "' of " + shown_servers(*settings_));
}

void Producer::sent(Sending& sending) { one_less(sending, std::unique_lock(mutex_)); }

void Producer::delivered(const rd_kafka_message_t& message) {
  const Sending::Tag& tag = *static_cast<const Sending::Tag*>(message._private);
  Sending& sending = *tag.sending;
  std::unique_lock lock(mutex_);
  --under_way_;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    sending.failures.push_back({tag.record, message.err, rd_kafka_err2str(message.err)});
    last_failure_ = sending.failures.back();
  }
  one_less(sending, std::move(lock));
  changed_();
}

void Producer::one_less(Sending& sending, std::unique_lock<std::mutex> lock) {
  if (--sending.left > 0) return;
  const std::shared_ptr<Sending> last = std::move(sending.self);
  pipeline::Ack ack = std::move(sending.ack);
  const bool written = sending.failures.empty();
  lock.unlock();
  if (written) ack.delivered();
}

bool Producer::over(const Sending& sending) const {
  const std::lock_guard lock(mutex_);
  return sending.left == 0;
}

std::size_t Producer::under_way() const {
  const std::lock_guard lock(mutex_);
  return under_way_;
}

std::optional<Sending::Failure> Producer::take_last_failure() {
  const std::lock_guard lock(mutex_);
  return std::exchange(last_failure_, std::nullopt);
}

void Producer::abandon() noexcept {
  if (!client_) return;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  // The reports of what was purged.
  rd_kafka_flush(client_.get(), 2000);
  topics_.clear();
  client_.reset();
}

}  // namespace hiveframe::connectors::kafka
