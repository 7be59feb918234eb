#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "connectors/kafka/handles.hpp"

using rd_kafka_consumer_group_metadata_t =  // NOLINT(readability-identifier-naming)
    struct rd_kafka_consumer_group_metadata_s;

namespace hiveframe::connectors::kafka {

// A group's generation and a member of it, as the bytes that source and sink of one pipeline exchange through
// the runtime: brokers refuse to commit offsets in a transaction for a member that is no longer what it was
// (KIP-447).

/// The newest one of a member; shared by it and whoever asks, who may outlive it. Thread-safe.
class MembershipNote {
 public:
  void set(std::string membership) {
    const std::lock_guard lock(mutex_);
    membership_ = std::move(membership);
  }
  [[nodiscard]] std::string get() const {
    const std::lock_guard lock(mutex_);
    return membership_;
  }

 private:
  mutable std::mutex mutex_;
  std::string membership_;
};

/// Of a consumer, as of now; with the cluster that it is of.
std::string membership_of(rd_kafka_t* consumer);

struct ReleaseMembership {
  void operator()(rd_kafka_consumer_group_metadata_t* metadata) const noexcept;
};
using Membership = std::unique_ptr<rd_kafka_consumer_group_metadata_t, ReleaseMembership>;

/// Null for bytes that are none.
Membership read_membership(const std::string& bytes);
/// The cluster that the group is of; empty: not known.
std::string cluster_of(const std::string& membership);

}  // namespace hiveframe::connectors::kafka
