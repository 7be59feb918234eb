#pragma once

#include <memory>

#include "pipeline/codec/avro/output_schema.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::codec::avro {

/// The format `avro` of connectors whose records are in the wire format of schema registries: a message is a
/// record. What is read brings Storage::schemas, a BatchSchemas.
Format input_format();
Format output_format(std::shared_ptr<const OutputSchema> schema);

}  // namespace hiveframe::codec::avro
