#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "connectors/kafka/client.hpp"
#include "connectors/kafka/first_offsets.hpp"
#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/membership.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "pipeline/interrupt.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::connectors::kafka {

/// A partition that the group gave to this member; its queue is split off from the client's, so nobody takes
/// a message of it but who has this.
struct Given {
  Partition partition;
  std::int64_t begin = 0;  ///< the offset it is fetched from
  std::int64_t end = -1;   ///< where it ended then; -1: nobody asked
  Queue messages;
};
/// Partitions that the group takes back. Whoever has one lets go of it, and says released(), by `deadline`.
struct Taken {
  std::vector<Partition> partitions;
  std::chrono::steady_clock::time_point deadline;
};
/// The first assignment is complete: for sources that read up to an end.
struct Settled {};
using GroupEvent = std::variant<Given, Taken, Settled>;

/// The client of a source: a member of its group. A thread of its own serves the client, so that the group
/// sees a live member however long the sinks stand still; a rebalance is answered when the partitions taken
/// are released, and heartbeats go on meanwhile (see "Rebalances" in librdkafka's INTRODUCTION.md: assign()
/// may be called later than in the callback).
///
/// Owned by the source and its lanes together. connect() and commit() block; all else may be called from any
/// thread and returns at once.
class GroupMember final : private ClientOwner {
 public:
  /// `wake` is called, from any thread, when next_event() or check() may have something new. What the context
  /// points to outlives this.
  GroupMember(std::shared_ptr<const SourceSettings> settings, const pipeline::SourceContext& context,
              std::function<void()> wake);
  ~GroupMember() override;
  GroupMember(const GroupMember&) = delete;
  GroupMember& operator=(const GroupMember&) = delete;

  /// Finds the brokers and joins the group. Throws Retryable, Fatal, Interrupted.
  void connect(const pipeline::Interrupt& interrupt);
  [[nodiscard]] std::optional<GroupEvent> next_event();
  /// Throws Fatal for what keeps the member from its brokers or its group until a person mends it. What may
  /// end by itself is reported.
  void check() const;
  /// See Source::membership(): of the newest assignment. Empty before the first one.
  [[nodiscard]] std::shared_ptr<const MembershipNote> membership() const { return membership_; }
  /// The runtime is done with a partition that was taken.
  void released(const Partition& partition);
  /// Stores the offsets with the group; partitions that are no longer ours are left out. Blocks.
  void commit(const std::map<Partition, std::int64_t>& offsets);
  /// Goes on fetching from there; messages of before are dropped. Blocks.
  void seek(const Partition& partition, std::int64_t offset);
  /// The first offset that the brokers still have, as the last answer of theirs told; below 0: not known.
  [[nodiscard]] std::int64_t first_known_offset(const Partition& partition) const;
  /// Leaves the group, so that others need not wait for the session to time out. Blocks, a few seconds at
  /// most.
  void leave() noexcept;

 private:
  void rebalance(bool gives, const rd_kafka_topic_partition_list_t& partitions) override;
  void troubled() override { wake_(); }

  void serve();
  void hear(const rd_kafka_message_t& message);
  void take(const rd_kafka_topic_partition_list_t& partitions);
  void settle_assignment();
  void settle_revocation();
  void emit(GroupEvent event);
  void keep_trouble(const std::exception_ptr& trouble);
  [[nodiscard]] bool cooperative() const;

  std::shared_ptr<const SourceSettings> settings_;
  const std::uint64_t fetched_ahead_;  // bytes, of all partitions together
  const bool from_start_;
  std::function<void()> wake_;
  const std::string group_;    // for messages
  const std::string speaker_;  // what lines of the log begin with
  const std::shared_ptr<MembershipNote> membership_ = std::make_shared<MembershipNote>();
  Client client_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  bool left_ = false;

  mutable std::mutex mutex_;
  std::deque<GroupEvent> events_;
  std::exception_ptr fatal_;
  std::set<Partition> not_released_;
  std::set<Partition> ours_;

  // Of the serving thread.
  std::optional<FirstOffsets> first_offsets_;
  PartitionList to_assign_;
  PartitionList to_unassign_;
  std::chrono::steady_clock::time_point next_attempt_;
  bool settled_ = false;
};

}  // namespace hiveframe::connectors::kafka
