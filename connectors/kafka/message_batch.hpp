#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/kafka/handles.hpp"
#include "connectors/kafka/source_settings.hpp"
#include "pipeline/codec/avro/batch_schemas.hpp"
#include "pipeline/source.hpp"

namespace hiveframe::connectors::kafka {

/// By what the Avro of a batch is read; null: there is none.
struct KnownSchemas {
  std::shared_ptr<const codec::avro::BatchSchemas> values;
  std::shared_ptr<const codec::avro::BatchSchemas> keys;
};

/// Makes a batch of the messages of one partition, as many from the front as the limits allow, and removes
/// them. Values are copied behind each other, so that they are read as lines where they are; a message
/// without a value is a record that is null, with meta.op delete. `next` becomes the offset behind the last
/// one.
pipeline::ReadBatch batch_of(std::deque<Message>& messages, const Partition& partition,
                             const SourceSettings& settings, const pipeline::ReadLimits& limits,
                             const KnownSchemas& schemas, std::int64_t& next);

std::string_view value_of(const rd_kafka_message_t& message);
std::string_view key_of(const rd_kafka_message_t& message);
/// The ids of the Avro schemas that these parts of the messages name; of each once.
std::vector<std::uint32_t> schema_ids_of(const std::deque<Message>& messages,
                                         std::string_view (*part)(const rd_kafka_message_t&));

/// "orders-3 offset 17"
std::string place_of_offset(const Partition& partition, std::int64_t offset);

}  // namespace hiveframe::connectors::kafka
