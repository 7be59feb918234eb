#include "connectors/kafka/kafka_sink.hpp"

#include <algorithm>
#include <cstdint>
#include <librdkafka/rdkafka.h>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "connectors/kafka/outbox.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using pipeline::Rejection;
using record::DataError;

// Of memory_limit: what the client may hold that is not written yet.
constexpr std::uint64_t queued_part = 6;
// After a report of a record that is refused for good, so many writes wait for theirs.
constexpr int careful_writes = 64;

/// Whether another attempt would be refused, too, for what the record is.
bool is_the_records_fault(int code) {
  return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE ||
         code == RD_KAFKA_RESP_ERR_INVALID_RECORD || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
         code == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP;
}

std::string refusal_of(int code, const std::string& answer) {
  if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    return "the brokers refuse it as too long: raise the topic's max.message.bytes, or filter it out";
  return "the brokers refuse it: " + answer;
}

/// Whoever writes has added all that it can, however it goes on.
class Adding {
 public:
  Adding(Producer& producer, Sending& sending) : producer_(producer), sending_(sending) {}
  ~Adding() { finish(); }
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;
  void finish() {
    if (!std::exchange(finished_, true)) producer_.sent(sending_);
  }

 private:
  Producer& producer_;
  Sending& sending_;
  bool finished_ = false;
};

}  // namespace

/// What the client's threads reach: outlives the sink.
struct KafkaSink::Shared {
  pipeline::ThreadSignal changed;
  pipeline::Interrupt interrupt;
};

KafkaSink::KafkaSink(std::shared_ptr<const SinkSettings> settings)
    : settings_(std::move(settings)), shared_(std::make_shared<Shared>()) {}

KafkaSink::~KafkaSink() { cancel(); }

pipeline::SinkTraits KafkaSink::traits() const {
  pipeline::SinkTraits traits;
  traits.format = settings_->value_serializer;
  for (const expr::Template& each : settings_->computed)
    traits.computed.push_back(&each);
  return traits;
}

pipeline::Task<void> KafkaSink::open(pipeline::SinkContext context) {
  if (!producer_) {
    producer_ = std::make_unique<Producer>(settings_, context.memory_limit / queued_part, context.report,
                                           [shared = shared_] { shared->changed.notify(); });
  }
  auto connect = [this] {
    try {
      producer_->connect(shared_->interrupt);
    } catch (const pipeline::Interrupted&) {
      throw pipeline::Retryable({"connect to", shown_servers(*settings_), "it was stopped", ""});
    }
  };
  co_await thread_.run(connect);
}

pipeline::Task<void> KafkaSink::wait() {
  if (shared_->interrupt.raised())
    throw pipeline::Retryable({"write to", shown_servers(*settings_), "it was stopped", ""}, true);
  co_await shared_->changed.wait();
  producer_->check_fatal();
  if (shared_->interrupt.raised())
    throw pipeline::Retryable({"write to", shown_servers(*settings_), "it was stopped", ""}, true);
}

/// A failure that was not waited for: its write is given up and comes again.
void KafkaSink::check_failures() {
  const std::optional<Sending::Failure> failure = producer_->take_last_failure();
  if (failure && is_the_records_fault(failure->code)) careful_ = careful_writes;
}

pipeline::Task<std::vector<Rejection>> KafkaSink::write(pipeline::WriteRequest& request) {
  check_failures();
  // Before anything of it is handed over: what is, is not handed over again.
  producer_->check();
  const std::shared_ptr<Sending> sending = std::make_shared<Sending>();
  sending->tags.resize(request.records());
  Adding adding(*producer_, *sending);
  Outbox outbox(*settings_, *producer_);
  std::vector<Rejection> rejections;
  std::uint32_t number = 0;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i, ++number) {
      std::string wrong;
      const Outgoing* const message = outbox.message_of(slice, i, wrong);
      if (message == nullptr) {
        rejections.push_back({number, {DataError::Type::rejected, std::move(wrong)}});
        continue;
      }
      Sending::Tag& tag = sending->tags[number];
      tag = {sending.get(), number};
      Producer::Queued queued = producer_->send(*message, tag, wrong);
      while (queued == Producer::Queued::full) {
        co_await wait();
        queued = producer_->send(*message, tag, wrong);
      }
      if (queued == Producer::Queued::refused)
        rejections.push_back({number, {DataError::Type::rejected, std::move(wrong)}});
    }
  }
  const bool careful = careful_ > 0;
  if (!careful) sending->ack = std::move(request.ack);
  adding.finish();
  if (!careful) co_return rejections;

  --careful_;
  while (!producer_->over(*sending))
    co_await wait();
  std::optional<Sending::Failure> other;
  for (const Sending::Failure& each : sending->failures) {
    if (is_the_records_fault(each.code)) {
      rejections.push_back({each.record, {DataError::Type::rejected, refusal_of(each.code, each.answer)}});
    } else {
      other = each;
    }
  }
  if (other) throw_error(other->code, other->answer, "write to", shown_servers(*settings_));
  std::sort(rejections.begin(), rejections.end(),
            [](const Rejection& a, const Rejection& b) { return a.record < b.record; });
  request.ack.delivered();
  co_return rejections;
}

pipeline::Task<void> KafkaSink::flush() {
  while (producer_->under_way() > 0)
    co_await wait();
  check_failures();
}

pipeline::Task<void> KafkaSink::close() {
  cancel();
  auto abandon = [this] {
    if (producer_) producer_->abandon();
  };
  co_await thread_.run(abandon);
}

void KafkaSink::cancel() noexcept {
  shared_->interrupt.raise();
  shared_->changed.notify();
}

}  // namespace hiveframe::connectors::kafka
