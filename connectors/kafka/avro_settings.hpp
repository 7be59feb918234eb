#pragma once

#include <memory>
#include <string>

#include "connectors/kafka/registry/registry_settings.hpp"
#include "pipeline/codec/avro/schema.hpp"

namespace hiveframe::connectors::kafka {

/// A schema that the configuration says.
struct GivenSchema {
  std::string text;  ///< empty: none
  std::shared_ptr<const codec::avro::Schema> schema;
};

/// Under what name a sink's schema stands in the registry, as Confluent's serializers call their strategies.
enum class SubjectStrategy { topic_name, record_name, topic_record_name };

/// What a sink needs to write Avro.
struct AvroOutput {
  bool avro_values = false;
  bool avro_keys = false;
  GivenSchema schema;      ///< of the values; none: the subject's latest
  GivenSchema key_schema;  ///< the same of the keys
  SubjectStrategy strategy = SubjectStrategy::topic_name;
  bool auto_register = true;  ///< else the schema must stand in the registry already
};

/// Of the values: `orders-value`, `shop.Order`, `orders-shop.Order`.
std::string subject_of(SubjectStrategy strategy, const std::string& topic, const GivenSchema& schema);
/// Of the keys: `orders-key`.
std::string key_subject_of(const std::string& topic);

}  // namespace hiveframe::connectors::kafka
