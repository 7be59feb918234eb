#pragma once

#include <string>

#include "connectors/kafka/avro_settings.hpp"
#include "connectors/kafka/registry/registry_client.hpp"
#include "pipeline/codec/avro/output_schema.hpp"

namespace hiveframe::connectors::kafka {

/// What a sink writes by: the schema that was given, registered under the subject if `registers`, else found
/// there; without one the subject's latest. `option` is what one is given by. Blocks; throws Retryable, and
/// Fatal where there is none.
codec::avro::OutputSchema::Known look_up_output_schema(RegistryClient& registry, const std::string& subject,
                                                       const GivenSchema& given, bool registers,
                                                       const std::string& option);

}  // namespace hiveframe::connectors::kafka
