#include "connectors/kafka/kafka_sink.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iterator>
#include <librdkafka/rdkafka.h>
#include <set>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "connectors/kafka/outbox.hpp"
#include "connectors/kafka/record_faults.hpp"
#include "connectors/kafka/topic_name.hpp"
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
constexpr std::size_t careful_records = 256;

}  // namespace

KafkaSink::KafkaSink(std::shared_ptr<const SinkSettings> settings)
    : settings_(std::move(settings)),
      shared_(std::make_shared<Shared>()),
      avro_(settings_->registry_urls.empty() ? nullptr : std::make_unique<AvroWriting>(*settings_)) {}

KafkaSink::~KafkaSink() { cancel(); }

pipeline::SinkTraits KafkaSink::traits() const {
  pipeline::SinkTraits traits;
  traits.format = avro_ ? &avro_->format() : settings_->value_serializer;
  // For transactions.
  traits.whole_batches = true;
  for (const expr::Template& each : settings_->computed)
    traits.computed.push_back(&each);
  return traits;
}

std::string KafkaSink::identity() const {
  return shown_servers(*settings_) + "/" + settings_->topic->constant().value_or("topics by the record");
}

pipeline::Task<void> KafkaSink::open(pipeline::SinkContext context) {
  membership_ = context.membership;
  memory_ = context.memory_limit / queued_part;
  report_ = context.report;
  if (membership_ && transactional_id_.empty()) {
    bool is_new = false;
    std::string id = stored_transactional_id(context, is_new);
    // Known to a later process before brokers know it, so that it can end what this one leaves open.
    if (is_new && context.marks != nullptr) co_await context.marks->store();
    transactional_id_ = std::move(id);
  }
  co_await connect();
  if (!avro_) co_return;
  auto look_up = [this] { avro_->look_up(*settings_); };
  co_await thread_.run(look_up);
}

/// Again, too, where it has failed or the producer was given up.
pipeline::Task<void> KafkaSink::connect() {
  if (!producer_)
    producer_ = std::make_unique<Producer>(settings_, transactional_id_, memory_, report_,
                                           [shared = shared_] { shared->changed.notify(); });
  auto connect = [this] {
    try {
      producer_->connect(shared_->interrupt);
      if (const std::optional<std::string> topic = settings_->topic->constant())
        producer_->find(*topic, shared_->interrupt);
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

/// Topics that are named by the record are asked for before anything is written to any of them.
pipeline::Task<void> KafkaSink::find_topics(const pipeline::WriteRequest& request) {
  if (settings_->topic_column < 0) co_return;
  const auto column = static_cast<std::size_t>(settings_->topic_column);
  std::set<std::string> missing;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i) {
      const std::string_view name = slice.computed(i, column);
      if (wrong_with_topic(name).empty() && !producer_->found(name)) missing.emplace(name);
    }
  }
  if (missing.empty()) co_return;
  auto find = [this, &missing] {
    try {
      for (const std::string& each : missing)
        producer_->find(each, shared_->interrupt);
    } catch (const pipeline::Interrupted&) {
      throw pipeline::Retryable({"write to", shown_servers(*settings_), "it was stopped", ""});
    }
  };
  co_await thread_.run(find);
}

/// Hands over those records of the span that are not settled; refuses what cannot be handed over. Once all
/// are, and not before, the ack is the last report's to say.
pipeline::Task<std::vector<Rejection>> KafkaSink::queue(const pipeline::WriteRequest& request, Span span,
                                                        const std::vector<bool>* settled,
                                                        std::shared_ptr<Sending> sending,
                                                        pipeline::Ack* ack) {
  sending->tags.resize(span.end - span.begin);
  const Adding adding(*producer_, *sending);
  Outbox outbox(*settings_, *producer_);
  std::vector<Rejection> rejections;
  std::size_t number = 0;
  for (const record::Slice& slice : request.slices) {
    for (std::size_t i = 0; i < slice.size(); ++i, ++number) {
      if (number < span.begin || number >= span.end || (settled != nullptr && (*settled)[number])) continue;
      std::string wrong;
      const Outgoing* const message = outbox.message_of(slice, i, wrong);
      if (message == nullptr) {
        rejections.push_back({number, {DataError::Type::rejected, std::move(wrong)}});
        continue;
      }
      Sending::Tag& tag = sending->tags[number - span.begin];
      tag = {sending.get(), static_cast<std::uint32_t>(number)};
      Producer::Queued queued = producer_->send(*message, tag, wrong);
      while (queued == Producer::Queued::full) {
        co_await wait();
        queued = producer_->send(*message, tag, wrong);
      }
      if (queued == Producer::Queued::refused)
        rejections.push_back({number, {DataError::Type::rejected, std::move(wrong)}});
    }
  }
  if (ack != nullptr) sending->ack = std::move(*ack);
  co_return rejections;
}

pipeline::Task<std::vector<Rejection>> KafkaSink::write(pipeline::WriteRequest& request) {
  check_failures();
  // Before anything of it is handed over: what is, is not handed over again.
  producer_->check();
  co_await find_topics(request);
  if (careful_ > 0) {
    --careful_;
    std::vector<Rejection> rejections = co_await write_carefully(request);
    request.ack.delivered();
    co_return rejections;
  }
  std::shared_ptr<Sending> sending = std::make_shared<Sending>();
  const Span all{0, request.records()};
  std::vector<Rejection> rejections = co_await queue(request, all, nullptr, std::move(sending), &request.ack);
  co_return rejections;
}

/// Brokers refuse a client's batch as a whole for the one message that is too long: what was refused is sent
/// again in halves, each waited for, until it is one record. In small parts from the start, so that a part is
/// a batch of each partition and its order is kept.
pipeline::Task<std::vector<Rejection>> KafkaSink::write_carefully(const pipeline::WriteRequest& request) {
  std::vector<bool> settled(request.records());
  std::vector<Rejection> rejections;
  std::vector<Span> left;  // the next one last
  for (std::size_t end = settled.size(); end > 0; end -= std::min(end, careful_records))
    left.push_back({end - std::min(end, careful_records), end});
  while (!left.empty()) {
    const Span span = left.back();
    left.pop_back();
    const std::shared_ptr<Sending> sending = std::make_shared<Sending>();
    std::shared_ptr<Sending> to_queue = sending;
    std::vector<Rejection> refused = co_await queue(request, span, &settled, std::move(to_queue), nullptr);
    while (!producer_->over(*sending))
      co_await wait();
    std::vector<bool> again(span.end - span.begin);
    for (const Sending::Failure& each : sending->failures) {
      if (!is_the_records_fault(each.code))
        throw_error(each.code, each.answer, "write to", shown_servers(*settings_));
      again[each.record - span.begin] = true;
    }
    for (std::size_t i = span.begin; i < span.end; ++i)
      settled[i] = settled[i] || !again[i - span.begin];
    const bool alone = sending->failures.size() == 1;
    if (alone) {
      const Sending::Failure& one = sending->failures.front();
      settled[one.record] = true;
      refused.push_back({one.record, {DataError::Type::rejected, refusal_of(one.code, one.answer)}});
    } else if (!sending->failures.empty()) {
      const std::size_t middle = span.begin + (span.end - span.begin) / 2;
      left.push_back({middle, span.end});
      left.push_back({span.begin, middle});
    }
    std::move(refused.begin(), refused.end(), std::back_inserter(rejections));
  }
  std::sort(rejections.begin(), rejections.end(),
            [](const Rejection& a, const Rejection& b) { return a.record < b.record; });
  co_return rejections;
}

pipeline::Task<void> KafkaSink::flush() {
  if (membership_) {
    co_await commit_at_flush();
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
  if (avro_) avro_->cancel();
  shared_->changed.notify();
}

}  // namespace hiveframe::connectors::kafka
