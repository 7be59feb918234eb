#pragma once

#include <cstdint>
#include <string>

#include "connectors/kafka/producer.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "pipeline/record/slice.hpp"

namespace hiveframe::connectors::kafka {

/// Makes messages of a slice's records, one at a time; keeps its room between them. The settings and the
/// producer outlive it.
class Outbox {
 public:
  Outbox(const SinkSettings& settings, Producer& producer);

  /// The message of a record, which points into the slice and is good until the next call; null, with what is
  /// `wrong`, for a record that cannot be a message.
  const Outgoing* message_of(const record::Slice& slice, std::size_t i, std::string& wrong);

 private:
  bool set_topic(const record::Slice& slice, std::size_t i, std::string& wrong);
  bool set_key(const record::Slice& slice, std::size_t i);
  bool set_partition(const record::Slice& slice, std::size_t i);
  bool set_timestamp(const record::Slice& slice, std::size_t i);
  void set_headers(const record::Slice& slice, std::size_t i);

  const SinkSettings& settings_;
  Producer& producer_;
  rd_kafka_topic_t* topic_ = nullptr;  // the same for all records; null: each has its own
  Outgoing message_;
};

}  // namespace hiveframe::connectors::kafka
