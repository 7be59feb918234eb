#pragma once

#include <optional>
#include <string_view>

#include "connectors/kafka/source_settings.hpp"
#include "pipeline/codec/avro/batch_schemas.hpp"
#include "pipeline/codec/avro/datum.hpp"
#include "pipeline/record/arena.hpp"
#include "pipeline/record/data_error.hpp"
#include "pipeline/record/value.hpp"

namespace hiveframe::connectors::kafka {

/// Reads the keys of one batch. What it is made with outlives it; the schemas outlive what it reads, too.
class KeyReader {
 public:
  /// `schemas` is null where the keys are no Avro.
  KeyReader(KeyForm form, const codec::avro::BatchSchemas* schemas, record::Arena& arena)
      : form_(form), schemas_(schemas), arena_(arena) {}

  /// What is wrong with it; nothing: it is in `value`.
  std::optional<record::DataError> read(std::string_view octets, record::Value& value);

 private:
  std::optional<record::DataError> read_avro(std::string_view octets, record::Value& value);

  KeyForm form_;
  const codec::avro::BatchSchemas* schemas_;
  record::Arena& arena_;
  codec::avro::Datum datum_;
};

}  // namespace hiveframe::connectors::kafka
