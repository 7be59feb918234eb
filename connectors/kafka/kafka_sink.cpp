#include "connectors/kafka/kafka_sink.hpp"

#include <algorithm>
#include <cstdint>
#include <librdkafka/rdkafka.h>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "connectors/kafka/outbox.hpp"
#include "connectors/kafka/record_faults.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using pipeline::Rejection;
using record::DataError;

// Of memory_limit: what the client may hold that is not written yet.
constexpr std::uint64_t queued_part = 6;
constexpr std::chrono::seconds abort_at_close{2};
// After a report of a record that is refused for good, so many writes wait for theirs.
constexpr int careful_writes = 64;

}  // namespace

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

std::string KafkaSink::identity() const {
  return shown_servers(*settings_) + "/" + settings_->topic->constant().value_or("topics by the record");
}

pipeline::Task<void> KafkaSink::open(pipeline::SinkContext context) {
  membership_ = context.membership;
  if (!producer_) {
    std::string id;
    if (membership_) {
      bool is_new = false;
      id = transactional_id(context, is_new);
      // Known to a later process before brokers know it, so that it can end what this one leaves open.
      if (is_new && context.marks != nullptr) co_await context.marks->store();
    }
    producer_ = std::make_unique<Producer>(settings_, std::move(id), context.memory_limit / queued_part,
                                           context.report, [shared = shared_] { shared->changed.notify(); });
  }
  auto connect = [this] {
    try {
      producer_->connect(shared_->interrupt);
      if (membership_ && !transaction_) prepare_transactions();
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

/// Hands all records over; those that cannot be are refused.
pipeline::Task<std::vector<Rejection>> KafkaSink::queue(const pipeline::WriteRequest& request,
                                                        std::shared_ptr<Sending> sending) {
  sending->tags.resize(request.records());
  const Adding adding(*producer_, *sending);
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
  co_return rejections;
}

pipeline::Task<std::vector<Rejection>> KafkaSink::write(pipeline::WriteRequest& request) {
  check_failures();
  // Before anything of it is handed over: what is, is not handed over again.
  producer_->check();
  const bool careful = careful_ > 0;
  const std::shared_ptr<Sending> sending = std::make_shared<Sending>();
  if (!careful) sending->ack = std::move(request.ack);
  std::shared_ptr<Sending> to_queue = sending;
  std::vector<Rejection> rejections = co_await queue(request, std::move(to_queue));
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
  if (transaction_) {
    co_await commit();
    co_return;
  }
  while (producer_->under_way() > 0)
    co_await wait();
  check_failures();
}

pipeline::Task<void> KafkaSink::close() {
  cancel();
  auto abandon = [this] {
    // Or readers of what is committed wait until it times out.
    if (transaction_ && transaction_->open()) transaction_->abort(abort_at_close);
    if (producer_) producer_->abandon();
  };
  co_await thread_.run(abandon);
}

void KafkaSink::cancel() noexcept {
  shared_->interrupt.raise();
  shared_->changed.notify();
}

}  // namespace hiveframe::connectors::kafka
