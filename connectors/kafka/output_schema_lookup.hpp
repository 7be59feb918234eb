#pragma once

#include <string>

#include "connectors/kafka/avro_settings.hpp"
#include "connectors/kafka/registry/registry_client.hpp"
#include "pipeline/codec/avro/output_schema.hpp"

namespace hiveframe::connectors::kafka {

/// What a sink writes by: the schema that was given, registered under the subject or found there, else the
/// subject's latest. Blocks; throws Retryable, and Fatal where there is none.
codec::avro::OutputSchema::Known look_up_output_schema(RegistryClient& registry, const std::string& topic,
                                                       const AvroOutput& output);

}  // namespace hiveframe::connectors::kafka
