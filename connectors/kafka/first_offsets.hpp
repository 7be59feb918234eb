#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/source_settings.hpp"

namespace hiveframe::connectors::kafka {

/// Where partitions that were just given to a member of a group are read from: where the group stands, else,
/// with `earliest`, at the beginning. With --from-start at the beginning, once for each partition.
///
/// With `latest` or `start_timestamp` it is decided once for the whole group, when it has no offset in any
/// partition of its topics: then one member commits where every partition ends (or what its first offset of
/// that time is), as numbers, and all begin there. Partitions that have no offset after that are new, and are
/// read whole, so that no record falls between a partition's first and the moment that somebody looked. Of
/// one thread.
class FirstOffsets {
 public:
  /// `speaker` is what its lines of the log begin with.
  FirstOffsets(const SourceSettings& settings, rd_kafka_t* client, bool from_start, std::string speaker)
      : settings_(settings), client_(client), from_start_(from_start), speaker_(std::move(speaker)) {}

  /// Notes which partitions there are. Once, before the group is joined. Blocks; throws Retryable or Fatal.
  void look();

  /// Fills in the offsets of `partitions`. False: another member has to decide first; to be asked again.
  /// Blocks for some seconds at most; throws Retryable or Fatal.
  bool fill(rd_kafka_topic_partition_list_t& partitions);

 private:
  [[nodiscard]] PartitionList all_partitions() const;
  void begin_anew(rd_kafka_topic_partition_list_t& partitions);
  void commit_first(rd_kafka_topic_partition_list_t& all) const;

  const SourceSettings& settings_;
  rd_kafka_t* client_;
  const bool from_start_;
  const std::string speaker_;
  std::set<Partition> there_at_first_;
  std::set<Partition> begun_;  // with from_start_
  std::optional<std::chrono::steady_clock::time_point> waits_since_;
};

}  // namespace hiveframe::connectors::kafka
