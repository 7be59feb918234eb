#include "connectors/kafka/transaction.hpp"

#include <algorithm>
#include <charconv>
#include <librdkafka/rdkafka.h>
#include <optional>
#include <utility>

#include "connectors/kafka/errors.hpp"
#include "pipeline/errors.hpp"

namespace hiveframe::connectors::kafka {
namespace {

// Between two looks at the interrupt.
constexpr int slice_ms = 500;
constexpr std::chrono::seconds abort_patience{30};

/// A lane of the kafka source: "orders-3".
std::optional<Partition> partition_of(const std::string& lane) {
  const std::size_t dash = lane.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  Partition partition{lane.substr(0, dash), 0};
  const char* const end = lane.data() + lane.size();
  const auto [read, error] = std::from_chars(lane.data() + dash + 1, end, partition.number);
  if (error != std::errc() || read != end) return std::nullopt;
  return partition;
}

/// What a call of a transaction came to that failed for good: it has to be aborted.
struct MustAbort {
  int code = 0;
  std::string answer;
};

}  // namespace

Transaction::Transaction(rd_kafka_t* producer, TransactionLimits limits, std::string against)
    : producer_(producer), limits_(limits), against_(std::move(against)) {}

/// Calls until it has worked, which may be tried again as often as librdkafka says so.
void Transaction::until_done(const char* what, const pipeline::Interrupt& interrupt,
                             const std::function<rd_kafka_error_t*()>& call) {
  for (;;) {
    interrupt.check();
    rd_kafka_error_t* const error = call();
    if (error == nullptr) return;
    const int code = rd_kafka_error_code(error);
    const bool retriable = rd_kafka_error_is_retriable(error) != 0;
    const bool abort = rd_kafka_error_txn_requires_abort(error) != 0;
    const bool fatal = rd_kafka_error_is_fatal(error) != 0;
    const std::string answer = rd_kafka_error_string(error);
    rd_kafka_error_destroy(error);
    if (retriable) continue;
    if (abort) throw MustAbort{code, answer};
    throw_error(fatal && !is_fatal(code, answer) ? static_cast<int>(RD_KAFKA_RESP_ERR__FATAL) : code, answer,
                what, against_);
  }
}

void Transaction::prepare(const pipeline::Interrupt& interrupt) {
  until_done("begin transactions on", interrupt,
             [this] { return rd_kafka_init_transactions(producer_, slice_ms); });
}

void Transaction::begin(const std::string& membership, const pipeline::Interrupt& interrupt) {
  if (open_ && membership_ != membership) commit(interrupt);
  if (open_) return;
  until_done("begin a transaction on", interrupt, [this] { return rd_kafka_begin_transaction(producer_); });
  open_ = true;
  membership_ = membership;
  begun_ = Clock::now();
}

void Transaction::add(const std::vector<pipeline::LanePosition>& positions, std::size_t records,
                      std::size_t bytes, pipeline::Ack ack) {
  for (const pipeline::LanePosition& each : positions)
    positions_[each.lane] = each.position;
  records_ += records;
  bytes_ += bytes;
  acks_.join(std::move(ack));
}

bool Transaction::full() const {
  return open_ &&
         (records_ >= limits_.records || bytes_ >= limits_.bytes || Clock::now() - begun_ >= limits_.time);
}

void Transaction::send_offsets(const pipeline::Interrupt& interrupt) {
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(positions_.size())));
  for (const auto& [lane, position] : positions_) {
    const std::optional<Partition> partition = partition_of(lane);
    std::int64_t offset = 0;
    const auto [read, error] = std::from_chars(position.data(), position.data() + position.size(), offset);
    if (!partition || error != std::errc())
      throw pipeline::Fatal(
          {"commit positions to", against_, "'" + lane + "' is no partition", "use at_least_once"});
    rd_kafka_topic_partition_list_add(list.get(), partition->topic.c_str(), partition->number)->offset =
        offset;
  }
  const Membership membership = read_membership(membership_);
  if (!membership) throw MustAbort{RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, "the group has no member here"};
  until_done("commit positions to", interrupt, [&] {
    return rd_kafka_send_offsets_to_transaction(producer_, list.get(), membership.get(), slice_ms);
  });
}

void Transaction::commit(const pipeline::Interrupt& interrupt) {
  if (!open_) return;
  std::optional<MustAbort> failed;
  try {
    if (!positions_.empty()) send_offsets(interrupt);
    until_done("commit a transaction on", interrupt,
               [this] { return rd_kafka_commit_transaction(producer_, slice_ms); });
  } catch (MustAbort& error) {
    failed = std::move(error);
  }
  if (failed) {
    abort(abort_patience);
    throw pipeline::Retryable({"commit a transaction on", against_,
                               plain_answer(failed->code, failed->answer),
                               "it was aborted, and its records are read again"});
  }
  open_ = false;
  pipeline::Ack acks = std::move(acks_);
  forget();
  acks.delivered();
}

void Transaction::abort(std::chrono::milliseconds patience) noexcept {
  const auto deadline = Clock::now() + patience;
  while (open_) {
    rd_kafka_error_t* const error = rd_kafka_abort_transaction(producer_, slice_ms);
    if (error == nullptr) break;
    const bool again = rd_kafka_error_is_retriable(error) != 0;
    rd_kafka_error_destroy(error);
    if (!again || Clock::now() > deadline) break;
  }
  open_ = false;
  forget();
}

/// Dropped acks mean that the records are read again.
void Transaction::forget() noexcept {
  positions_.clear();
  records_ = 0;
  bytes_ = 0;
  const pipeline::Ack dropped = std::move(acks_);
}

}  // namespace hiveframe::connectors::kafka
