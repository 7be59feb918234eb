#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/option_info.hpp"
#include "config/text.hpp"
#include "daemon/manager/restart_policy.hpp"
#include "daemon/manager/test_settings.hpp"
#include "pipeline/connector.hpp"
#include "pipeline/expr/program.hpp"
#include "pipeline/runtime/exec/spec.hpp"

namespace hiveframe::config {
class Node;
}

namespace hiveframe::daemon {

/// A source or sink that a pipeline names, read and checked; `kind` belongs to the registry.
struct ChosenSource {
  const pipeline::SourceKind* kind = nullptr;
  std::string display;  ///< its URI or type for people, without secrets
  pipeline::ConfiguredSource configured;
};
struct ChosenSink {
  const pipeline::SinkKind* kind = nullptr;
  std::string display;
  pipeline::ConfiguredSink configured;
  std::optional<expr::Program> when;
};

/// `on_error:` of a pipeline, read and checked.
struct OnErrorSettings {
  runtime::OnError action = runtime::OnError::stop;
  std::optional<ChosenSink> dead_letter;
};

/// The options of a pipeline as they stand in YAML. Defaults are those of PipelineSpec.
struct PipelineSettings {
  std::optional<config::LocatedText> name;
  std::optional<ChosenSource> source;
  std::vector<runtime::StageSpec> transforms;
  std::optional<ChosenSink> sink;
  std::vector<ChosenSink> sinks;
  runtime::Delivery delivery = runtime::PipelineSpec{}.delivery;
  OnErrorSettings on_error;
  runtime::RetrySettings retry;
  runtime::BreakerSettings circuit_breaker;
  runtime::BatchSettings batch;
  std::uint64_t max_record_bytes = runtime::PipelineSpec{}.max_record_bytes;
  std::optional<std::int64_t> parallelism;
  bool ordered = runtime::PipelineSpec{}.ordered;
  Restart restart = Restart::on_failure;
  std::vector<TestSettings> tests;  ///< checked with all else; no part of what runs
};

/// Reads pipelines that use the connectors of a registry, which outlives it. Immutable once made.
class PipelineOptions {
 public:
  explicit PipelineOptions(const pipeline::ConnectorRegistry& connectors);
  ~PipelineOptions();
  PipelineOptions(const PipelineOptions&) = delete;
  PipelineOptions& operator=(const PipelineOptions&) = delete;

  /// One document. Reports every problem of it; nothing if there was one.
  std::optional<PipelineSettings> read(const config::Node& document, config::Reader& reader) const;

  [[nodiscard]] const pipeline::ConnectorRegistry& connectors() const;
  /// For `explain`, `new` and `schema`.
  [[nodiscard]] const config::TableInfo& info() const;
  /// The keys that every sink may have beside its connector's.
  [[nodiscard]] const config::TableInfo& sink_info() const;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

}  // namespace hiveframe::daemon
