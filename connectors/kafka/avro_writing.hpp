#pragma once

#include <memory>

#include "connectors/kafka/registry/registry_client.hpp"
#include "connectors/kafka/sink_settings.hpp"
#include "pipeline/codec/avro/output_schema.hpp"
#include "pipeline/codec/format.hpp"

namespace hiveframe::connectors::kafka {

/// What a sink writes whose values or keys, or both, are Avro: its format, and the schemas behind that, known
/// from look_up() on. One that is given is held against records before that, too, when they are only tried.
class AvroWriting {
 public:
  explicit AvroWriting(const SinkSettings& settings);

  [[nodiscard]] const codec::Format& format() const noexcept { return format_; }
  /// Asks the registry. Blocks; throws Retryable and Fatal.
  void look_up(const SinkSettings& settings);
  /// Ends that, from any thread.
  void cancel() noexcept { registry_.cancel(); }

 private:
  std::shared_ptr<codec::avro::OutputSchema> values_;
  std::shared_ptr<codec::avro::OutputSchema> keys_;
  codec::Format format_;
  RegistryClient registry_;
};

}  // namespace hiveframe::connectors::kafka
