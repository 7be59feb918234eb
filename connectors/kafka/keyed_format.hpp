#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "pipeline/codec/avro/output_schema.hpp"
#include "pipeline/codec/format.hpp"
#include "pipeline/expr/field_path.hpp"

namespace hiveframe::connectors::kafka {

/// The format of a sink whose keys are Avro: a record is its key, with its length, and behind it the value as
/// `values` writes it. The key is the record's field, or without one the key that it came with. Workers
/// encode both, and so both can be refused for what does not fit.
codec::Format keyed_format(const codec::Format& values,
                           std::shared_ptr<const codec::avro::OutputSchema> schema,
                           std::optional<expr::FieldPath> field);

struct KeyedRecord {
  std::optional<std::string_view> key;
  std::string_view value;
};
/// The two of what an encoder of keyed_format() wrote.
KeyedRecord apart(std::string_view encoded);

}  // namespace hiveframe::connectors::kafka
