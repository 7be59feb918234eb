#pragma once

#include <memory>

#include "pipeline/codec/avro/output_schema.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::codec::avro {

/// The format `avro` of connectors whose records are in the wire format of schema registries: a message is a
/// record. What is read brings Storage::schemas, a BatchSchemas.
Format input_format();
/// `tombstones`: a record that is null becomes no bytes at all, for its sink writes it without a value.
Format output_format(std::shared_ptr<const OutputSchema> schema, bool tombstones = false);

}  // namespace hiveframe::codec::avro
