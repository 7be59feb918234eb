#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/kafka/avro_settings.hpp"
#include "connectors/kafka/client_settings.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/expr/template.hpp"

namespace hiveframe::config {
template <typename T>
class OptionTable;
}

namespace hiveframe::connectors::kafka {

/// Whose word is waited for.
enum class Acks { all, leader, none };
/// How a key is written.
enum class KeyText { plain, json, avro };

struct SinkSettings : ClientSettings, AvroOutput {
  std::optional<expr::Template> topic;
  const codec::Format* value_serializer = nullptr;
  std::optional<expr::FieldPath> key_field;
  KeyText key_serializer = KeyText::plain;
  std::optional<expr::FieldPath> partition_field;
  std::optional<expr::FieldPath> timestamp_field;
  std::vector<std::pair<std::string, expr::Template>> headers;
  Acks acks = Acks::all;
  bool idempotence = true;
  bool tombstones = true;
  int retries = 2'147'483'647;
  std::string transactional_id;  ///< empty: one that the sink makes and keeps
  std::size_t transaction_records = 100'000;
  std::uint64_t transaction_bytes = 32 << 20;
  std::chrono::milliseconds transaction_time{500};
  std::chrono::milliseconds linger{5};
  std::uint64_t batch_size = 1'000'000;
  std::string compression_type = "none";

  // Made of the above.
  /// What each record's settings are, in this order where they are given: topic, key, partition, timestamp,
  /// headers.
  std::vector<expr::Template> computed;
  int topic_column = -1;  ///< in `computed`; -1: the topic is the same for all
  int key_column = -1;    ///< "=" and the key, or empty: none; -1: the record's own
  int partition_column = -1;
  int timestamp_column = -1;
  int header_column = -1;  ///< the first of them
};

/// See pipeline::Configured.
std::string loses_because(const SinkSettings& settings);

const config::OptionTable<SinkSettings>& sink_options();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::kafka
