#pragma once

#include <memory>
#include <string>

// librdkafka's own names for its types, so that only .cpp files include its header.
// NOLINTBEGIN(readability-identifier-naming)
using rd_kafka_t = struct rd_kafka_s;
using rd_kafka_conf_t = struct rd_kafka_conf_s;
using rd_kafka_topic_t = struct rd_kafka_topic_s;
using rd_kafka_queue_t = struct rd_kafka_queue_s;
using rd_kafka_topic_partition_list_t = struct rd_kafka_topic_partition_list_s;
using rd_kafka_headers_t = struct rd_kafka_headers_s;
using rd_kafka_message_t = struct rd_kafka_message_s;
using rd_kafka_metadata_t = struct rd_kafka_metadata;
using rd_kafka_error_t = struct rd_kafka_error_s;
// NOLINTEND(readability-identifier-naming)

namespace hiveframe::connectors::kafka {

/// Gives an object of librdkafka back to it. A client that is destroyed does not leave its group in order and
/// does not wait for what it has queued: its owner does, where that is wanted.
struct Release {
  void operator()(rd_kafka_t* client) const noexcept;
  void operator()(rd_kafka_conf_t* conf) const noexcept;
  void operator()(rd_kafka_topic_t* topic) const noexcept;
  void operator()(rd_kafka_queue_t* queue) const noexcept;
  void operator()(rd_kafka_topic_partition_list_t* list) const noexcept;
  void operator()(rd_kafka_headers_t* headers) const noexcept;
  void operator()(rd_kafka_message_t* message) const noexcept;
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept;
};

using Client = std::unique_ptr<rd_kafka_t, Release>;
using Conf = std::unique_ptr<rd_kafka_conf_t, Release>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Release>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Release>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, Release>;
using Headers = std::unique_ptr<rd_kafka_headers_t, Release>;
using Message = std::unique_ptr<rd_kafka_message_t, Release>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Release>;

/// A partition by name; "orders-3" is also the id of its lane.
struct Partition {
  std::string topic;
  int number = 0;

  friend bool operator==(const Partition&, const Partition&) = default;
  friend auto operator<=>(const Partition&, const Partition&) = default;
  [[nodiscard]] std::string str() const { return topic + "-" + std::to_string(number); }
};

}  // namespace hiveframe::connectors::kafka
