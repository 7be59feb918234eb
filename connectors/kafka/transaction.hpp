#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/client_watch.hpp"
#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/membership.hpp"
#include "connectors/kafka/transaction_limits.hpp"
#include "pipeline/ack.hpp"
#include "pipeline/errors.hpp"
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

  /// `producer` and `watch` outlive it; what takes long is told to the watch. `against`: what messages name.
  Transaction(rd_kafka_t* producer, ClientWatch& watch, TransactionLimits limits, std::string against);

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
  /// Drops what is open, and the acks. If the brokers have not done so in `patience`, see useless().
  void abort(std::chrono::milliseconds patience = std::chrono::seconds(10)) noexcept;
  /// Why its producer can begin no other transaction though nobody else has taken its place: to go on with a
  /// new one. Brokers give a transaction up that is open longer than transaction.timeout.ms, and fence its
  /// producer; so one that is fenced sooner was fenced by another of its name, and is not useless but told to
  /// stop, by Fatal.
  [[nodiscard]] const std::optional<pipeline::ErrorText>& useless();

 private:
  void until_done(const char* what, const pipeline::Interrupt& interrupt,
                  const std::function<rd_kafka_error_t*()>& call);
  void send_offsets(const pipeline::Interrupt& interrupt);
  void forget() noexcept;
  void look_for_the_end();

  rd_kafka_t* producer_;
  ClientWatch& watch_;
  const TransactionLimits limits_;
  const std::string against_;
  bool open_ = false;
  std::string membership_;
  std::map<std::string, std::string> positions_;  // by lane
  pipeline::Ack acks_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  Clock::time_point begun_;
  std::optional<pipeline::ErrorText> useless_;
  bool at_its_end_ = false;  ///< the producer, for whatever reason
};

}  // namespace hiveframe::connectors::kafka
