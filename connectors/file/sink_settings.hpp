#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/file/compression.hpp"
#include "connectors/file/output_path.hpp"
#include "pipeline/codec/csv/output.hpp"
#include "pipeline/expr/field_path.hpp"
#include "pipeline/expr/template.hpp"

namespace hiveframe::codec {
struct Format;
}
namespace hiveframe::config {
template <typename T>
class OptionTable;
}
namespace hiveframe::pipeline {
struct SinkKind;
}

namespace hiveframe::connectors::file {

enum class Mode { append, overwrite, error };

/// The options of the file sink. Checked by sink_options(); immutable and shared from then on.
struct SinkSettings {
  std::optional<expr::Template> path;
  const codec::Format* format = nullptr;  ///< never null once checked
  Mode mode = Mode::append;
  std::vector<expr::FieldPath> partition_by;
  std::optional<Compression> compression;  ///< always set once checked
  std::optional<codec::csv::Output> csv;   ///< how rows are written; always set with format csv

  // Derived from the above when they are checked.
  std::shared_ptr<const OutputPath> output;
  std::shared_ptr<const codec::Format> own_format;  ///< what `format` is, where it was made of `csv`
  std::vector<std::string> partition_names;
  std::vector<expr::Template> partition_values;  ///< empty text for null
};

const config::OptionTable<SinkSettings>& sink_options();
pipeline::SinkKind sink_kind();

}  // namespace hiveframe::connectors::file
