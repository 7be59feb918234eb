#include "connectors/kafka/avro_writing.hpp"

#include <string>

#include "connectors/kafka/keyed_format.hpp"
#include "connectors/kafka/output_schema_lookup.hpp"
#include "pipeline/codec/avro/format.hpp"

namespace hiveframe::connectors::kafka {
namespace {

std::shared_ptr<codec::avro::OutputSchema> schema_of(const GivenSchema& given) {
  auto schema = std::make_shared<codec::avro::OutputSchema>();
  if (given.schema) schema->set({given.schema, 0});
  return schema;
}

}  // namespace

AvroWriting::AvroWriting(const SinkSettings& settings)
    : values_(schema_of(settings.schema)),
      keys_(schema_of(settings.key_schema)),
      format_(settings.avro_values ? codec::avro::output_format(values_, settings.tombstones)
                                   : *settings.value_serializer),
      registry_(settings) {
  if (settings.avro_keys) format_ = keyed_format(format_, keys_, settings.key_field);
}

void AvroWriting::look_up(const SinkSettings& settings) {
  const std::string topic = settings.topic->constant().value_or("");
  const bool registers = settings.auto_register;
  if (settings.avro_values) {
    const std::string subject = subject_of(settings.strategy, topic, settings.schema);
    values_->set(look_up_output_schema(registry_, subject, settings.schema, registers, "schema"));
  }
  if (settings.avro_keys) {
    keys_->set(look_up_output_schema(registry_, key_subject_of(topic), settings.key_schema, registers,
                                     "key_schema"));
  }
}

}  // namespace hiveframe::connectors::kafka
