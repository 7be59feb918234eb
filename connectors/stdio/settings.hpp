#pragma once

#include <memory>
#include <optional>

#include "pipeline/codec/csv/output.hpp"

namespace hiveframe::codec {
struct Format;
}
namespace hiveframe::pipeline {
struct SourceKind;
struct SinkKind;
}  // namespace hiveframe::pipeline

namespace hiveframe::connectors::stdio {

/// The options of the stdin source.
struct SourceSettings {
  const codec::Format* format = nullptr;  ///< never null once checked
  std::optional<codec::csv::Dialect> csv = {};
  std::shared_ptr<const codec::Format> own_format = {};  ///< made of `csv`
};

/// The options of the stdout sink.
struct SinkSettings {
  const codec::Format* format = nullptr;  ///< never null once checked
  std::optional<codec::csv::Output> csv = {};
  std::shared_ptr<const codec::Format> own_format = {};
};

pipeline::SourceKind source_kind();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::stdio
