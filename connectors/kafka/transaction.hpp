#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/membership.hpp"
#include "connectors/kafka/transaction_limits.hpp"
#include "pipeline/ack.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::connectors::kafka {

/// Transactions of a producer, one after the other: messages of many writes, and the offsets of the group
/// that they were read by, in one commit (KIP-98, KIP-447). One that was aborted drops its acks, so that its
/// lanes are read again.
///
/// Of one thread at a time; calls block until they are done, interrupted (Interrupted), or it is known that
/// they cannot be (Fatal).
class Transaction {
 public:
  using Clock = std::chrono::steady_clock;

  /// `producer` outlives it. `against`: what messages name.
  Transaction(rd_kafka_t* producer, TransactionLimits limits, std::string against);

  /// Fences other producers of the same transactional id, and ends what one of them left open. Once, before
  /// all else. Throws Retryable, too.
  void prepare(const pipeline::Interrupt& interrupt);
  /// Opens one for this membership of the group, unless it is open. One of an earlier membership is committed
  /// before; the brokers refuse that if the group has changed.
  void begin(const std::string& membership, const pipeline::Interrupt& interrupt);
  /// Records were handed to the producer, up to these positions of their lanes; the ack is said at the
  /// commit.
  void add(const std::vector<pipeline::LanePosition>& positions, std::size_t records, std::size_t bytes,
           pipeline::Ack ack);
  [[nodiscard]] bool open() const noexcept { return open_; }
  [[nodiscard]] const std::string& membership() const noexcept { return membership_; }
  [[nodiscard]] bool full() const;
  /// Commits what is open, and says the acks; or aborts it, drops them and throws Retryable with the reason.
  void commit(const pipeline::Interrupt& interrupt);
  /// Drops what is open, and the acks. What the brokers do not hear of in `patience` they find out by
  /// themselves.
  void abort(std::chrono::milliseconds patience) noexcept;

 private:
  void until_done(const char* what, const pipeline::Interrupt& interrupt,
                  const std::function<rd_kafka_error_t*()>& call);
  void send_offsets(const pipeline::Interrupt& interrupt);
  void forget() noexcept;

  rd_kafka_t* producer_;
  const TransactionLimits limits_;
  const std::string against_;
  bool open_ = false;
  std::string membership_;
  std::map<std::string, std::string> positions_;  // by lane
  pipeline::Ack acks_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  Clock::time_point begun_;
};

}  // namespace hiveframe::connectors::kafka
