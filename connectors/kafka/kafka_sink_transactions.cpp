// The kafka sink with exactly_once.

#include <random>
#include <utility>

#include "connectors/kafka/kafka_sink.hpp"
#include "connectors/kafka/record_faults.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

using pipeline::BadBatch;
using pipeline::Rejection;
using pipeline::Retryable;
using record::DataError;

// After a transaction that was aborted for a record that brokers refuse, so many writes are one each.
constexpr int single_writes = 64;

constexpr const char* id_mark = "transactional_id";

std::string random_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 16; ++i)
    id += "0123456789abcdef"[random() % 16];
  return id;
}

}  // namespace

/// The one that the user gave, else one that this pipeline keeps for good: who comes after a crash fences
/// what the crashed one left, and ends its transaction at once.
std::string KafkaSink::stored_transactional_id(const pipeline::SinkContext& context, bool& is_new) const {
  if (!settings_->transactional_id.empty()) return settings_->transactional_id;
  const auto stored = context.stored_marks.find(id_mark);
  if (stored != context.stored_marks.end()) return stored->second;
  std::string id = "hiveframed-" + context.pipeline + "-" + random_id();
  if (context.marks != nullptr) context.marks->set(id_mark, id);
  is_new = true;
  return id;
}

void KafkaSink::prepare_transactions() {
  const TransactionLimits limits{settings_->transaction_records, settings_->transaction_bytes,
                                 settings_->transaction_time};
  auto transaction = std::make_unique<Transaction>(producer_->client(), producer_->client_watch(), limits,
                                                   shown_servers(*settings_));
  transaction->prepare(shared_->interrupt);
  transaction_ = std::move(transaction);
}

/// Where a lane goes on is the group's to say, which its source asks: a new owner of a partition waits there
/// until transactions of earlier ones are over.
pipeline::Task<std::vector<std::optional<pipeline::Position>>> KafkaSink::stored_positions(
    std::vector<std::string> lanes) {
  co_return std::vector<std::optional<pipeline::Position>>(lanes.size());
}

pipeline::Task<void> KafkaSink::write(pipeline::WriteRequest& request,
                                      std::vector<pipeline::LanePosition> positions) {
  std::exception_ptr failed;
  try {
    co_await write_in_transaction(request, std::move(positions));
  } catch (const pipeline::Fatal&) {
    failed = std::current_exception();
  }
  if (!failed) co_return;
  co_await replace_useless();
  std::rethrow_exception(failed);
}

/// Lets go of a producer that is of no use any more, and throws Retryable with the reason; the next write
/// makes another.
pipeline::Task<void> KafkaSink::replace_useless() {
  if (!transaction_) co_return;
  std::optional<pipeline::ErrorText> why = transaction_->useless();
  if (!why) co_return;
  auto let_go = [this] {
    // Nothing is left to be aborted but what is kept here.
    transaction_->abort(std::chrono::milliseconds(0));
    transaction_.reset();
    producer_.reset();
  };
  co_await thread_.run(let_go);
  if (report_ != nullptr) report_->works();
  throw Retryable(std::move(*why));
}

pipeline::Task<void> KafkaSink::write_in_transaction(pipeline::WriteRequest& request,
                                                     std::vector<pipeline::LanePosition> positions) {
  // Of the moment when the request's lanes were known to be ours, before anything is waited for.
  std::string membership = membership_();
  if (aborted_) throw Retryable(*std::exchange(aborted_, std::nullopt));
  co_await replace_useless();
  if (!transaction_) co_await connect();
  producer_->check();
  co_await find_topics(request);
  const bool single = careful_ > 0;
  if (single) {
    --careful_;
    co_await commit();
  }
  co_await begin(std::move(membership));
  std::shared_ptr<Sending> sending = std::make_shared<Sending>();
  const std::size_t records = request.records();
  std::size_t bytes = 0;
  for (const record::Slice& slice : request.slices)
    bytes += slice.bytes();
  const Span all{0, records};
  std::vector<Rejection> refused = co_await queue(request, all, nullptr, std::move(sending), nullptr);
  if (!refused.empty()) {
    // Others of the request are in the transaction by now, and a letter has to be durable before they are.
    co_await abort();
    if (single) throw BadBatch(std::move(refused.front().error));
    careful_ = single_writes;
    throw Retryable({"write to", shown_servers(*settings_), refused.front().error.message,
                     "its transaction was aborted, and records are written one by one to find it"});
  }
  if (!single) {
    transaction_->add(positions, records, bytes, std::move(request.ack));
    if (!transaction_->full()) co_return;
    // What was added is not written again by whoever called: it is read again, if at all.
    std::optional<pipeline::ErrorText> failed;
    try {
      co_await commit();
    } catch (const Retryable& error) {
      failed = error.text();
    }
    if (failed) check_failures();
    aborted_ = std::move(failed);
    co_return;
  }
  transaction_->add(positions, records, bytes, {});
  std::optional<DataError> bad;
  std::exception_ptr other;
  try {
    co_await commit();
  } catch (const Retryable&) {
    other = std::current_exception();
  }
  if (!other) co_return;
  if (const std::optional<Sending::Failure> failure = producer_->take_last_failure();
      failure && is_the_records_fault(failure->code))
    throw BadBatch({DataError::Type::rejected, refusal_of(failure->code, failure->answer)});
  std::rethrow_exception(other);
}

pipeline::Task<void> KafkaSink::begin(std::string membership) {
  const std::string cluster = cluster_of(membership);
  auto begin = [this, &membership, &cluster] {
    try {
      producer_->check_cluster(cluster);
      transaction_->begin(membership, shared_->interrupt);
    } catch (const pipeline::Interrupted&) {
      throw Retryable({"write to", shown_servers(*settings_), "it was stopped", ""}, true);
    }
  };
  if (transaction_->open() && transaction_->membership() == membership) co_return;
  co_await thread_.run(begin);
}

pipeline::Task<void> KafkaSink::commit_at_flush() {
  if (!transaction_) co_return;
  std::exception_ptr failed;
  bool fatal = false;
  try {
    co_await commit();
  } catch (const Retryable&) {
    failed = std::current_exception();
  } catch (const pipeline::Fatal&) {
    failed = std::current_exception();
    fatal = true;
  }
  if (!failed) co_return;
  if (fatal) co_await replace_useless();
  check_failures();
  std::rethrow_exception(failed);
}

pipeline::Task<void> KafkaSink::commit() {
  if (!transaction_->open()) co_return;
  auto commit = [this] {
    try {
      transaction_->commit(shared_->interrupt);
    } catch (const pipeline::Interrupted&) {
      throw Retryable({"commit a transaction on", shown_servers(*settings_), "it was stopped", ""}, true);
    }
  };
  co_await thread_.run(commit);
}

pipeline::Task<void> KafkaSink::abort() {
  auto abort = [this] { transaction_->abort(); };
  co_await thread_.run(abort);
}

}  // namespace hiveframe::connectors::kafka
