#include "connectors/kafka/transaction.hpp"

#include <array>
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
// Positions are sent by one call, which cannot be taken up again: it has to last until a group has found
// another coordinator.
constexpr int send_ms = 15'000;
// What takes longer is told.
constexpr std::chrono::seconds soon{10};

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

bool is_fenced(int code) {
  return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

std::chrono::milliseconds timeout_of(const rd_kafka_t* producer) {
  std::array<char, 32> text{};
  std::size_t size = text.size();
  int milliseconds = 0;
  if (rd_kafka_conf_get(rd_kafka_conf(const_cast<rd_kafka_t*>(producer)), "transaction.timeout.ms",
                        text.data(), &size) == RD_KAFKA_CONF_OK)
    std::from_chars(text.data(), text.data() + size, milliseconds);
  return std::chrono::milliseconds(milliseconds);
}

/// What a call of a transaction came to that failed for good: it has to be aborted.
struct MustAbort {
  int code = 0;
  std::string answer;
};

}  // namespace

Transaction::Transaction(rd_kafka_t* producer, ClientWatch& watch, TransactionLimits limits,
                         std::string against)
    : producer_(producer), watch_(watch), limits_(limits), against_(std::move(against)) {}

/// Calls until it has worked, which may be tried again as often as librdkafka says so.
void Transaction::until_done(const char* what, const pipeline::Interrupt& interrupt,
                             const std::function<rd_kafka_error_t*()>& call) {
  const auto begun = Clock::now();
  bool told = false;
  for (;;) {
    interrupt.check();
    rd_kafka_error_t* const error = call();
    if (error == nullptr) {
      if (told) watch_.settled();
      return;
    }
    const int code = rd_kafka_error_code(error);
    const bool retriable = rd_kafka_error_is_retriable(error) != 0;
    const bool abort = rd_kafka_error_txn_requires_abort(error) != 0;
    const bool fatal = rd_kafka_error_is_fatal(error) != 0;
    const std::string answer = rd_kafka_error_string(error);
    rd_kafka_error_destroy(error);
    if (retriable) {
      if (!told && Clock::now() - begun > soon) {
        told = true;
        watch_.lacks(describe_error(code, answer, what, against_));
      }
      continue;
    }
    if (told) watch_.settled();
    if (abort) throw MustAbort{code, answer};
    if (const std::optional<pipeline::ErrorText>& why = useless()) throw pipeline::Retryable(*why);
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
    return rd_kafka_send_offsets_to_transaction(producer_, list.get(), membership.get(), send_ms);
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
  } catch (const pipeline::Retryable&) {
    abort(std::chrono::milliseconds(0));
    throw;
  }
  if (failed) {
    abort();
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
    const bool again = rd_kafka_error_is_retriable(error) != 0 &&
                       // A call that was interrupted is under way still.
                       rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__CONFLICT && Clock::now() < deadline;
    const std::string answer = plain_answer(rd_kafka_error_code(error), rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    if (again) continue;
    look_for_the_end();
    if (!at_its_end_) {
      at_its_end_ = true;
      useless_ = {"abort a transaction on", against_, answer, "its records are read again"};
    }
    break;
  }
  open_ = false;
  forget();
}

const std::optional<pipeline::ErrorText>& Transaction::useless() {
  look_for_the_end();
  return useless_;
}

void Transaction::look_for_the_end() {
  if (at_its_end_) return;
  std::array<char, 512> answer{};
  const int code = rd_kafka_fatal_error(producer_, answer.data(), answer.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  at_its_end_ = true;
  if (!is_fenced(code)) {
    useless_ = {"write in transactions to", against_, plain_answer(code, answer.data()),
                "its records are read again"};
    return;
  }
  const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
  const std::chrono::milliseconds limit = timeout_of(producer_);
  if (!open_ || lasted < limit) return;
  useless_ = {"write in transactions to", against_,
              "the brokers gave a transaction up that had been open for " + std::to_string(lasted.count()) +
                  " ms (transaction.timeout.ms is " + std::to_string(limit.count()) + ")",
              "its records are read again"};
}

/// Dropped acks mean that the records are read again.
void Transaction::forget() noexcept {
  positions_.clear();
  records_ = 0;
  bytes_ = 0;
  const pipeline::Ack dropped = std::move(acks_);
}

}  // namespace hiveframe::connectors::kafka
