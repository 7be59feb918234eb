#pragma once

#include <filesystem>
#include <optional>

#include "connectors/file/compression.hpp"
#include "pipeline/codec/csv/dialect.hpp"

namespace hiveframe::codec {
struct Format;
}
namespace hiveframe::config {
template <typename T>
class OptionTable;
}
namespace hiveframe::pipeline {
struct SourceKind;
}

namespace hiveframe::connectors::file {

/// The options of the file source. Checked by source_options(); immutable and shared from then on.
struct SourceSettings {
  std::filesystem::path path;              ///< absolute, unless the settings were made by hand
  const codec::Format* format = nullptr;   ///< nullptr: by extension, then content
  std::optional<Compression> compression;  ///< none given: by extension, then content
  bool recursive = false;
  std::optional<codec::csv::Dialect> csv;  ///< how rows are read, of files that are csv
};

const config::OptionTable<SourceSettings>& source_options();
pipeline::SourceKind source_kind();

}  // namespace hiveframe::connectors::file
