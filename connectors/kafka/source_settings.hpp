#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "connectors/kafka/avro_settings.hpp"
#include "connectors/kafka/client_settings.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/connector.hpp"

namespace hiveframe::config {
template <typename T>
class OptionTable;
}

namespace hiveframe::connectors::kafka {

/// Where a group begins that has read nothing yet.
enum class Beginning { latest, earliest };
enum class KeyForm { string, bytes, avro };
enum class Isolation { read_committed, read_uncommitted };

struct SourceSettings : ClientSettings {
  std::vector<std::string> topics;  ///< or one that begins with '^': a regular expression
  std::string group_id;
  Beginning auto_offset_reset = Beginning::latest;
  const codec::Format* value_deserializer = nullptr;
  bool avro_values = false;
  KeyForm key_deserializer = KeyForm::string;
  GivenSchema reader_schema;  ///< what all Avro is read as; none: as it was written
  std::size_t max_poll_records = 4096;
  std::chrono::milliseconds session_timeout{45'000};
  std::chrono::milliseconds heartbeat_interval{3'000};
  Isolation isolation_level = Isolation::read_committed;
  std::string instance_id;
  std::string rack_id;
  /// Where a group begins that has read nothing yet, in place of auto_offset_reset; since 1970.
  std::optional<std::chrono::milliseconds> start_timestamp;
  bool enable_auto_commit = false;
  bool stop_at_end = false;
};

const config::OptionTable<SourceSettings>& source_options();
pipeline::SourceKind source_kind();

}  // namespace hiveframe::connectors::kafka
